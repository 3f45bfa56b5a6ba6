/** Rounds: false alarms and detections of gates whose noise is drawn, and what ends them. */

import assert from "node:assert/strict";
import { random } from "../../base/random.ts";
import { DEFAULT_RULE, MOST_ROUNDS } from "./defaults.ts";
import { goThroughRounds, type Observation, type RoundKind, type TimeVerdict } from "./rounds.ts";

/** How a gate is drawn. */
interface Drawn {
  /** Share by which the new program is slower. */
  readonly slowerBy: number;
  /** Whether processor time does not show it. */
  readonly waiting?: boolean;
  /** Standard deviation of one process's logarithm. */
  readonly noise: number;
  /** Logarithm by which the second process of the base differs from the first. */
  readonly twin?: number;
  /** By how much the first round alone is slower. */
  readonly once?: number;
}

const MODELS = ["a", "b"];

/** One gate of two models, by processor time and five times noisier elapsed time. */
async function gate(seed: number, drawn: Drawn) {
  const { slowerBy, waiting = false, noise, twin = 0, once = 0 } = drawn;
  const draw = random(seed, "rounds test");
  let rounds = 0;
  const round = ({ confirming }: RoundKind) => {
    rounds++;
    return Promise.resolve(
      MODELS.flatMap((model): Observation[] =>
        (["processor", "elapsed"] as const).map((clock) => {
          const shown = waiting && clock === "processor" ? 0 : slowerBy;
          const shift = Math.log1p(shown) + (confirming ? 0 : once);
          const spread = clock === "processor" ? noise : 5 * noise;
          const [base, second, other] = [0, twin, shift].map((at) => at + spread * draw.normal());
          const effect = other - (base + second) / 2;
          const leading = clock === "processor";
          return { model, scope: "network", clock, leading, effect, twin: second - base };
        })
      ),
    );
  };
  const plan = { rule: DEFAULT_RULE, rounds: MOST_ROUNDS, budget: 600 };
  return await goThroughRounds(round, plan, () => 25 * rounds);
}

async function countsOf(gates: number, drawn: Drawn): Promise<Record<TimeVerdict, number>> {
  const counts = { pass: 0, slower: 0, undecided: 0 };
  for (let seed = 0; seed < gates; seed++) counts[(await gate(seed, drawn)).verdict]++;
  return counts;
}

Deno.test("of two programs as fast hardly a gate fires, and of one 5 % slower nearly each", async () => {
  const same = await countsOf(600, { slowerBy: 0, noise: 0.01 });
  assert.ok(same.slower <= 1 && same.pass > 585, JSON.stringify(same));
  const slower = await countsOf(200, { slowerBy: 0.05, noise: 0.01 });
  assert.ok(slower.slower > 195 && slower.pass === 0, JSON.stringify(slower));
});

Deno.test("where noise is many times the floor, both error rates are still those of the whole gate", async () => {
  // so noisy that the floor is of no help: alpha alone must hold, before any confirmation
  const same = await countsOf(300, { slowerBy: 0, noise: 0.1 });
  assert.ok(same.slower <= 0.01 * 300, JSON.stringify(same));
  const slower = await countsOf(100, { slowerBy: 0.05, noise: 0.1 });
  assert.ok(slower.pass <= 0.05 * 100, `and what is slower is not passed: ${slower.pass}`);
});

Deno.test("what only waits is looked for as long as it may be seen, though processor time is as fast", async () => {
  const { slower } = await countsOf(200, { slowerBy: 0.05, waiting: true, noise: 0.004 });
  assert.ok(slower > 180, `${slower}`);
});

Deno.test("a base that differs from itself, and a slow-down that is not seen again, are undecided", async () => {
  const blind = await gate(1, { slowerBy: 0, noise: 0.005, twin: 0.1 });
  assert.deepEqual([blind.verdict, /differs from itself/.test(blind.reason)], ["undecided", true]);
  const once = await gate(1, { slowerBy: 0, noise: 0.005, once: 0.1 });
  assert.deepEqual([once.verdict, /not seen again/.test(once.reason)], ["undecided", true]);
  assert.ok(once.advice);
});

Deno.test("where few rounds fit, they are short from the second on", async () => {
  const hurried: boolean[] = [];
  let now = 0;
  const round = (kind: RoundKind) => {
    hurried.push(kind.hurried);
    now += kind.hurried ? 35 : 60;
    const row = { model: "a", scope: "network", clock: "elapsed", leading: true } as const;
    return Promise.resolve([{ ...row, effect: now % 2 / 1000, twin: 0 }]);
  };
  const plan = { rule: DEFAULT_RULE, rounds: MOST_ROUNDS, budget: 600 };
  const { planned } = await goThroughRounds(round, plan, () => now);
  assert.deepEqual(hurried.slice(0, 3), [false, true, true]);
  assert.equal(planned, 12);
});

Deno.test("a budget that has no room for the fewest rounds says how much is needed", async () => {
  let now = 0;
  const slow = () => {
    now += 400;
    const row = { model: "a", scope: "network", clock: "elapsed", leading: true } as const;
    return Promise.resolve([{ ...row, effect: 0, twin: 0 }]);
  };
  await assert.rejects(
    goThroughRounds(slow, { rule: DEFAULT_RULE, rounds: 12, budget: 600 }, () => now),
    ({ advice }: { advice: string }) => /--budget 74/.test(advice),
  );
});
