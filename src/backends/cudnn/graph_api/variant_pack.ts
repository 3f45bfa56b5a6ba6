/**
 * What an execution plan is given when it runs: where its tensors are.
 *
 * @module
 */

import { ATTRIBUTE } from "./constants.ts";
import { Descriptor } from "./descriptors.ts";
import type { Cudnn } from "./library.ts";

/**
 * Binds tensors to addresses.
 *
 * @param owned takes over the descriptor
 * @param bindings addresses by the numbers of the graph's tensors
 * @param workspace address of scratch space
 */
export function variantPack(
  cudnn: Cudnn,
  owned: DisposableStack,
  context: string,
  bindings: readonly (readonly [id: number, address: bigint])[],
  workspace: bigint,
): Descriptor {
  const names = ATTRIBUTE.variantPack;
  return owned.use(new Descriptor(cudnn, "variantPack", context))
    .addresses(names.pointers, bindings.map(([, address]) => address))
    .integers(names.ids, bindings.map(([id]) => id))
    .addresses(names.workspace, [workspace])
    .finalize();
}
