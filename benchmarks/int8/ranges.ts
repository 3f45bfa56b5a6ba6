/**
 * What range of numbers a tensor holds over many scans.
 *
 * @module
 */

/** Bits of single precision that are told apart: 8 of the exponent and 9 behind the first. */
const SHIFT = 14;

/** Magnitudes of a tensor's elements. */
export class Magnitudes {
  readonly #counts = new Float64Array(2 ** (31 - SHIFT));
  #total = 0;
  #largest = 0;
  #signed = false;

  /** Counts all elements. */
  add(elements: Float32Array<ArrayBuffer>): void {
    const bits = new Uint32Array(elements.buffer, elements.byteOffset, elements.length);
    for (let i = 0; i < elements.length; i++) {
      const value = elements[i];
      if (value < 0) this.#signed = true;
      const magnitude = value < 0 ? -value : value;
      if (magnitude > this.#largest) this.#largest = magnitude;
      this.#counts[(bits[i] & 0x7fffffff) >>> SHIFT]++;
    }
    this.#total += elements.length;
  }

  /** Whether an element is below zero. */
  get signed(): boolean {
    return this.#signed;
  }

  /** The magnitude that this share of all elements does not exceed, to 0.2 %; of 1 exactly. */
  reaching(share: number): number {
    if (share === 1) return this.#largest;
    let left = this.#total * (1 - share);
    let bin = this.#counts.length;
    while (bin > 0 && left >= this.#counts[bin - 1]) left -= this.#counts[--bin];
    // the upper end of the bin in which it lies
    const [end] = new Float32Array(new Uint32Array([bin << SHIFT]).buffer);
    return Math.min(end, this.#largest);
  }
}
