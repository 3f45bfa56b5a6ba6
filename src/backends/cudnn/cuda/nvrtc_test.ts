import assert from "node:assert/strict";
import { NativeError } from "../../../base/errors.ts";
import { searchLibrary } from "../../../platform/libraries.ts";
import { DATA_BYTES, type DataType } from "./data_type.ts";
import { Nvrtc } from "./nvrtc.ts";
import { type ProgramName, PROGRAMS, sourceOf, type Variant } from "./programs.ts";
import { openResources } from "./resource.ts";

/** Turing, Ampere, Hopper, Blackwell. */
const CAPABILITIES = [75, 80, 90, 100];

const { found, problem } = searchLibrary("nvrtc");
const skipped = found ? "" : ` (skipped: ${problem})`;

/** An ELF file, as every cubin is. */
const ELF = [0x7f, 0x45, 0x4c, 0x46];

for (const program of Object.keys(PROGRAMS) as ProgramName[]) {
  const { kernels } = PROGRAMS[program];
  Deno.test({
    name: `NVRTC compiles ${program}.cu for every element type and sm_${
      CAPABILITIES.join(", sm_")
    }${skipped}`,
    ignore: !found,
    fn() {
      using nvrtc = new Nvrtc(found!.path);
      const compile = (variant: Variant, capability: number) => {
        const cubin = nvrtc.compile(sourceOf(program, variant), `${program}.cu`, capability);
        assert.deepEqual([...cubin.subarray(0, 4)], ELF);
        const text = new TextDecoder("latin1").decode(cubin);
        for (const kernel of kernels) assert.ok(text.includes(`.text.${kernel}\0`), kernel);
      };
      for (const type of Object.keys(DATA_BYTES) as DataType[]) {
        for (const capability of CAPABILITIES) compile({ type }, capability);
        compile({ type, wide: true, lanes: 16 / DATA_BYTES[type] }, 90);
      }
    },
  });
}

Deno.test({
  name: `a kernel that does not compile is an error with the compiler's words${skipped}`,
  ignore: !found,
  fn() {
    const before = openResources();
    using nvrtc = new Nvrtc(found!.path);
    const source = 'extern "C" __global__ void broken(float* x) { x[0] = missing; }';
    assert.throws(() => nvrtc.compile(source, "broken.cu", 90), (error: NativeError) => {
      assert.ok(error instanceof NativeError);
      return /broken\.cu does not compile for sm_90: .*"missing" is undefined/s.test(error.message);
    });
    assert.equal(openResources(), before);
  },
});

Deno.test("every kernel of a program stands in its source, and no other", () => {
  for (const { source, kernels } of Object.values(PROGRAMS)) {
    const found = [...source.matchAll(/extern "C" __global__ void (\w+)\(/g)].map(([, name]) =>
      name
    );
    assert.deepEqual(found, [...kernels]);
  }
});
