/**
 * What is made once for all who need the same.
 *
 * @module
 */

/** Values by key, each made by the first who asks for it. */
export class KeyedCache<K extends readonly number[], V> {
  readonly #known = new Map<string, V>();

  /** The value of a key, if it was made. */
  known(...key: K): V | undefined {
    return this.#known.get(key.join(" "));
  }

  /** The value of a key; made where it was not. */
  once(key: K, make: () => V): V {
    const found = this.known(...key);
    if (found !== undefined) return found;
    const made = make();
    this.#known.set(key.join(" "), made);
    return made;
  }
}
