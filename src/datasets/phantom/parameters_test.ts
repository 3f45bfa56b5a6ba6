import assert from "node:assert/strict";
import { InputError } from "../../base/errors.ts";
import { phantomParameters, type PhantomRequest } from "./parameters.ts";

Deno.test("parameters from which no phantom can be made are refused by name", () => {
  const cases: readonly [PhantomRequest, RegExp][] = [
    [{ seed: 1, shape: [0, 8, 8] }, /shape 0x8x8/],
    [{ seed: 1, shape: [1, 8.5, 8] }, /shape 1x8.5x8/],
    [{ seed: 1, spacing: [1, -1, 1] }, /spacing 1, -1, 1/],
    [{ seed: 0.5 }, /seed is 0.5/],
    [{ seed: 1, index: -1 }, /index is -1/],
    [{ seed: 1, noise: [30, 20] }, /noise is \[30, 20\]/],
    [{ seed: 1, breathing: [NaN, 20] }, /breathing is \[NaN, 20\]/],
  ];
  for (const [request, message] of cases) {
    assert.throws(
      () => phantomParameters(request),
      (error) => error instanceof InputError && message.test(error.message),
    );
  }
});
