/**
 * Arguments of kernels: the driver is given the address of each.
 *
 * @module
 */

import { addressOf } from "../../buffers.ts";

/** Scratch memory of a step, whose address is known when all steps are lowered. */
export interface Scratch {
  /** Which one of those that a step has at once. */
  readonly slot: number;
  readonly bytes: number;
}

/** An address on the device, or one that will be known. */
export type Address = bigint | Scratch;

/** One argument, or one member of a struct. */
export type Argument =
  | { readonly type: "address"; readonly value: Address }
  | { readonly type: "i32" | "i64" | "f32" | "f64"; readonly value: number }
  /** A struct passed by value; its members are in an order that needs no padding between them. */
  | { readonly type: "struct"; readonly members: readonly Argument[] };

export const address = (value: Address): Argument => ({ type: "address", value });
/** An `int`. */
export const i32 = (value: number): Argument => ({ type: "i32", value });
/** A `long long`. */
export const i64 = (value: number): Argument => ({ type: "i64", value });
/** A `float`. */
export const f32 = (value: number): Argument => ({ type: "f32", value });
/** A `double`. */
export const f64 = (value: number): Argument => ({ type: "f64", value });
export const struct = (members: readonly Argument[]): Argument => ({ type: "struct", members });

/** Bytes of scratch memory that arguments name, by slot. */
export function scratchOf(args: readonly Argument[]): number[] {
  const most: number[] = [];
  for (const argument of args) {
    const { slot, bytes } = argument.type === "address" && typeof argument.value !== "bigint"
      ? argument.value
      : { slot: 0, bytes: 0 };
    most[slot] = Math.max(most[slot] ?? 0, bytes);
    if (argument.type !== "struct") continue;
    scratchOf(argument.members).forEach((inside, i) => most[i] = Math.max(most[i] ?? 0, inside));
  }
  return Array.from(most, (bytes) => bytes ?? 0);
}

/** Arguments laid out in memory. */
export interface PackedArguments {
  /** `void **kernelParams`. */
  readonly pointers: BigUint64Array<ArrayBuffer>;
  /** What they point at; lives as long as they are used. */
  readonly storage: Uint8Array<ArrayBuffer>;
}

/** Bytes of a scalar. */
const BYTES = { address: 8, i64: 8, f64: 8, i32: 4, f32: 4 } as const;

/** Every argument starts at a multiple of this. */
const ALIGNMENT = 8;

/**
 * Lays arguments out.
 *
 * @param resolve tells the address of scratch memory
 */
export function packArguments(
  args: readonly Argument[],
  resolve: (scratch: Scratch) => bigint,
): PackedArguments {
  const sizes = args.map((one) => Math.ceil(sizeOf(one) / ALIGNMENT) * ALIGNMENT);
  const storage = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  const view = new DataView(storage.buffer);
  const start = addressOf(storage);
  const pointers = new BigUint64Array(args.length);
  let at = 0;
  args.forEach((argument, i) => {
    pointers[i] = start + BigInt(at);
    write(view, at, argument, resolve);
    at += sizes[i];
  });
  return { pointers, storage };
}

function sizeOf(argument: Argument): number {
  if (argument.type !== "struct") return BYTES[argument.type];
  return argument.members.reduce((sum, member) => sum + sizeOf(member), 0);
}

function write(
  view: DataView,
  at: number,
  argument: Argument,
  resolve: (scratch: Scratch) => bigint,
): void {
  switch (argument.type) {
    case "address": {
      const { value } = argument;
      return view.setBigUint64(at, typeof value === "bigint" ? value : resolve(value), true);
    }
    case "i64":
      return view.setBigInt64(at, BigInt(argument.value), true);
    case "f64":
      return view.setFloat64(at, argument.value, true);
    case "i32":
      return view.setInt32(at, argument.value, true);
    case "f32":
      return view.setFloat32(at, argument.value, true);
    case "struct": {
      let place = at;
      for (const member of argument.members) {
        write(view, place, member, resolve);
        place += sizeOf(member);
      }
    }
  }
}
