/**
 * Copies between layouts and element types, as a primitive.
 *
 * @module
 */

import type { Describe, Session } from "./session.ts";

/** Describes a copy from one memory descriptor to another. */
export function describeReorder({ library, engine }: Session, from: bigint, to: bigint): Describe {
  return (out, attributes) =>
    library.symbols.dnnl_reorder_primitive_desc_create(out, from, engine, to, engine, attributes);
}
