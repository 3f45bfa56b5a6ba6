import assert from "node:assert/strict";
import fc from "fast-check";
import { confusion, dice, iou, pooledDice, precision, recall, volumeError } from "./overlap.ts";

const masks = fc.integer({ min: 1, max: 60 }).chain((size) => {
  const mask = fc.array(fc.constantFrom(0, 1), { minLength: size, maxLength: size })
    .map((bits) => Uint8Array.from(bits));
  return fc.tuple(mask, mask);
});

Deno.test("what an empty mask makes undefined is null with the reason", () => {
  const [empty, one] = [Uint8Array.of(0, 0), Uint8Array.of(0, 1)];
  const neither = confusion(empty, empty);
  for (const measure of [dice, iou, precision, recall, volumeError]) {
    const { value, reason } = measure(neither);
    assert.equal(value, null);
    assert.match(reason ?? "", /empty/);
  }
  assert.equal(dice(confusion(empty, one)).value, 0);
  assert.equal(dice(confusion(one, empty)).value, 0);
  assert.equal(precision(confusion(empty, one)).reason, "the prediction is empty");
  assert.equal(recall(confusion(empty, one)).value, 0);
  assert.equal(volumeError(confusion(empty, one)).value, -1);
  assert.equal(recall(confusion(one, empty)).reason, "the truth is empty");
});

Deno.test("pooled Dice counts voxels, not cases, and sees what is predicted in healthy ones", () => {
  const large = confusion(Uint8Array.of(1, 1, 1, 0), Uint8Array.of(1, 1, 1, 1)); // 6 of 7
  const healthy = confusion(Uint8Array.of(1, 0, 0, 0), Uint8Array.of(0, 0, 0, 0)); // 0 of 1
  assert.equal(pooledDice([large, healthy]).value, 6 / 8);
  assert.equal(pooledDice([]).value, null);
});

Deno.test("Dice and IoU do not care which mask is the truth, and are 1 for identical masks", () => {
  fc.assert(fc.property(masks, ([a, b]) => {
    for (const measure of [dice, iou]) {
      assert.deepEqual(measure(confusion(a, b)), measure(confusion(b, a)));
      assert.equal(measure(confusion(a, a)).value, a.includes(1) ? 1 : null);
    }
  }));
});
