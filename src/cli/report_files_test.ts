import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { isPicture } from "./report_files.ts";

Deno.test("a page takes PNG files in, and nothing else that a stranger's folder links to", () => {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-" });
  try {
    const path = (name: string) => join(folder, name);
    Deno.writeFileSync(path("real.png"), Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10, 0));
    Deno.writeTextFileSync(path("secret"), "a private key");
    Deno.symlinkSync(path("secret"), path("link.png"));
    Deno.symlinkSync("/dev/zero", path("endless.png"));
    Deno.symlinkSync(path("cycle.png"), path("cycle.png"));
    Deno.mkdirSync(path("folder.png"));
    assert.equal(isPicture(path("real.png")), true);
    for (const name of ["link.png", "endless.png", "folder.png", "absent.png"]) {
      assert.equal(isPicture(path(name)), false, name);
    }
    assert.throws(() => isPicture(path("cycle.png")), InputError);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
