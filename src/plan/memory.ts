/**
 * Memory planning: lifetimes, then offsets in one arena.
 *
 * Greedy by size: the largest values first, each at the lowest offset where it meets no other
 * value that lives at the same time.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import type { ValueId } from "../graph/graph.ts";
import type { OpName } from "../graph/ops/mod.ts";
import { type Plan, reads } from "./plan.ts";

/** Offsets are multiples of this: 64 bytes and more in every precision. */
const ALIGNMENT = 32;

/** One stretch of the arena: values that share it, and the steps during which it is taken. */
interface Block {
  readonly members: ValueId[];
  readonly size: number;
  readonly first: number;
  last: number;
  offset: number;
}

/**
 * Gives every input and every result of a step a place in one arena.
 *
 * @param inPlace ops that may write over their first input when nothing reads it afterwards
 * @param places that an element of a value takes, where they differ in size (default: one)
 */
export function planMemory(
  plan: Plan,
  inPlace: ReadonlySet<OpName>,
  places: (id: ValueId) => number = () => 1,
): Plan {
  const blocks = lifetimes(plan, inPlace, places);
  const placed: Block[] = [];
  const bySize = [...blocks].sort((a, b) => b.size - a.size || a.first - b.first);
  for (const block of bySize) {
    const neighbours = placed
      .filter((other) => other.first <= block.last && block.first <= other.last)
      .sort((a, b) => a.offset - b.offset);
    for (const other of neighbours) {
      if (block.offset + block.size <= other.offset) break;
      block.offset = Math.max(block.offset, other.offset + other.size);
    }
    placed.push(block);
  }
  const offsets = new Array<number | null>(plan.values.length).fill(null);
  for (const { members, offset } of placed) for (const id of members) offsets[id] = offset;
  const size = placed.reduce((most, { offset, size }) => Math.max(most, offset + size), 0);
  return { ...plan, arena: { elements: size, offsets } };
}

/** Blocks with the steps from which and until which they are taken; inputs from before step 0. */
function lifetimes(
  plan: Plan,
  inPlace: ReadonlySet<OpName>,
  places: (id: ValueId) => number,
): Block[] {
  const lastRead = new Map<ValueId, number>();
  plan.steps.forEach((step, index) => reads(step).forEach((id) => lastRead.set(id, index)));
  for (const id of plan.outputs) lastRead.set(id, plan.steps.length);

  const blocks: Block[] = [];
  const blockOf = new Map<ValueId, Block>();
  const open = (id: ValueId, first: number) => {
    const count = elements(plan.values[id].shape) * places(id);
    const size = Math.ceil(count / ALIGNMENT) * ALIGNMENT;
    const block = { members: [id], size, first, last: lastRead.get(id) ?? first, offset: 0 };
    blocks.push(block);
    blockOf.set(id, block);
  };
  for (const id of plan.inputs) open(id, -1);
  plan.steps.forEach((step, index) => {
    const [x] = step.inputs;
    const block = blockOf.get(x);
    const sameSize = elements(plan.values[x].shape) === elements(plan.values[step.output].shape) &&
      places(x) === places(step.output);
    // an operand that is read again while the output is written would see it half changed
    const readOnce = reads(step).filter((id) => blockOf.get(id) === block).length === 1;
    if (
      block && inPlace.has(step.op) && sameSize && readOnce && block.last === index
    ) {
      block.members.push(step.output);
      block.last = lastRead.get(step.output) ?? index;
      blockOf.set(step.output, block);
    } else {
      open(step.output, index);
    }
  });
  return blocks;
}
