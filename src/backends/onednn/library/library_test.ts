import assert from "node:assert/strict";
import { MissingError, NativeError } from "../../../base/errors.ts";
import { check, Library } from "./library.ts";

Deno.test("a file that is no library is refused with advice", () => {
  assert.throws(
    () => new Library(import.meta.filename!),
    (error) => error instanceof MissingError && /setup/.test(error.advice ?? ""),
  );
});

Deno.test("a status other than success names the call, what it was for and the status", () => {
  check(0, "dnnl_primitive_create", "enc.0");
  assert.throws(
    () => check(3, "dnnl_primitive_create", "enc.0"),
    (error) =>
      error instanceof NativeError &&
      error.message === "dnnl_primitive_create for enc.0: unimplemented",
  );
});
