import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { allocate, type DType } from "../base/dtypes.ts";
import { InputError } from "../base/errors.ts";
import { elements } from "../base/shapes.ts";
import { indexSafetensors, readSafetensors, writeSafetensors } from "./safetensors.ts";
import { type Tensor, tensor } from "./tensor.ts";

const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-safetensors-" });
const FILE = join(FOLDER, "t.safetensors");
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

/** Tensors of any type, shape and name, with any bits. */
const anyTensor: fc.Arbitrary<Tensor> = fc.record({
  dtype: fc.constantFrom<DType>("f64", "f32", "bf16", "i32", "i16", "u16", "u8"),
  shape: fc.array(fc.nat(4), { maxLength: 4 }),
  seed: fc.nat(255),
}).map(({ dtype, shape, seed }) => {
  const data = allocate(dtype, elements(shape));
  new Uint8Array(data.buffer).forEach((_, i, bytes) => bytes[i] = (seed + i * 37) & 255);
  return tensor(dtype, shape, data);
});
const anyName = fc.string({ unit: "binary", maxLength: 12 }).filter((n) => n !== "__metadata__");
const anyTensors = fc.dictionary(anyName, anyTensor, { maxKeys: 6 })
  .map((byName) => new Map(Object.entries(byName)));

const bytesOf = ({ data }: Tensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** A file of a header given as text and some bytes after it. */
function fileOf(header: string, dataBytes: number): string {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  Deno.writeFileSync(FILE, bytes);
  return FILE;
}

Deno.test("what is written is read back bit for bit, whatever its names, types and shapes", () => {
  fc.assert(
    fc.property(anyTensors, (tensors) => {
      writeSafetensors(FILE, tensors, { origin: "a test" });
      const { tensors: read, metadata } = readSafetensors(FILE);
      assert.deepEqual({ ...metadata }, { origin: "a test" });
      assert.deepEqual([...read.keys()].sort(), [...tensors.keys()].sort());
      for (const [name, { dtype, shape, data }] of read) {
        const wanted = tensors.get(name)!;
        assert.deepEqual([dtype, shape], [wanted.dtype, wanted.shape]);
        assert.deepEqual(bytesOf({ dtype, shape, data }), bytesOf(wanted));
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("the order in which tensors are given does not change a byte, and none is left over", () => {
  const a = tensor("u8", [3], Uint8Array.of(1, 2, 3));
  const b = tensor("f32", [2], Float32Array.of(1, 2));
  writeSafetensors(FILE, new Map<string, Tensor>([["a", a], ["b", b]]));
  const first = Deno.readFileSync(FILE);
  writeSafetensors(FILE, new Map<string, Tensor>([["b", b], ["a", a]]));
  assert.deepEqual(Deno.readFileSync(FILE), first);
  assert.deepEqual([...Deno.readDirSync(FOLDER)].map(({ name }) => name), ["t.safetensors"]);
  assert.throws(() => writeSafetensors(join(FILE, "inside"), new Map()), InputError);
  assert.throws(() => writeSafetensors(FILE, new Map([["__metadata__", a]])), InputError);
  assert.deepEqual(Deno.readFileSync(FILE), first);
});

Deno.test("tensors of an index have shapes before they are read, and are what lies in the file then", () => {
  const write = (first: number) =>
    writeSafetensors(
      FILE,
      new Map<string, Tensor>([
        ["a", tensor("u8", [3], Uint8Array.of(first, 2, 3))],
        ["b", tensor("f32", [2, 1], Float32Array.of(4, 5))],
      ]),
    );
  write(1);
  const { tensors } = indexSafetensors(FILE);
  assert.deepEqual([...tensors].map(([name, { shape }]) => [name, shape]), [
    ["b", [2, 1]],
    ["a", [3]],
  ]);
  assert.deepEqual([...tensors.get("b")!.read().data], [4, 5]);
  write(7);
  assert.deepEqual([...tensors.get("a")!.read().data], [7, 2, 3]);
  Deno.truncateSync(FILE, Deno.statSync(FILE).size - 1);
  assert.throws(() => tensors.get("a")!.read(), /it ends before its last tensor/);
  Deno.removeSync(FILE);
  assert.throws(() => tensors.get("a")!.read(), InputError);
});

Deno.test("a damaged file is an InputError or valid, never anything else", () => {
  const f32 = tensor("f32", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
  const u8 = tensor("u8", [5]);
  writeSafetensors(FILE, new Map<string, Tensor>([["w", f32], ["b", u8]]), { k: "v" });
  const valid = Deno.readFileSync(FILE);
  const damage = fc.oneof(
    fc.record({ at: fc.nat(valid.length - 1), value: fc.nat(255) }),
    fc.record({ cut: fc.nat(valid.length - 1) }),
    fc.record({ grow: fc.integer({ min: 1, max: 9 }) }),
  );
  fc.assert(
    fc.property(damage, (change) => {
      let bytes = valid.slice();
      if ("at" in change) bytes[change.at] = change.value;
      else if ("cut" in change) bytes = bytes.slice(0, change.cut);
      else bytes = Uint8Array.from([...bytes, ...new Uint8Array(change.grow)]);
      Deno.writeFileSync(FILE, bytes);
      try {
        const { tensors } = readSafetensors(FILE);
        assert.ok("at" in change, "a file of the wrong length was read");
        for (const { shape, data } of tensors.values()) assert.equal(data.length, elements(shape));
      } catch (error) {
        assert.ok(error instanceof InputError, `${error}`);
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("hostile headers are refused by the rule they break, naming file and tensor", () => {
  const entry = (shape: unknown, begin: unknown, end: unknown, dtype: unknown = "F32") =>
    JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
  const refused: readonly (readonly [string, number, RegExp])[] = [
    [`{"a":${entry([2], 0, 8)},"b":${entry([2], 4, 12)}}`, 12, /tensor "b" overlaps/],
    [`{"a":${entry([2], 0, 8)},"b":${entry([2], 12, 20)}}`, 20, /tensor "b" leaves a gap/],
    [`{"a":${entry([2], 0, 8)}}`, 4, /tensor "a" ends at byte 8 of 4/],
    [`{"a":${entry([2], 0, 8)}}`, 12, /tensors end at byte 8 of 12/],
    [`{"a":${entry([3], 0, 8)}}`, 8, /tensor "a" of type F32 and shape \[3\] needs 12 bytes/],
    [`{"a":${entry([2 ** 31, 2 ** 31], 0, 8)}}`, 8, /tensor "a" .* needs/],
    [`{"a":${entry([-1, -2], 0, 8)}}`, 8, /tensor "a" has no valid shape/],
    [`{"a":${entry([0.5, 4], 0, 8)}}`, 8, /tensor "a" has no valid shape/],
    [`{"a":${entry("2", 0, 8)}}`, 8, /tensor "a" has no valid shape/],
    [`{"a":${entry([2], -8, 0)}}`, 8, /tensor "a" has no valid data_offsets/],
    [`{"a":${entry([2], 8, 0)}}`, 8, /tensor "a" .* needs 8 bytes, not -8/],
    [`{"a":${entry([2], 0, 8, "F4")}}`, 8, /tensor "a" has element type "F4"; .*BF16/],
    [`{"a":${entry([2], 0, 8, "toString")}}`, 8, /element type/],
    [`{"a":${entry([2], 0, 8)},"a":${entry([2], 0, 8)}}`, 8, /names "a" twice/],
    [`{"a":${entry([2], 0, 8)},"\\u0061":${entry([2], 0, 8)}}`, 8, /names "a" twice/],
    [`{"a":{"shape":[2],${entry([2], 0, 8).slice(1)}}`, 8, /names "shape" twice/],
    [`{"a":7}`, 0, /tensor "a" is not described/],
    [`{"__metadata__":{"k":1}}`, 0, /not a map of texts/],
    [`[]`, 0, /not a JSON object/],
    ["[".repeat(1e6), 0, /not JSON/],
    [`{"${"\\u001b[2J".repeat(99)}":7}`, 0, /tensor "(\\u001b\[2J)+.*\.\.\. is not/],
  ];
  for (const [header, dataBytes, rule] of refused) {
    assert.throws(() => readSafetensors(fileOf(header, dataBytes)), (error) => {
      assert.ok(error instanceof InputError, `${error}`);
      assert.match(error.message, rule);
      assert.ok(error.message.startsWith(FILE), error.message);
      return true;
    });
  }
  const huge = new Uint8Array(16);
  new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true);
  Deno.writeFileSync(FILE, huge);
  assert.throws(() => readSafetensors(FILE), InputError);
  assert.throws(() => readSafetensors(FOLDER), InputError);
  assert.throws(() => readSafetensors(join(FOLDER, "absent")), InputError);
});

Deno.test("types that memory lacks are widened exactly, or refused", () => {
  const header = {
    half: { dtype: "F16", shape: [2], data_offsets: [0, 4] },
    flag: { dtype: "BOOL", shape: [1], data_offsets: [4, 5] },
    byte: { dtype: "I8", shape: [1], data_offsets: [5, 6] },
    word: { dtype: "U32", shape: [1], data_offsets: [6, 10] },
    count: { dtype: "I64", shape: [], data_offsets: [10, 18] },
  };
  const file = fileOf(JSON.stringify(header), 18);
  const bytes = Deno.readFileSync(file);
  const view = new DataView(bytes.buffer, bytes.length - 18);
  view.setUint16(0, 0x3555, true); // 0.333251953125
  view.setUint16(2, 0x0001, true); // 2^-24, subnormal
  view.setUint8(4, 1);
  view.setInt8(5, -7);
  view.setUint32(6, 4294967295, true);
  view.setBigInt64(10, -123456789012n, true);
  Deno.writeFileSync(file, bytes);
  const { tensors } = readSafetensors(file);
  const got = [...tensors].map(([name, { dtype, data }]) => [name, dtype, ...data]);
  assert.deepEqual(got, [
    ["half", "f32", 0.333251953125, 2 ** -24],
    ["flag", "u8", 1],
    ["byte", "i16", -7],
    ["word", "f64", 4294967295],
    ["count", "f64", -123456789012],
  ]);
  view.setBigInt64(10, 2n ** 53n + 1n, true);
  Deno.writeFileSync(file, bytes);
  assert.throws(() => readSafetensors(file), /"count" has an integer beyond 2\^53/);
});

const PEER = `
import sys, torch
from safetensors.torch import load_file, save_file
t = load_file(sys.argv[1])
t["n"] = torch.tensor(41)
t["h"] = torch.tensor([1.5, -2.0], dtype=torch.float16)
save_file(t, sys.argv[2])
del t["n"], t["h"]
save_file(t, sys.argv[3], metadata={"k": "v"})
`;
const python = [Deno.env.get("STACKBENCH_PEER_PYTHON") ?? "python3"].find((command) =>
  spawnSync(command, ["-c", "import torch, safetensors"]).status === 0
);
Deno.test({
  name: "the Python package reads our files and writes the same bytes" +
    (python ? "" : " (skipped: python with torch and safetensors is absent)"),
  ignore: !python,
  fn() {
    const tensors = new Map<string, Tensor>([
      ["layer.weight", tensor("f32", [2, 3], Float32Array.of(1, -2, 3.5, 0, NaN, 6))],
      ["layer.bias", tensor("f64", [1], Float64Array.of(Math.PI))],
      ["mask", tensor("u8", [5], Uint8Array.of(0, 1, 2, 3, 255))],
      ["index", tensor("i32", [0], new Int32Array(0))],
      ["b", tensor("bf16", [2], Uint16Array.of(0x3f80, 0xc000))],
      ["s", tensor("i16", [], Int16Array.of(-5))],
    ]);
    writeSafetensors(FILE, tensors, { k: "v" });
    const [more, same] = [join(FOLDER, "more.safetensors"), join(FOLDER, "same.safetensors")];
    const run = spawnSync(python!, ["-c", PEER, FILE, more, same], { encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(Deno.readFileSync(same), Deno.readFileSync(FILE));
    const back = readSafetensors(more).tensors;
    for (const [name, wanted] of tensors) assert.deepEqual(back.get(name), wanted);
    assert.deepEqual(back.get("n"), tensor("f64", [], Float64Array.of(41)));
    assert.deepEqual(back.get("h"), tensor("f32", [2], Float32Array.of(1.5, -2)));
    Deno.removeSync(more);
    Deno.removeSync(same);
  },
});
