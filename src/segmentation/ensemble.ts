/**
 * Ensembles: one network with several weights, whose outputs are averaged.
 *
 * @module
 */

import type { Bindings, Executable, Passes } from "../backends/mod.ts";

/**
 * Executables of one graph as one, which gives the mean of their outputs. It owns them.
 *
 * @param members at least one
 *
 * @example
 * ```ts
 * import { ensembleOf } from "./ensemble.ts";
 * import assert from "node:assert/strict";
 * const member = (value: number) => ({
 *   inputs: [], outputs: [{ name: "p", shape: [1] }], steps: [],
 *   memory: { arena: 0, weights: 4, scratch: 0 },
 *   load() {}, profile: () => [], [Symbol.dispose]() {},
 *   run: (_: unknown, { p }: Record<string, Float32Array | Float64Array>) => void p.fill(value),
 * });
 * const p = new Float32Array(1);
 * ensembleOf([member(0.25), member(0.75)]).run({}, { p });
 * assert.equal(p[0], 0.5);
 * ```
 */
export function ensembleOf(members: readonly Executable[]): Executable {
  const [first, ...others] = members;
  if (others.length === 0) return first;
  const { inputs, outputs } = first;
  const own = Object.fromEntries(
    outputs.map(({ name, shape }) => [name, new Float32Array(shape.reduce((n, m) => n * m, 1))]),
  );
  const averaged = <M, T>(
    all: readonly M[],
    each: (one: M, to: Bindings) => T,
    to: Bindings,
  ): T[] => {
    const told = all.map((one, i) => {
      const what = each(one, i === 0 ? to : own);
      if (i > 0) { for (const { name } of outputs) add(to[name], own[name]); }
      return what;
    });
    for (const { name } of outputs) divide(to[name], all.length);
    return told;
  };
  const passesOfAll = (): Passes | null => {
    using stack = new DisposableStack();
    const all: Passes[] = [];
    for (const member of members) {
      const passes = member.passes?.();
      if (!passes) return null;
      all.push(stack.use(passes));
    }
    const owned = stack.move();
    return {
      submit: (from) => all.forEach((one) => one.submit(from)),
      take: (to) => void averaged(all, (one, into) => one.take(into), to),
      [Symbol.dispose]: () => owned.dispose(),
    };
  };
  const total = (part: keyof Executable["memory"]) =>
    members.reduce((sum, { memory }) => sum + memory[part], 0);
  return {
    inputs,
    outputs,
    steps: members.flatMap(({ steps }) => steps),
    memory: { arena: total("arena"), weights: total("weights"), scratch: total("scratch") },
    load: (weights) => members.forEach((member) => member.load(weights)),
    run: (from, to) => void averaged(members, (member, into) => member.run(from, into), to),
    ...(members.every(({ passes }) => passes) ? { passes: passesOfAll } : {}),
    profile: (from, to) =>
      averaged(members, (member, into) => member.profile(from, into), to).flat(),
    [Symbol.dispose]() {
      using stack = new DisposableStack();
      members.forEach((member) => stack.use(member));
    },
  };
}

function add(sum: Bindings[string], values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += values[i];
}

function divide(values: Bindings[string], by: number): void {
  for (let i = 0; i < values.length; i++) values[i] /= by;
}
