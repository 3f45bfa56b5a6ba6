import assert from "node:assert/strict";
import fc from "fast-check";
import { elements } from "../base/shapes.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import type { OpName } from "../graph/ops/mod.ts";
import { planMemory } from "./memory.ts";
import { absorbPads } from "./passes/absorb_pads.ts";
import { joinChannels } from "./passes/join_channels.ts";
import { type Plan, planOf, reads } from "./plan.ts";

const IN_PLACE: ReadonlySet<OpName> = new Set(["relu", "add", "mul"]);

/** A random net: each number picks an op and what it reads among the latest values. */
function randomPlan(choices: readonly number[]): Plan {
  const b = new GraphBuilder("random");
  const values: ValueId[] = [b.input("x", [1, 3, 4, 5]), b.input("z", [1, 3, 4, 5])];
  const pick = (choice: number) => values[values.length - 1 - choice % Math.min(4, values.length)];
  choices.forEach((choice, i) => {
    const [p, q] = [pick(choice >> 3), pick(choice >> 5)];
    const fits = b.channels(p) === b.channels(q);
    const ops = [
      () => b.apply("relu", `v${i}`, [p], {}),
      () => fits ? b.apply("add", `v${i}`, [p, q], {}) : b.apply("relu", `v${i}`, [p], {}),
      () => fits ? b.apply("mul", `v${i}`, [p, q], {}) : b.apply("elu", `v${i}`, [p], {}),
      () => b.apply("concat", `v${i}`, [p, q], {}),
      () => {
        const part = b.apply("crop", `c${i}`, [q], { before: [1, 0], after: [0, 2] });
        const around = { before: [1, 0], after: [0, 2] };
        return b.apply("concat", `v${i}`, [p, b.apply("pad", `p${i}`, [part], around)], {});
      },
      () => b.apply("channel_mean", `v${i}`, [p], {}),
    ];
    values.push(ops[choice % ops.length]());
  });
  return planOf(b.build(values[values.length - 1], pick(2)));
}

/** Steps from which and until which the memory of a value must be its own; -1 before the first. */
function lifetime(plan: Plan, id: ValueId): readonly [number, number] {
  const made = plan.steps.findIndex(({ output }) => output === id);
  const last = plan.steps.findLastIndex(({ inputs, joined, padded }) =>
    inputs.includes(id) || padded?.part === id || joined?.parts.includes(id)
  );
  return [made, plan.outputs.includes(id) ? plan.steps.length : Math.max(last, made)];
}

Deno.test("no two values that are needed at the same time share memory", () => {
  fc.assert(fc.property(
    fc.array(fc.nat(255), { minLength: 1, maxLength: 24 }),
    fc.boolean(),
    fc.boolean(),
    fc.boolean(),
    (choices, inPlace, join, absorb) => {
      const random = randomPlan(choices);
      const padded = absorb ? absorbPads(random) : random;
      const joined = join ? joinChannels(padded, () => true) : padded;
      const plan = planMemory(joined, inPlace ? IN_PLACE : new Set());
      const arena = plan.arena!;
      const placed = plan.values.flatMap((value, id) => {
        const offset = arena.offsets[id];
        if (offset === null) return [];
        const end = offset + elements(value.shape);
        assert.ok(end <= arena.elements, `${value.name} ends behind the arena`);
        return [{ id, name: value.name, offset, end, lifetime: lifetime(plan, id) }];
      });
      for (const a of placed) {
        for (const b of placed) {
          if (a.id >= b.id || a.end <= b.offset || b.end <= a.offset) continue;
          const [first, second] = a.lifetime[0] <= b.lifetime[0] ? [a, b] : [b, a];
          // only the step that reads the one for the last time may write the other over it
          const step = plan.steps[second.lifetime[0]];
          const over = inPlace && step?.inputs[0] === first.id && IN_PLACE.has(step.op) &&
            first.offset === second.offset &&
            reads(step).filter((id) => id === first.id).length === 1;
          const apart = first.lifetime[1] < second.lifetime[0] ||
            (over && first.lifetime[1] === second.lifetime[0]);
          assert.ok(apart, `${a.name} and ${b.name} overlap`);
        }
      }
    },
  ));
});

Deno.test("a chain of ops in place takes the memory of one tensor", () => {
  const b = new GraphBuilder("chain");
  let h = b.input("x", [1, 8, 16, 16]);
  for (let i = 0; i < 5; i++) h = b.apply("relu", `r${i}`, [h], {});
  const plan = planOf(b.build(h));
  assert.equal(planMemory(plan, IN_PLACE).arena!.elements, 8 * 16 * 16);
  assert.equal(planMemory(plan, new Set()).arena!.elements, 2 * 8 * 16 * 16);
});
