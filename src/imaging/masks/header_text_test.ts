/** Headers of NRRD and MetaImage that say things in other words, twice, or not at all. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { InputError } from "../../base/errors.ts";
import { readMask } from "../masks.ts";

/** 2 x 2 x 2 voxels of 0 and 1, of 16 bits with the highest byte first. */
const VOXELS = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0);
const MASK = [1, 0, 0, 1, 1, 1, 0, 0];

const META = [
  ["ObjectType", "Image"],
  ["NDims", "3"],
  ["BinaryData", "True"],
  ["BinaryDataByteOrderMSB", "True"],
  ["ElementSpacing", "1 1 1"],
  ["DimSize", "2 2 2"],
  ["ElementType", "MET_USHORT"],
] as const;
const NRRD = [
  ["type", "uint16"],
  ["dimension", "3"],
  ["space", "right-anterior-superior"],
  ["sizes", "2 2 2"],
  ["space directions", "(1,0,0) (0,1,0) (0,0,1)"],
  ["endian", "big"],
  ["encoding", "raw"],
  ["space origin", "(0,0,0)"],
] as const;

type Lines = Readonly<Record<string, string | null>>;

const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));
let files = 0;

/** A file whose header has some lines exchanged, added or left out (null). */
function made(kind: "mha" | "nrrd", lines: Lines, voxels: Uint8Array, feed = "\n"): string {
  const [usual, mark] = kind === "mha" ? [META, " = "] as const : [NRRD, ": "] as const;
  const all = Object.entries({ ...Object.fromEntries(usual), ...lines })
    .flatMap(([key, value]) => value === null ? [] : [`${key}${mark}${value}`]);
  const text = kind === "mha"
    ? [...all, "ElementDataFile = LOCAL", ""]
    : ["NRRD0004", ...all, "", ""];
  const path = join(FOLDER, `${files++}.${kind}`);
  Deno.writeFileSync(path, new TextEncoder().encode(text.join(feed)));
  Deno.writeFileSync(path, voxels, { append: true });
  return path;
}

const voxelsOf = (path: string) => [...readMask(path).voxels];
const skipped = (text: string) => Uint8Array.from([...new TextEncoder().encode(text), ...VOXELS]);

Deno.test("headers in text mean what ITK takes them to mean", () => {
  const plain = voxelsOf(made("mha", {}, VOXELS));
  assert.deepEqual(plain, MASK);
  const asItk: [lines: Lines, voxels: Uint8Array, feed?: string][] = [
    [{ BinaryDataByteOrderMSB: "T" }, VOXELS],
    [{ BinaryDataByteOrderMSB: "1", BinaryData: "TRUE" }, VOXELS],
    [{ BinaryDataByteOrderMSB: null, ElementByteOrderMSB: "true" }, VOXELS],
    [{ HeaderSize: "-1" }, skipped("abc")],
    [{}, VOXELS, "\r\n"],
  ];
  for (const [lines, voxels, feed] of asItk) {
    assert.deepEqual(voxelsOf(made("mha", lines, voxels, feed)), plain, JSON.stringify(lines));
  }
  const sized = readMask(made("mha", { ElementSpacing: null, ElementSize: "1 2 3" }, VOXELS));
  assert.deepEqual(sized.spacing, [3, 2, 1]);
  const turned = voxelsOf(made("nrrd", {}, VOXELS));
  const asTeem: [lines: Lines, voxels: Uint8Array, feed?: string][] = [
    [{ endian: "Big" }, VOXELS],
    [{ "line skip": "2" }, skipped("a\nb\n")],
    [{ byteskip: "3" }, skipped("abc")],
    [{ "byte skip": "-1" }, skipped("abc")],
    [{ encoding: "gzip", "byte skip": "3" }, gzipSync(skipped("abc"))],
    [{ encoding: "gz", "byte skip": "-1" }, gzipSync(skipped("abc"))],
    [{ "space units": '"mm" "mm" "mm"' }, VOXELS],
    [{}, VOXELS, "\r\n"],
  ];
  for (const [lines, voxels, feed] of asTeem) {
    const path = made("nrrd", lines, voxels, feed);
    assert.deepEqual(voxelsOf(path), turned, JSON.stringify(lines));
    assert.deepEqual(readMask(path).spacing, [1, 1, 1], JSON.stringify([lines, feed]));
  }
});

Deno.test("headers in text that say nothing, or two things, are refused at once", () => {
  const long = "a" + " ".repeat(60_000) + "b";
  const refused: [kind: "mha" | "nrrd", lines: Lines, message: RegExp][] = [
    ["mha", { BinaryData: "false" }, /written as text/],
    ["mha", { ElementType: "constructor" }, /of type constructor/],
    ["mha", { HeaderSize: "abc" }, /HeaderSize abc/],
    ["mha", { HeaderSize: "-5" }, /HeaderSize -5/],
    ["mha", { ElementByteOrderMSB: "False" }, /two byte orders/],
    ["mha", { NDims: "2" }, /NDims 2/],
    ["mha", { ElementSpacing: "0x1 1 1" }, /no number/],
    ["mha", { "Comment = \nDimSize": "1 2 4" }, /states DimSize twice: 2 2 2 and 1 2 4/],
    ["mha", { Comment: long, ElementType: "none" }, /of type none/],
    ["nrrd", { type: "constructor" }, /type "constructor"/],
    ["nrrd", { encoding: "constructor" }, /encoding "constructor"/],
    ["nrrd", { "byte skip": "abc" }, /byte skip of abc/],
    ["nrrd", { "byte skip": "-5" }, /byte skip of -5/],
    ["nrrd", { "line skip": "9" }, /more lines than/],
    ["nrrd", { endian: null }, /endian is absent/],
    ["nrrd", { dimension: "4" }, /sizes 2x2x2/],
    ["nrrd", { "space origin": "(,,)" }, /no numbers/],
    ["nrrd", { "space directions": "(1,0,0) (0,1,0)" }, /one volume/],
    ["nrrd", { "space directions": "(".repeat(2_000_000), type: "none" }, /type "none"/],
    ["nrrd", { "space units": '"um" "um" "um"' }, /space units/],
    ["nrrd", { "kinds": "domain\nsizes: 1 2 4" }, /states sizes twice/],
    ["nrrd", { sizes: "1 ".repeat(10_000) }, /^.{1,300}$/s],
  ];
  for (const [kind, lines, message] of refused) {
    const path = made(kind, lines, VOXELS);
    const is = (error: unknown) => error instanceof InputError && message.test(error.message);
    assert.throws(() => readMask(path), is, JSON.stringify(lines).slice(0, 200));
  }
});
