/**
 * Ahead of the network: its input filled with one group of slices after another.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import { slicesOf, type StackWindow } from "../imaging/mod.ts";
import { type SegmentHook, untimed } from "./phases.ts";
import type { NetworkShape } from "./network_shape.ts";
import type { SliceSource } from "./slices.ts";

/** Fills the input of a network with one group of slices after another. */
export class Feeder {
  /** (slices, channels, plane) of a batch, (1, 1, slices, plane) of a stack. */
  readonly input: Float32Array<ArrayBuffer>;
  readonly #source: SliceSource;
  readonly #hook: SegmentHook;
  readonly #plane: number;
  readonly #channels: number;
  /** The first slice of the group that was loaded last. */
  #start = 0;
  /** Slices of the scan that have been loaded. */
  #loaded = 0;

  /** Makes the room; asks for no slice yet. */
  constructor(
    source: SliceSource,
    { model, plane }: NetworkShape,
    hook: SegmentHook = untimed,
  ) {
    this.input = new Float32Array(elements(model.inputShape));
    this.#source = source;
    this.#hook = hook;
    this.#plane = elements(plane);
    // a grey slice is repeated; stacks have one channel
    this.#channels = model.inputShape[1];
  }

  /**
   * Loads the next group, which must follow the last one. What both share is asked for once; where
   * there is no slice stand zeros.
   *
   * @returns slices that no group before it had
   */
  load(group: StackWindow): number {
    const { start, stop } = group;
    const size = this.#channels * this.#plane;
    const kept = Math.max(this.#loaded - start, 0);
    if (kept > 0) this.input.copyWithin(0, (start - this.#start) * size);
    const slices = slicesOf(group);
    for (let place = kept; place < slices.length; place++) {
      const at = place * size;
      if (slices[place] === slices[place - 1]) this.input.copyWithin(at, at - size, at);
      else this.#loadSlice(slices[place], at);
    }
    this.input.fill(0, slices.length * size);
    [this.#start, this.#loaded] = [start, stop];
    return stop - start - kept;
  }

  #loadSlice(z: number, at: number): void {
    this.#source(z, this.input.subarray(at, at + this.#plane));
    if (this.#channels === 1) return;
    this.#hook.time("resize", () => {
      for (let channel = 1; channel < this.#channels; channel++) {
        this.input.copyWithin(at + channel * this.#plane, at, at + this.#plane);
      }
    });
  }
}
