/**
 * Files that lie about themselves, and things that are no files: each is handed to what reads its
 * kind, in a process of its own, which tells what came of it, how long it took and how much memory.
 *
 * @module
 */

import { join } from "node:path";
import process from "node:process";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { InputError } from "../src/base/errors.ts";
import { loadSuite } from "../src/bench/suite.ts";
import { loadManifest } from "../src/datasets/mod.ts";
import { readMask, readScan } from "../src/imaging/mod.ts";
import { peakMemory } from "../src/platform/memory.ts";
import { entryOfWheel } from "../src/platform/wheel.ts";
import { readRunResult } from "../src/results/mod.ts";
import { readSafetensors } from "../src/tensor/mod.ts";
import { readTrainingFile } from "../src/training/settings.ts";

/** What came of one input. */
export interface Outcome {
  /** Its name. */
  readonly name: string;
  /** The refusal's words; null where it was read. */
  readonly refused: string | null;
  /** What was thrown that is no refusal; null where nothing was. */
  readonly crashed: string | null;
  /** Milliseconds of the processor: other work on the machine does not count. */
  readonly took: number;
  /** Largest resident memory of the process until then, in bytes. */
  readonly peak: number;
}

/** Something to read, and what reads it. */
interface Input {
  readonly make: (path: string) => void;
  readonly read: (path: string) => unknown;
}

const write = (path: string, ...parts: readonly (Uint8Array | string)[]) => {
  Deno.writeFileSync(path, new Uint8Array());
  for (const part of parts) {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    Deno.writeFileSync(path, bytes, { append: true });
  }
};

const fifo = (path: string) => {
  const { success } = new Deno.Command("mkfifo", { args: [path] }).outputSync();
  if (!success) throw new Error("mkfifo failed");
};

/** Zeros that compress a thousandfold. */
const zeros = (mebibytes: number) => new Uint8Array(mebibytes << 20);

/** A NIfTI-1 header and the four bytes after it. */
function nifti(shape: readonly [number, number, number], datatype: number, bits: number) {
  const bytes = new Uint8Array(352);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, true);
  [3, ...shape, 1, 1, 1, 1].forEach((size, i) => view.setInt16(40 + 2 * i, size, true));
  view.setInt16(70, datatype, true);
  view.setInt16(72, bits, true);
  [1, 1, 1, 1].forEach((size, i) => view.setFloat32(76 + 4 * i, size, true));
  view.setFloat32(108, 352, true);
  view.setFloat32(112, 1, true);
  bytes[123] = 2;
  view.setInt16(254, 1, true);
  [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0].forEach((one, i) => view.setFloat32(280 + 4 * i, one, true));
  bytes.set([0x6e, 0x2b, 0x31], 344);
  return bytes;
}

const TERA = [20000, 20000, 20000] as const;
const GIGA = [1600, 1600, 1600] as const;

/** An element in explicit VR; a long one where the value is given as its length alone. */
function element(tag: number, vr: string, value: string | Uint8Array, length?: number): Uint8Array {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  const padded = new Uint8Array(bytes.length + bytes.length % 2);
  padded.fill(0x20, bytes.length);
  padded.set(bytes);
  const long = ["OB", "OW", "SQ"].includes(vr);
  const out = new Uint8Array((long ? 12 : 8) + padded.length);
  const view = new DataView(out.buffer);
  view.setUint16(0, tag >>> 16, true);
  view.setUint16(2, tag & 0xffff, true);
  out.set(new TextEncoder().encode(vr), 4);
  if (long) view.setUint32(8, length ?? padded.length, true);
  else view.setUint16(6, padded.length, true);
  out.set(padded, long ? 12 : 8);
  return out;
}

const short = (value: number) => Uint8Array.of(value & 255, value >> 8);
const joined = (...parts: readonly Uint8Array[]) => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
};

const dicom = (syntax: string, ...elements: readonly Uint8Array[]) =>
  joined(
    new Uint8Array(128),
    new TextEncoder().encode("DICM"),
    element(0x00020010, "UI", `${syntax}\0`.slice(0, syntax.length + syntax.length % 2)),
    ...elements,
  );

const EXPLICIT = "1.2.840.10008.1.2.1";
const CT = [
  element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
  element(0x00080060, "CS", "CT"),
];
const image = (rows: number, columns: number, frames: number) => [
  ...CT,
  element(0x00200032, "DS", "0\\0\\0"),
  element(0x00200037, "DS", "1\\0\\0\\0\\1\\0"),
  element(0x00280002, "US", short(1)),
  element(0x00280008, "IS", String(frames)),
  element(0x00280010, "US", short(rows)),
  element(0x00280011, "US", short(columns)),
  element(0x00280030, "DS", "1\\1"),
  element(0x00280100, "US", short(16)),
  element(0x00280101, "US", short(16)),
  element(0x00280102, "US", short(15)),
  element(0x00280103, "US", short(0)),
];
const item = (length: number) => Uint8Array.of(0xfe, 0xff, 0, 0xe0, ...int32(length));
const int32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
const ENDLESS = 0xffffffff;
const nested = (levels: number) => {
  const level = joined(element(0x00400275, "SQ", "", ENDLESS), item(ENDLESS));
  const all = new Uint8Array(levels * level.length);
  for (let i = 0; i < levels; i++) all.set(level, i * level.length);
  return all;
};
const frame = (codec: readonly number[]) => [
  element(0x7fe00010, "OB", "", ENDLESS),
  item(0),
  item(codec.length),
  Uint8Array.from(codec),
  Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0),
];

