import assert from "node:assert/strict";
import { MissingError } from "../../base/errors.ts";
import { onednn } from "./mod.ts";

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
