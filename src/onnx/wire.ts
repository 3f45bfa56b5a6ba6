/**
 * The wire format of Protocol Buffers, as far as ONNX files need it. Messages are lists of parts, so
 * that weights are read when they are written and never held twice.
 *
 * @module
 */

/** Bytes that are at hand, or that are made when they are written. */
export type Part = Uint8Array | {
  /** How many there will be. */
  readonly length: number;
  /** Makes them. */
  readonly make: () => Uint8Array;
};

/** Parts, one after another. */
export type Message = readonly Part[];

/** Bytes of a message. */
export function lengthOf(message: Message): number {
  return message.reduce((sum, { length }) => sum + length, 0);
}

/** The bytes of a message, part by part. */
export function* bytesOf(message: Message): Generator<Uint8Array> {
  for (const part of message) yield part instanceof Uint8Array ? part : part.make();
}

/** A field with a whole number, from 0 to 2^53 - 1, or below 0 as int64 has it. */
export function integer(field: number, value: number): Message {
  return [varints([field * 8, value])];
}

/** A field with a number of single precision. */
export function float(field: number, value: number): Message {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [varints([field * 8 + 5]), bytes];
}

/** A field with text. */
export function text(field: number, value: string): Message {
  return nested(field, [new TextEncoder().encode(value)]);
}

/** A field with whole numbers, packed. */
export function integers(field: number, values: readonly number[]): Message {
  return nested(field, [varints(values)]);
}

/** A field with a message, or with bytes. */
export function nested(field: number, message: Message): Message {
  return [varints([field * 8 + 2, lengthOf(message)]), ...message];
}

/** Numbers in groups of seven bits, the lowest first; all but the last group with the eighth set. */
function varints(values: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
  }
  return Uint8Array.from(bytes);
}
