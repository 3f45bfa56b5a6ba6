/**
 * Behind the network: its probabilities stitched, resized back and made a mask, slice by slice.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import {
  type Field,
  probabilityResizer,
  type Resizer,
  samePlane,
  type Stitcher,
  threshold,
  type Volume,
} from "../imaging/mod.ts";
import { foregroundOf, type ForegroundPlace, type NetworkShape } from "./network_shape.ts";
import { untimed } from "./phases.ts";
import type { SegmentOptions } from "./segment_options.ts";

/** Makes a mask of the outputs of a network. */
export class Collector {
  /** 0 or 1 a voxel of the scan, order (z, y, x); 0 where no slice has come yet. */
  readonly mask: Uint8Array<ArrayBuffer>;
  readonly #options: Pick<SegmentOptions, "threshold" | "onProbabilities" | "hook">;
  /** Null where slices have the scan's size already and are all of it. */
  readonly #resize: Resizer | null;
  /** One slice of probabilities on the scan's grid. */
  readonly #resized: Float32Array<ArrayBuffer>;
  /** Elements of a slice of the scan. */
  readonly #size: number;
  readonly #foreground: ForegroundPlace;

  /**
   * Makes the tables and the room.
   *
   * @param field what the network sees of the slices; null: all
   */
  constructor(
    shape: Volume["shape"],
    network: NetworkShape,
    field: Field | null,
    options: Pick<SegmentOptions, "threshold" | "onProbabilities" | "hook">,
  ) {
    const [, height, width] = shape;
    const same = field === null && samePlane(network.plane, [height, width]);
    this.mask = new Uint8Array(elements(shape));
    this.#options = options;
    this.#resize = same
      ? null
      : probabilityResizer(network.plane, [height, width], field ?? undefined);
    this.#resized = new Float32Array(same ? 0 : height * width);
    this.#size = height * width;
    this.#foreground = foregroundOf(network);
  }

  /** Takes the output of the next group. */
  take(output: Float32Array<ArrayBuffer>, stitcher: Stitcher): void {
    const { from, stride } = this.#foreground;
    stitcher.add(output.subarray(from), (z, finished) => this.#finish(z, finished), stride);
  }

  #finish(z: number, finished: Float32Array<ArrayBuffer>): void {
    const { threshold: limit, onProbabilities, hook = untimed } = this.#options;
    const onGrid = this.#resize?.(finished, this.#resized) ?? finished;
    threshold(onGrid, limit, this.mask.subarray(z * this.#size, (z + 1) * this.#size));
    if (onProbabilities) hook.apart(() => onProbabilities(z, onGrid));
  }
}
