/**
 * Running primitives.
 *
 * @module
 */

import type { Handle } from "./handles.ts";
import { check } from "./library.ts";
import type { Session } from "./session.ts";

/** One argument of a primitive: `DNNL_ARG_*` and the memory bound to it. */
export type Argument = readonly [argument: number, memory: Handle];

/** `dnnl_exec_arg_t[]`: pairs of {int arg; dnnl_memory_t memory}, 16 bytes each. */
export type ArgumentList = BigUint64Array<ArrayBuffer>;

/** Arguments packed for the library, once. */
export function argumentList(args: readonly Argument[]): ArgumentList {
  return BigUint64Array.from(args.flatMap(([argument, { id }]) => [BigInt(argument), id]));
}

/** Submits a primitive. */
export function execute(
  session: Session,
  context: string,
  primitive: Handle,
  args: ArgumentList,
): void {
  const { dnnl_primitive_execute } = session.library.symbols;
  const count = args.length / 2;
  check(
    dnnl_primitive_execute(primitive.id, session.stream, count, args),
    "dnnl_primitive_execute",
    context,
  );
}
