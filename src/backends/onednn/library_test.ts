import assert from "node:assert/strict";
import { MissingError, NativeError } from "../../base/errors.ts";
import { check, Library } from "./library.ts";
import { onednn } from "./mod.ts";

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

Deno.test("a look for the library never throws, and says what would get it", () => {
  const before = Deno.env.get("STACKBENCH_ONEDNN");
  try {
    for (const path of ["/nowhere/libdnnl.so", import.meta.filename!]) {
      Deno.env.set("STACKBENCH_ONEDNN", path);
      const { available, advice } = onednn.probe();
      assert.equal(available, false);
      assert.match(advice ?? "", /deno task setup/);
      assert.throws(() => onednn.open(), MissingError);
    }
  } finally {
    if (before === undefined) Deno.env.delete("STACKBENCH_ONEDNN");
    else Deno.env.set("STACKBENCH_ONEDNN", before);
  }
});
