/**
 * Ahead of the network: slices windowed and resized to what it takes, a group at a time.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import {
  type Field,
  imageResizer,
  type Resizer,
  samePlane,
  type SliceWindower,
  type StackWindow,
  type Volume,
} from "../imaging/mod.ts";
import type { SegmentOptions } from "./segment.ts";
import type { PreparedModel } from "./segmenter.ts";
import type { Stopwatch } from "./timer.ts";

/** Fills the input of a network with one group of slices after another. */
export class Feeder {
  /** (slices, channels, plane) of a batch, (1, 1, slices, plane) of a stack. */
  readonly input: Float32Array<ArrayBuffer>;
  readonly #stopwatch: Stopwatch;
  readonly #window: SliceWindower;
  /** Null where slices have the network's size already and all of them is seen. */
  readonly #resize: Resizer | null;
  /** One windowed slice, on the scan's grid. */
  readonly #windowed: Float32Array<ArrayBuffer>;
  readonly #plane: number;
  readonly #channels: number;
  readonly #stride: number;
  /** Slices of the scan that have been loaded. */
  #loaded = 0;

  /**
   * Makes the tables and the room; reads no slice yet.
   *
   * @param windower windows the slices of the scan
   * @param field what the network sees of them; null: all
   */
  constructor(
    { shape }: Pick<Volume, "shape">,
    { model, plane, grouping }: Pick<PreparedModel, "model" | "plane" | "grouping">,
    windower: SliceWindower,
    field: Field | null,
    { stopwatch }: Pick<SegmentOptions, "stopwatch">,
  ) {
    const [, height, width] = shape;
    const same = field === null && samePlane([height, width], plane);
    this.input = new Float32Array(elements(model.inputShape));
    this.#stopwatch = stopwatch;
    this.#window = windower;
    this.#resize = same ? null : imageResizer([height, width], plane, field ?? undefined);
    this.#windowed = new Float32Array(same ? 0 : height * width);
    this.#plane = elements(plane);
    // a grey slice is repeated; stacks have one channel
    this.#channels = model.inputShape[1];
    this.#stride = grouping.size - grouping.overlap;
  }

  /**
   * Loads the next group, which must follow the last one. What both share is windowed once; behind
   * the end of the scan stand zeros.
   *
   * @returns slices that no group before it had
   */
  load({ start, stop }: StackWindow): number {
    const size = this.#channels * this.#plane;
    const kept = Math.max(this.#loaded - start, 0);
    if (kept > 0) this.input.copyWithin(0, this.#stride * size);
    for (let z = start + kept; z < stop; z++) this.#loadSlice(z, (z - start) * size);
    this.input.fill(0, (stop - start) * size);
    this.#loaded = stop;
    return stop - start - kept;
  }

  #loadSlice(z: number, at: number): void {
    const target = this.input.subarray(at, at + this.#plane);
    const resize = this.#resize;
    this.#stopwatch.time("window", () => this.#window(z, resize ? this.#windowed : target));
    this.#stopwatch.time("resize", () => {
      resize?.(this.#windowed, target);
      for (let channel = 1; channel < this.#channels; channel++) {
        this.input.copyWithin(at + channel * this.#plane, at, at + this.#plane);
      }
    });
  }
}
