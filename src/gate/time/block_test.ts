/** Blocks: orders, what is run, and that every process is ended whatever happens. */

import assert from "node:assert/strict";
import { random } from "../../base/random.ts";
import { type BlockProcess, runBlock } from "./block.ts";
import { balancedOrders, type Role, ROLES } from "./roles.ts";
import { observationsOf } from "./run_time.ts";

const { signal } = new AbortController();
const PLAN = { cycles: [{ scope: "network", cycles: 6 }], warmup: 1 } as const;

/** Processes that take as long as told, and a count of those that are open. */
function fakes(seconds: Record<Role, number>, failing?: Role) {
  const state = { open: 0, runs: [] as Role[] };
  const open = (role: Role): Promise<BlockProcess> => {
    state.open++;
    return Promise.resolve({
      run: () => {
        state.runs.push(role);
        if (role === failing && state.runs.length > 6) return Promise.reject(new Error("killed"));
        return Promise.resolve({ elapsed: seconds[role], processor: seconds[role] / 2 });
      },
      moment: () => Promise.resolve({ cpu: null, device: null, peakBytes: null } as never),
      close: () => Promise.resolve(void state.open--),
    });
  };
  return { state, open };
}

Deno.test("each role runs first, second and third equally often, in another order each time", () => {
  const orders = balancedOrders(12, random(1, "orders"));
  for (const role of ROLES) {
    const places = orders.map((order) => order.indexOf(role));
    assert.deepEqual([0, 1, 2].map((at) => places.filter((one) => one === at).length), [4, 4, 4]);
  }
  const second = balancedOrders(12, random(2, "orders"));
  assert.notDeepEqual(orders, second);
});

Deno.test("a block tells the slow-down by both clocks and ends its processes", async () => {
  const { state, open } = fakes({ base: 1, twin: 1, new: 1.1 });
  const found = await runBlock(open, PLAN, random(1, "block"), signal);
  assert.deepEqual([state.open, state.runs.length], [0, 3 * (6 + 1)]);
  const observed = observationsOf("m", found);
  assert.deepEqual(observed.map(({ clock, leading }) => [clock, leading]), [
    ["processor", true],
    ["elapsed", false],
  ]);
  for (const { effect, twin } of observed) {
    assert.ok(Math.abs(effect - Math.log(1.1)) < 1e-12);
    assert.equal(twin, 0);
  }
});

Deno.test("a process that fails fails the block, and none is left", async () => {
  const { state, open } = fakes({ base: 1, twin: 1, new: 1 }, "twin");
  await assert.rejects(runBlock(open, PLAN, random(1, "block"), signal), /killed/);
  assert.equal(state.open, 0);
});
