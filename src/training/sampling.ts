/**
 * Which stacks or slices a step learns from.
 *
 * Every item comes once before any comes again, each time in another order. What a step takes
 * depends on the seed and its number only, so that a training can go on anywhere.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { random } from "../base/random.ts";
import { shuffled } from "../base/shuffled.ts";
import { overlapOf, stackWindows } from "../imaging/mod.ts";

/** A stack or slice of a scan. */
export interface Item {
  /** Index of the scan. */
  readonly scan: number;
  /** First slice. */
  readonly start: number;
  /** Slices that the scan has from there on, at most as many as a stack takes. */
  readonly slices: number;
}

/**
 * The stacks of scans, as inference cuts them.
 *
 * @param scans label and number of slices of each
 * @param size slices a stack
 * @param factor share of each stack that overlaps the next
 * @throws InputError when a scan has fewer slices than a stack
 */
export function stackItems(
  scans: readonly { readonly label: string; readonly slices: number }[],
  size: number,
  factor: number,
): Item[] {
  const short = scans.filter(({ slices }) => slices < size);
  if (short.length > 0) {
    const named = short.map(({ label, slices }) => `${label} has ${slices}`).join(", ");
    throw new InputError(`stacks of ${size} slices are larger than scans to learn from: ${named}`, {
      advice: "name a smaller stack (--input D,H,W), or leave these scans out of the split train",
    });
  }
  return scans.flatMap(({ slices }, scan) =>
    stackWindows(slices, size, overlapOf(factor, size)).map(({ start, stop }): Item => ({
      scan,
      start,
      slices: stop - start,
    }))
  );
}

/** The slices of scans, each on its own. */
export function sliceItems(scans: readonly { readonly slices: number }[]): Item[] {
  return scans.flatMap(({ slices }, scan) =>
    Array.from({ length: slices }, (_, start): Item => ({ scan, start, slices: 1 }))
  );
}

/** Deals items to steps. */
export class Sampler {
  readonly #items: readonly Item[];
  readonly #seed: number;
  readonly #batch: number;
  #pass = -1;
  #order: readonly number[] = [];

  /**
   * A dealer of some items.
   *
   * @param batch items a step
   */
  constructor(items: readonly Item[], seed: number, batch: number) {
    this.#items = items;
    this.#seed = seed;
    this.#batch = batch;
  }

  /** The items of a step, from 0. */
  of(step: number): Item[] {
    const count = this.#items.length;
    return Array.from({ length: this.#batch }, (_, i) => {
      const place = step * this.#batch + i;
      return this.#items[this.#orderOf(Math.floor(place / count))[place % count]];
    });
  }

  /** The order of a pass over all items. */
  #orderOf(pass: number): readonly number[] {
    if (this.#pass !== pass) {
      this.#order = shuffled(this.#items.keys(), random(this.#seed, "order", pass));
      this.#pass = pass;
    }
    return this.#order;
  }
}
