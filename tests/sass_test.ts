/**
 * Machine code of the kernels for Hopper against the committed table `results/sass.md`: no GPU is
 * needed, but NVRTC and NVIDIA's disassembler, of pip's packages.
 */

import assert from "node:assert/strict";
import { findTools } from "../benchmarks/sass/machine_code.ts";
import { fixedPrograms, generatedPrograms } from "../benchmarks/sass/programs.ts";
import { cellsOf, headOf, sassRows } from "../benchmarks/sass/table.ts";
import { Nvrtc } from "../src/backends/cudnn/cuda/nvrtc.ts";
import { buildModel } from "../src/models/mod.ts";
import { searchLibrary } from "../src/platform/libraries.ts";

const TABLE = Deno.readTextFileSync(new URL("../results/sass.md", import.meta.url));

const { found, problem } = searchLibrary("nvrtc");
const tools = findTools();
const lacking = problem ?? (tools ? undefined : "there is no cuobjdump and nvdisasm") ??
  otherNvrtc();

/** Why the table does not hold for the NVRTC that is here; undefined where it does. */
function otherNvrtc(): string | undefined {
  using nvrtc = new Nvrtc(found!.path);
  return TABLE.startsWith(`${headOf(nvrtc)}\n`) ? undefined : `NVRTC is ${nvrtc.versionText} here`;
}

Deno.test({
  name: "machine code for sm_90 is as the table says: no spills, wide loads, multiply-adds" +
    (lacking === undefined ? "" : ` (skipped: ${lacking})`),
  ignore: lacking !== undefined,
  fn() {
    using nvrtc = new Nvrtc(found!.path);
    const { graph } = buildModel("vnet:paper206");
    const programs = [...fixedPrograms(["f32"]), ...generatedPrograms([graph], ["fp32", "bf16"])];
    const rows = sassRows(tools!, nvrtc, programs, [90]);
    assert.ok(rows.length > 40, "the programs were not found");
    const table = new Set(TABLE.split("\n"));
    const others = rows.map(cellsOf).filter((cells) => !table.has(cells));
    assert.deepEqual(others, [], "make the table again: deno run -A benchmarks/sass.ts");
    assert.deepEqual(rows.filter(({ spilled }) => spilled > 0), []);
    for (const { program, kernel, widestLoad, innerLoop } of rows) {
      if (kernel === "chain" && /by [48]$/.test(program)) assert.equal(widestLoad, 128, program);
      if (kernel !== "thin_convolution" || !program.includes("5x5x5")) continue;
      const { multiplyAdds, instructions } = innerLoop!;
      assert.ok(multiplyAdds / instructions > 0.9, `${program}: ${multiplyAdds}, ${instructions}`);
    }
  },
});
