import assert from "node:assert/strict";
import { flipRate, holes, roughness, seamIndex, totalVariation } from "./continuity.ts";
import { evaluatePair } from "./mod.ts";

Deno.test("a hole is one to three empty slices between slices with lesion", () => {
  assert.equal(holes([1, 0, 1]).value, 1);
  assert.equal(holes([1, 0, 0, 0, 1]).value, 1);
  assert.equal(holes([1, 0, 0, 0, 0, 1]).value, 0);
  assert.equal(holes([0, 0, 1, 1, 0]).value, 0);
  assert.equal(holes([0, 0]).value, 0);
});

Deno.test("total variation, roughness and flips follow their definitions", () => {
  const plot = [0, 1, 0, 0.5];
  assert.equal(totalVariation(plot).value, 2.5);
  assert.equal(roughness(plot).value, ((-2) ** 2 + 1.5 ** 2) / 2);
  assert.equal(flipRate(plot).value, 75);
  assert.match(totalVariation([1]).reason!, /fewer than two/);
  assert.match(roughness([1, 0]).reason!, /fewer than three/);
});

Deno.test("the seam index sees a jump at a stack border", () => {
  const plot = [0.1, 0.2, 0.3, 0.9, 1, 0.9];
  assert.ok(Math.abs(seamIndex(plot, [3]).value! - 6) < 1e-9);
  assert.match(seamIndex(plot, []).reason!, /no stack border/);
  assert.match(seamIndex([0, 0, 1, 1], [2]).reason!, /flat/);
});

Deno.test("presence means nothing where every slice of the truth has lesion", () => {
  const grid = { shape: [3, 1, 1], spacing: null } as const;
  const holed = Uint8Array.of(1, 0, 1);
  const full = evaluatePair(holed, Uint8Array.of(1, 1, 1), grid);
  assert.match(full.holes_prediction.reason!, /presence and holes mean nothing/);
  assert.equal(full.total_variation_excess.value, 2);
  const partial = evaluatePair(holed, Uint8Array.of(1, 1, 0), grid);
  assert.equal(partial.holes_excess.value, 1);
});
