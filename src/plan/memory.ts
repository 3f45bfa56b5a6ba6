/**
 * Memory planning: lifetimes, then offsets in one arena.
 *
 * Greedy: the largest values first, each at the lowest offset where it meets no other value that
 * lives at the same time; and once more those that take the most over time first. The smaller arena
 * is taken.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import type { ValueId } from "../graph/graph.ts";
import type { OpName } from "../graph/ops/mod.ts";
import { type Arena, type Plan, reads } from "./plan.ts";

/** Offsets are multiples of this: 64 bytes and more in every precision. */
const ALIGNMENT = 32;

/** One stretch of the arena: values that share it, and the steps during which it is taken. */
interface Block {
  readonly members: ValueId[];
  readonly size: number;
  readonly first: number;
  last: number;
}

/** The same with its first element. */
interface PlacedBlock extends Block {
  readonly offset: number;
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
  const arenas = ORDERS.map((order) => arenaOf(plan, blocks.toSorted(order)));
  const arena = arenas.reduce((least, one) => one.elements < least.elements ? one : least);
  return { ...plan, arena };
}

/** What a block takes over time. */
const area = ({ size, first, last }: Block) => size * (last - first + 1);

/** Orders in which blocks are placed. */
const ORDERS: readonly ((a: Block, b: Block) => number)[] = [
  (a, b) => b.size - a.size || a.first - b.first,
  (a, b) => area(b) - area(a) || a.first - b.first,
];

/** The arena that blocks make when they are placed one after another. */
function arenaOf(plan: Plan, blocks: readonly Block[]): Arena {
  const placed: PlacedBlock[] = [];
  for (const block of blocks) {
    let offset = 0;
    const neighbours = placed
      .filter((other) => other.first <= block.last && block.first <= other.last)
      .sort((a, b) => a.offset - b.offset);
    for (const other of neighbours) {
      if (offset + block.size <= other.offset) break;
      offset = Math.max(offset, other.offset + other.size);
    }
    placed.push({ ...block, offset });
  }
  const offsets = new Array<number | null>(plan.values.length).fill(null);
  for (const { members, offset } of placed) for (const id of members) offsets[id] = offset;
  const size = placed.reduce((most, { offset, size }) => Math.max(most, offset + size), 0);
  return { elements: size, offsets };
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
    const block = { members: [id], size, first, last: lastRead.get(id) ?? first };
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
