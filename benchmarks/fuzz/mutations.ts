/**
 * Changes to files: bytes and words overwritten, values of headers exchanged, parts cut out, doubled
 * and moved; in JSON, values exchanged. What is changed is drawn by fast-check from a seed.
 *
 * @module
 */

import fc from "fast-check";
import { changeField } from "./fields.ts";

/** What is done to a file; places are shares of its length. */
export type Change =
  | { readonly kind: "byte"; readonly at: number; readonly value: number }
  | {
    readonly kind: "word";
    readonly at: number;
    readonly value: number;
    readonly size: 2 | 4;
    readonly little: boolean;
  }
  | { readonly kind: "cut" | "double"; readonly at: number; readonly length: number }
  | { readonly kind: "keep"; readonly share: number }
  | { readonly kind: "field"; readonly which: number; readonly to: number }
  | { readonly kind: "value"; readonly at: number; readonly value: unknown }
  | { readonly kind: "drop" | "repeat"; readonly at: number };

/** Evenly from 0 to below 1; fc.double is even over what doubles there are, nearly all close to 0. */
const share = fc.nat(2 ** 31 - 1).map((part) => part / 2 ** 31);
/** Most of what matters stands near the beginning. */
const place = fc.oneof(share, share.map((at) => at ** 4));
const WORDS = [0, 1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2 ** 31 - 1, 2 ** 31];

const byteChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("byte" as const), at: place, value: fc.nat(255) }),
  fc.record({
    kind: fc.constant("word" as const),
    at: place,
    value: fc.constantFrom(...WORDS, 2 ** 32 - 1),
    size: fc.constantFrom(2 as const, 4 as const),
    little: fc.boolean(),
  }),
);

/** One value that a header states is another. */
const fieldChange: fc.Arbitrary<Change> = fc.record({
  kind: fc.constant("field" as const),
  which: share,
  to: share,
});

const lengthChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("cut" as const, "double" as const),
    at: place,
    length: fc.nat(64),
  }),
  fc.record({ kind: fc.constant("keep" as const), share }),
);

/** Changes of bytes. */
export const byteChanges: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.oneof(
    { arbitrary: byteChange, weight: 2 },
    { arbitrary: lengthChange, weight: 2 },
    { arbitrary: fieldChange, weight: 1 },
  ),
  { minLength: 1, maxLength: 6 },
);

/** Few changes of values, after which most files are read all the same. */
export const mildChanges: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.oneof(
    { arbitrary: fieldChange, weight: 5 },
    { arbitrary: byteChange, weight: 4 },
    { arbitrary: lengthChange, weight: 1 },
  ),
  { minLength: 1, maxLength: 3 },
);

/** Values that readers may not expect. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, "", "\u0000", "../../x", "/etc/passwd", "__proto__", [], {}, -1, 0, 0.5, 17],
    ...[1e9, 2 ** 53, -(2 ** 53), 1e308, 5e-324],
  ),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Changes of the values of JSON. */
export const jsonChanges: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.oneof(
    {
      arbitrary: fc.record({ kind: fc.constant("value" as const), at: share, value: odd }),
      weight: 3,
    },
    {
      arbitrary: fc.record({
        kind: fc.constantFrom("drop" as const, "repeat" as const),
        at: share,
      }),
      weight: 1,
    },
  ),
  { minLength: 1, maxLength: 4 },
);

/** Bytes with changes made, one after another. */
export function changedBytes(
  bytes: Uint8Array<ArrayBuffer>,
  changes: readonly Change[],
): Uint8Array<ArrayBuffer> {
  let now = bytes.slice();
  for (const change of changes) {
    const at = "at" in change ? Math.floor(change.at * now.length) : 0;
    switch (change.kind) {
      case "byte":
        if (now.length > 0) now[at] = change.value;
        break;
      case "word": {
        const { size, little, value } = change;
        if (at + size > now.length) break;
        const view = new DataView(now.buffer);
        if (size === 2) view.setUint16(at, value & 0xffff, little);
        else view.setUint32(at, value >>> 0, little);
        break;
      }
      case "cut":
        now = Uint8Array.from([...parts(now, 0, at), ...parts(now, at + change.length)]);
        break;
      case "double":
        now = Uint8Array.from([...parts(now, 0, at + change.length), ...parts(now, at)]);
        break;
      case "field":
        changeField(now, change.which, change.to);
        break;
      case "keep":
        now = now.slice(0, Math.ceil(change.share * now.length));
    }
  }
  return now;
}

function parts(bytes: Uint8Array, from: number, to?: number): Uint8Array {
  return bytes.subarray(from, to);
}

/** JSON with changes made, one after another. */
export function changedJson(value: unknown, changes: readonly Change[]): unknown {
  const root = { value: structuredClone(value) };
  for (const change of changes) {
    if (!("at" in change)) continue;
    const places = [...placesIn(root)];
    const { within, key } = places[Math.floor(change.at * places.length)];
    if (change.kind === "value") within[key] = change.value;
    else if (Array.isArray(within)) {
      const index = Number(key);
      if (change.kind === "drop") within.splice(index, 1);
      else within.splice(index, 0, structuredClone(within[index]));
    } else if (change.kind === "drop" && within !== root) delete within[key];
  }
  return root.value;
}

/** A value in an object or array. */
interface Place {
  // deno-lint-ignore no-explicit-any
  readonly within: any;
  readonly key: string;
}

function* placesIn(value: unknown): Generator<Place> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield { within: value, key };
    yield* placesIn(inner);
  }
}
