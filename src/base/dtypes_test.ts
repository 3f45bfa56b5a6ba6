import assert from "node:assert/strict";
import { allocate } from "./dtypes.ts";
import { MissingError } from "./errors.ts";

Deno.test("memory that no machine has is an error that says how much was asked for", () => {
  const says = (text: string) => (error: unknown) => {
    assert.ok(error instanceof MissingError);
    assert.ok(error.message.includes(text), error.message);
    assert.match(error.advice ?? "", /smaller/);
    return true;
  };
  assert.throws(() => allocate("f32", 2 ** 52), says("18014398.5 GB"));
  assert.throws(() => allocate("f64", 1e30), says("GB"));
  assert.equal(allocate("bf16", 3).byteLength, 6);
});
