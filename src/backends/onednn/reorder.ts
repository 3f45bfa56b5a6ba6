/**
 * Copies between layouts and element types.
 *
 * @module
 */

import { allocateBuffer } from "../buffers.ts";
import { ARGUMENT } from "./constants.ts";
import type { Handle } from "./handles.ts";
import type { Describe, Session } from "./session.ts";
import { argumentList, execute } from "./execution.ts";
import type { Layout } from "./views.ts";

/** Describes a copy from one memory descriptor to another. */
export function describeReorder({ library, engine }: Session, from: bigint, to: bigint): Describe {
  return (out, attributes) =>
    library.symbols.dnnl_reorder_primitive_desc_create(out, from, engine, to, engine, attributes);
}

/** Copies from an address, at once. */
export type Copy = (from: bigint) => void;

/**
 * A copy that is made ready once and done as often as wanted.
 *
 * @param owned takes over what it is made of
 * @param from how the elements lie where they come from
 * @param wanted descriptor of where they go, which need not live on
 */
export function prepareCopy(
  session: Session,
  owned: DisposableStack,
  from: Layout,
  to: Handle,
  wanted: bigint,
): Copy {
  const context = `a copy of ${from.dims.join("x")}`;
  using source = session.descriptor(from);
  using descriptor = session.demand(context, describeReorder(session, source.id, wanted), []);
  const primitive = owned.use(descriptor.create(context));
  const memory = owned.use(session.memory(source.id, 0n));
  const scratch = allocateBuffer(session.byteSize(descriptor.scratchpad));
  const scratchpad = owned.use(session.memory(descriptor.scratchpad, scratch.address));
  const args = argumentList([
    [ARGUMENT.source, memory],
    [ARGUMENT.destination, to],
    [ARGUMENT.scratchpad, scratchpad],
  ]);
  // the closure keeps what native code points into alive
  const kept = { scratch, args };
  return (address) => {
    session.place(memory, address);
    execute(session, context, primitive, kept.args);
    session.wait();
  };
}
