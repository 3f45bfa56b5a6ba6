/**
 * Copies that are made ready once and done as often as wanted.
 *
 * @module
 */

import { allocateBuffer } from "../../buffers.ts";
import { ARGUMENT } from "../library/constants.ts";
import { argumentList, execute } from "../library/execution.ts";
import type { Handle } from "../library/handles.ts";
import type { Layout } from "../library/layout.ts";
import { describeReorder } from "../library/reorder.ts";
import type { Session } from "../library/session.ts";

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
