import assert from "node:assert/strict";
import fc from "fast-check";
import { ControlBlock } from "./control_block.ts";

Deno.test("every task of a round is claimed once, whoever asks", () => {
  fc.assert(fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }), (rounds) => {
    const leader = new ControlBlock();
    const other = new ControlBlock(leader.memory);
    rounds.forEach((tasks, round) => {
      leader.begin(BigInt(round + 1), tasks);
      const claimed: number[] = [];
      for (let turn = 0;; turn++) {
        const block = turn % 2 === 0 ? leader : other;
        const claim = block.claim();
        if (!claim) break;
        assert.equal(claim.table, BigInt(round + 1));
        claimed.push(claim.task);
        block.finish(0);
      }
      assert.deepEqual(claimed, Array.from({ length: tasks }, (_, i) => i));
      assert.equal(other.claim(), undefined, "nothing is left for who comes late");
      assert.equal(leader.awaitFinished(tasks), 0);
    });
  }));
});

Deno.test("the first failure of a round is told once", () => {
  const block = new ControlBlock();
  block.begin(8n, 3);
  for (const status of [0, 3, 5]) {
    block.claim();
    block.finish(status);
  }
  assert.equal(block.awaitFinished(3), 3);
  block.begin(8n, 1);
  block.claim();
  block.finish(0);
  assert.equal(block.awaitFinished(1), 0);
});

Deno.test("a thread that does not come is not waited for, and a dissolved team lets go", () => {
  const block = new ControlBlock();
  assert.equal(block.awaitJoined(1, 5), false);
  block.join();
  assert.equal(block.awaitJoined(1, 5), true);
  const { rounds } = block;
  block.begin(8n, 1);
  assert.equal(block.awaitRound(rounds), true);
  block.dissolve();
  assert.equal(block.awaitRound(block.rounds - 1), false);
});
