/**
 * Which stacks or slices a step learns from.
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

/** The items that hold foreground. */
export function withForeground(
  items: readonly Item[],
  scans: readonly { readonly slices: number; readonly truth: Uint8Array }[],
): Item[] {
  return items.filter(({ scan, start, slices }) => {
    const { truth, slices: all } = scans[scan];
    const plane = truth.length / all;
    return truth.subarray(start * plane, (start + slices) * plane).includes(1);
  });
}

/** What a step is dealt from, and how. */
export interface DealOptions {
  /** Items that hold foreground. */
  readonly foreground: readonly Item[];
  /** Share of the items of a training that are dealt from those. */
  readonly foregroundShare: number;
  /** Seed of the order. */
  readonly seed: number;
  /** Items a step. */
  readonly batch: number;
}

/**
 * Deals items to steps, from two decks: that of all items, and that of those with foreground. What
 * a step gets depends on its number and the seed only.
 */
export class Sampler {
  readonly #all: Deck;
  readonly #foreground: Deck;
  readonly #share: number;
  readonly #batch: number;

  /** A dealer of some items. */
  constructor(items: readonly Item[], { foreground, foregroundShare, seed, batch }: DealOptions) {
    this.#all = new Deck(items, seed, "order");
    this.#foreground = new Deck(foreground, seed, "foreground order");
    this.#share = foregroundShare;
    this.#batch = batch;
  }

  /** The items of a step, from 0. */
  of(step: number): Item[] {
    return Array.from({ length: this.#batch }, (_, i) => {
      const place = step * this.#batch + i;
      // of the first n places, floor(n * share) are the foreground's
      const before = Math.floor(place * this.#share);
      return Math.floor((place + 1) * this.#share) > before
        ? this.#foreground.at(before)
        : this.#all.at(place - before);
    });
  }
}

/** Items in an endless order: every one once before any comes again. */
class Deck {
  readonly #items: readonly Item[];
  readonly #seed: number;
  readonly #label: string;
  #pass = -1;
  #order: readonly number[] = [];

  constructor(items: readonly Item[], seed: number, label: string) {
    this.#items = items;
    this.#seed = seed;
    this.#label = label;
  }

  at(place: number): Item {
    const count = this.#items.length;
    const pass = Math.floor(place / count);
    if (pass !== this.#pass) {
      this.#order = shuffled(this.#items.keys(), random(this.#seed, this.#label, pass));
      this.#pass = pass;
    }
    return this.#items[this.#order[place % count]];
  }
}