const metaImage = (file: string, size = "2 2 2", more = "") =>
  `ObjectType = Image\nNDims = 3\n${more}DimSize = ${size}\nElementType = MET_UCHAR\n` +
  `ElementSpacing = 1 1 1\nElementDataFile = ${file}\n`;
const nrrd = (file: string) =>
  "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n" +
  `space: left-posterior-superior\nspace directions: (1,0,0) (0,1,0) (0,0,1)\n` +
  `space origin: (0,0,0)\ndata file: ${file}\n\n`;

const tensors = (header: string, data = 0, length = header.length) =>
  joined(
    new Uint8Array(BigUint64Array.of(BigInt(length)).buffer),
    new TextEncoder().encode(header),
    new Uint8Array(data),
  );
const tensor = (count: number, begin: number, end: number) =>
  `{"dtype":"F32","shape":[${count}],"data_offsets":[${begin},${end}]}`;

/** A zip of one entry that says what it likes of its size and place. */
function zip({ size, local = 0 }: { readonly size: number; readonly local?: number }) {
  const body = deflateRawSync(zeros(1));
  const header = new Uint8Array(30 + 5);
  new DataView(header.buffer).setUint16(26, 5, true);
  const entry = new Uint8Array(46 + 5);
  const view = new DataView(entry.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(10, 8, true);
  view.setUint32(20, body.length, true);
  view.setUint32(24, size, true);
  view.setUint16(28, 5, true);
  view.setUint32(42, local, true);
  entry.set(new TextEncoder().encode("a/lib"), 46);
  const end = new Uint8Array(22);
  const tail = new DataView(end.buffer);
  tail.setUint32(0, 0x06054b50, true);
  tail.setUint16(10, 1, true);
  tail.setUint32(16, header.length + body.length, true);
  return joined(header, body, entry, end);
}

const wheel = (path: string) => entryOfWheel(Deno.readFileSync(path), "lib");
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

/** A machine that can hold it reads it. */
const HOLDS_SPARSE = Deno.systemMemoryInfo().available > 8 * 1600 ** 3;

const INPUTS: Readonly<Record<string, Input>> = {
  "pipe.nii": { make: fifo, read: readScan },
  "pipe.dcm": { make: fifo, read: readMask },
  "pipe-result.json": { make: fifo, read: readRunResult },
  "pipe-manifest.json": { make: fifo, read: loadManifest },
  "pipe-training.json": { make: fifo, read: readTrainingFile },
  "pipe-suite.json": { make: fifo, read: loadSuite },
  "pipe.safetensors": { make: fifo, read: readSafetensors },
  "device.nii": { make: (path) => Deno.symlinkSync("/dev/zero", path), read: readScan },
  "device.json": { make: (path) => Deno.symlinkSync("/dev/zero", path), read: readRunResult },
  "device.safetensors": {
    make: (path) => Deno.symlinkSync("/dev/zero", path),
    read: readSafetensors,
  },
  "cycle.nii": { make: (path) => Deno.symlinkSync(path, path), read: readScan },
  "folder.nii": { make: (path) => Deno.mkdirSync(path), read: readMask },
  "folder.json": { make: (path) => Deno.mkdirSync(path), read: readRunResult },
  "terabytes.nii": { make: (path) => write(path, nifti(TERA, 64, 64)), read: readScan },
  ...(HOLDS_SPARSE ? {} : {
    "sparse.nii": {
      make(path) {
        write(path, nifti(GIGA, 64, 64));
        Deno.truncateSync(path, 352 + 8 * 1600 ** 3);
      },
      read: readScan,
    },
  }),
  "promise.nii.gz": {
    make: (path) => write(path, gzipSync(nifti(GIGA, 64, 64))),
    read: readScan,
  },
  "bomb.nii.gz": {
    make: (path) => write(path, gzipSync(joined(nifti([8, 8, 8], 2, 8), zeros(300)))),
    read: readScan,
  },
  "bomb.mha": {
    make: (path) =>
      write(path, metaImage("LOCAL", "2 2 2", "CompressedData = True\n"), deflateSync(zeros(300))),
    read: readMask,
  },
  "bomb.dcm": {
    make: (path) =>
      write(
        path,
        dicom("1.2.840.10008.1.2.1.99"),
        deflateRawSync(joined(...CT, element(0x00090010, "OB", zeros(300)))),
      ),
    read: readScan,
  },
  "pixels.dcm": {
    make: (path) =>
      write(path, dicom(EXPLICIT, ...image(65535, 65535, 1), element(0x7fe00010, "OW", "12"))),
    read: readScan,
  },
  "frames.dcm": {
    make: (path) =>
      write(path, dicom(EXPLICIT, ...image(512, 512, 2e9), element(0x7fe00010, "OW", "12"))),
    read: readScan,
  },
  "stream.dcm": {
    // a lossless JPEG that announces 65535 x 65535 pixels in an image of 8 x 8
    make: (path) =>
      write(
        path,
        dicom(
          "1.2.840.10008.1.2.4.70",
          ...image(8, 8, 1),
          ...frame([0xff, 0xd8, 0xff, 0xc3, 0, 11, 16, 255, 255, 255, 255, 1, 1, 0x11, 0, 0]),
        ),
      ),
    read: readScan,
  },
  "nested.dcm": {
    make: (path) => write(path, dicom(EXPLICIT, ...CT, nested(200_000))),
    read: readScan,
  },
  "items.dcm": {
    make(path) {
      const items = new Uint8Array(8 * 1_200_000);
      for (let at = 0; at < items.length; at += 8) items.set(item(0), at);
      const pixels = element(0x7fe00010, "OB", "", ENDLESS);
      write(path, dicom("1.2.840.10008.1.2.5", ...image(8, 8, 2), pixels), items);
    },
    read: readScan,
  },
  "outside.mhd": {
    make(path) {
      write(join(path, "..", "..", "secret.raw"), new Uint8Array(8));
      write(path, metaImage("../secret.raw"));
    },
    read: readMask,
  },
  "absolute.mhd": { make: (path) => write(path, metaImage("/etc/passwd")), read: readMask },
  "outside.nhdr": { make: (path) => write(path, nrrd("../secret.raw")), read: readMask },
  "absolute.nhdr": { make: (path) => write(path, nrrd("/etc/passwd")), read: readMask },
  "deep-result.json": { make: (path) => write(path, deep(200_000)), read: readRunResult },
  "deep-manifest.json": { make: (path) => write(path, deep(200_000)), read: loadManifest },
  "deep-suite.json": { make: (path) => write(path, deep(200_000)), read: loadSuite },
  "long-manifest.json": {
    make(path) {
      write(path, "[");
      Deno.truncateSync(path, 2 ** 40);
    },
    read: loadManifest,
  },
  "endless.safetensors": {
    make: (path) => write(path, tensors("{}", 0, 2 ** 53)),
    read: readSafetensors,
  },
  "terabyte.safetensors": {
    make: (path) => write(path, tensors(`{"a":${tensor(2 ** 38, 0, 2 ** 40)}}`)),
    read: readSafetensors,
  },
  "overlapping.safetensors": {
    make: (path) => write(path, tensors(`{"a":${tensor(2, 0, 8)},"b":${tensor(2, 4, 12)}}`, 12)),
    read: readSafetensors,
  },
  "repeated.safetensors": {
    make: (path) => write(path, tensors(`{"a":${tensor(2, 0, 8)},"a":${tensor(2, 8, 16)}}`, 16)),
    read: readSafetensors,
  },
  "deep.safetensors": {
    make: (path) => write(path, tensors(deep(200_000))),
    read: readSafetensors,
  },
  "huge-entry.whl": { make: (path) => write(path, zip({ size: 0xfffffff0 })), read: wheel },
  "misplaced-entry.whl": {
    make: (path) => write(path, zip({ size: 1 << 20, local: 0xfffffff0 })),
    read: wheel,
  },
};

/** Makes every input in a folder. */
function make(folder: string): void {
  for (const [name, { make }] of Object.entries(INPUTS)) make(join(folder, name));
}

/** Reads every input and tells what came of it. */
async function outcomes(folder: string): Promise<Outcome[]> {
  const told: Outcome[] = [];
  for (const [name, { read }] of Object.entries(INPUTS)) {
    const began = process.cpuUsage();
    let [refused, crashed]: (string | null)[] = [null, null];
    try {
      await read(join(folder, name));
    } catch (error) {
      if (error instanceof InputError) refused = error.message;
      else crashed = String(error);
    }
    const { user, system } = process.cpuUsage(began);
    const took = (user + system) / 1000;
    told.push({ name, refused, crashed, took, peak: peakMemory()! });
  }
  return told;
}

if (import.meta.main) {
  const [what, folder] = Deno.args;
  // in processes of their own: making a bomb takes the memory that reading it must not take
  if (what === "make") make(folder);
  else {
    const told = JSON.stringify(await outcomes(folder));
    Deno.stdout.writeSync(new TextEncoder().encode(told));
  }
}
