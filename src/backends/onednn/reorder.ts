/**
 * Copies between layouts and element types.
 *
 * @module
 */

import { allocateBuffer } from "./buffers.ts";
import { ARGUMENT } from "./constants.ts";
import type { Handle } from "./handles.ts";
import type { Describe, Session } from "./session.ts";
import { argumentList, execute } from "./execution.ts";
import type { View } from "./views.ts";

/** Describes a copy from one memory descriptor to another. */
export function describeReorder({ library, engine }: Session, from: bigint, to: bigint): Describe {
  return (out, attributes) =>
    library.symbols.dnnl_reorder_primitive_desc_create(out, from, engine, to, engine, attributes);
}

/** Copies once, now. */
export function reorderNow(session: Session, from: View, to: Handle, layout: bigint): void {
  const context = `a copy of ${from.dims.join("x")}`;
  using source = session.descriptor(from);
  using descriptor = session.demand(context, describeReorder(session, source.id, layout), []);
  using primitive = descriptor.create(context);
  using memory = session.memory(source.id, from.address);
  const scratch = allocateBuffer(session.byteSize(descriptor.scratchpad));
  using scratchpad = session.memory(descriptor.scratchpad, scratch.address);
  execute(
    session,
    context,
    primitive,
    argumentList([
      [ARGUMENT.source, memory],
      [ARGUMENT.destination, to],
      [ARGUMENT.scratchpad, scratchpad],
    ]),
  );
  session.wait();
}
