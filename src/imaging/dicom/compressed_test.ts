import assert from "node:assert/strict";
import { join } from "node:path";
import { hounsfieldSlice, huSha256 } from "../hounsfield.ts";
import { readScan } from "../read.ts";
import { assertRefused, fixture, withFolder } from "../testing.ts";
import { CODECS } from "./codecs/codecs.ts";
import { codestreamOf } from "./codestream.ts";

const KINDS = ["rle_8", "rle_16", "jpeg_8", "jpeg_12", "lossless_first", "lossless_sixth", "ls"]
  .concat("ls_near", "j2k", "j2k_lossy", "htj2k", "htj2k_lossy");

const ITEM = [0xfe, 0xff, 0x00, 0xe0];

/** The bytes of a compressed file and where its one frame lies in them. */
function frameIn(name: string) {
  const bytes = Deno.readFileSync(fixture("compressed", `${name}.dcm`));
  const view = new DataView(bytes.buffer);
  const isItem = (at: number) => ITEM.every((byte, index) => bytes[at + index] === byte);
  const table = bytes.findIndex((_, at) => isItem(at) && view.getUint32(at + 4, true) === 0);
  const from = table + 16;
  return { bytes, view, table, from, end: from + view.getUint32(table + 12, true) };
}

function frameOf(name: string): Uint8Array<ArrayBuffer> {
  const { bytes, from, end } = frameIn(name);
  return bytes.slice(from, end);
}

/** A compressed file with its one frame replaced by what `change` makes of it. */
function withFrame(
  name: string,
  change: (frame: Uint8Array) => Uint8Array,
  work: (path: string) => void,
): void {
  const { bytes, view, table, from, end } = frameIn(name);
  const frame = change(bytes.slice(from, end));
  const even = new Uint8Array(frame.length + frame.length % 2);
  even.set(frame);
  view.setUint32(table + 12, even.length, true);
  withFolder((folder) => {
    const path = join(folder, "changed.dcm");
    const parts = [bytes.subarray(0, from), even, bytes.subarray(end)];
    Deno.writeFileSync(path, Uint8Array.from(parts.flatMap((part) => [...part])));
    work(path);
  });
}

/** A compressed file with other values in group 0028. */
function withFields(name: string, fields: Readonly<Record<number, number>>) {
  const { bytes, view } = frameIn(name);
  for (const [element, value] of Object.entries(fields)) {
    // group, element, US, length, value
    const tag = [0x28, 0, Number(element), 1, 0x55, 0x53, 2, 0];
    const at = bytes.findIndex((_, from) => tag.every((byte, k) => bytes[from + k] === byte));
    view.setUint16(at + tag.length, value, true);
  }
  return bytes;
}

Deno.test("a frame that is cut is refused, whatever its decoder would make of it", async () => {
  for (const name of KINDS) {
    const frame = frameOf(name);
    const { codec, bits } = codestreamOf(frame)!;
    const depth = bits ?? (name === "rle_8" ? 8 : 16);
    const shape = { rows: 40, columns: 51, bits: depth, bytes: depth <= 8 ? 1 : 2 } as const;
    const decode = await CODECS[codec]();
    assert.equal(decode(frame, shape).length, 40 * 51 * shape.bytes, name);
    for (const [share, fresh] of [[0.97, decode], [0.4, await CODECS[codec]()]] as const) {
      const cut = frame.slice(0, Math.floor(frame.length * share));
      assert.throws(() => fresh(cut, shape), `${name} cut to ${share}`);
    }
  }
});

Deno.test("what could not be decoded is refused by name", () => {
  withFrame(
    "lossless_first",
    (frame) => frame.slice(0, frame.length >> 1),
    (path) =>
      assertRefused(() => readScan(path), "broken-frame", /changed\.dcm: its JPEG Lossless/),
  );
});

Deno.test("a frame of another size than the header says is refused before it is decoded", () => {
  const size = { jpeg_8: 3, lossless_first: 3, ls: 3 };
  for (const name of Object.keys(size)) {
    withFrame(name, (frame) => {
      const header = frame.findIndex((byte, at) =>
        byte === 0xff && [0xc0, 0xc3, 0xf7].includes(frame[at + 1])
      );
      frame[header + 5] = 0x7f; // 32,000 rows and more
      return frame;
    }, (path) => assertRefused(() => readScan(path), "frame-size", /x51 where .* 40x51/));
  }
  withFrame("j2k", (frame) => {
    frame[8] = 0x7f; // two thousand million columns
    return frame;
  }, (path) => assertRefused(() => readScan(path), "frame-size", /JPEG 2000/));
});

Deno.test("a frame of no known codec, or of one that nothing decodes, is refused by name", () => {
  withFrame(
    "ls",
    () => Uint8Array.of(0xff, 0x0a, 1, 2, 3, 4),
    (path) => assertRefused(() => readScan(path), "compressed", /JPEG-LS Lossless/),
  );
  withFrame("jpeg_8", (frame) => {
    frame[frame.findIndex((byte, at) => byte === 0xff && frame[at + 1] === 0xc0) + 1] = 0xc9;
    return frame;
  }, (path) => assertRefused(() => readScan(path), "compressed", /arithmetic/));
  withFrame("j2k", (frame) => {
    frame[42] = 0x87; // samples of 8 bits with a sign, of which the decoder loses all below 0
    return frame;
  }, (path) => assertRefused(() => readScan(path), "compressed", /8 signed bits/));
});

Deno.test("values of RLE and lossless JPEG lie below HighBit, wherever it is", () => {
  // both code cells, with the bits that do not count (PS3.5 8.1.1 and G.2)
  withFolder((folder) => {
    for (const name of ["rle_16", "lossless_first"]) {
      const path = join(folder, "high.dcm");
      Deno.writeFileSync(path, withFields(name, { 0x01: 11, 0x02: 15 }));
      const whole = hounsfieldSlice(readScan(fixture("compressed", `${name}.dcm`)), 0);
      const scan = readScan(path);
      assert.deepEqual(
        hounsfieldSlice(scan, 0),
        whole.map((hu) => Math.floor((hu + 1024) / 32) - 1024),
      );
      assert(scan.report.some(({ rule, kind }) => rule === "surplus-bits" && kind === "warning"));
    }
  });
});

Deno.test("lossy JPEG that states a sign is read only where it makes no difference", () => {
  withFolder((folder) => {
    const path = join(folder, "signed.dcm");
    for (const name of ["jpeg_8", "jpeg_12"]) {
      Deno.writeFileSync(path, withFields(name, { 0x03: 1 }));
      assertRefused(() => readScan(path), "no-sign", /signed\.dcm/);
    }
    // 16 bits stored: no value of 12 reaches the sign
    Deno.writeFileSync(path, withFields("jpeg_12", { 0x01: 16, 0x02: 15, 0x03: 1 }));
    const { report, ...scan } = readScan(path);
    assert.equal(huSha256(scan), huSha256(readScan(fixture("compressed", "jpeg_12.dcm"))));
    assert(report.some(({ rule }) => rule === "no-sign"));
  });
});

Deno.test("lossy frames with bits beside those that the header says count are refused", () => {
  withFolder((folder) => {
    const path = join(folder, "few.dcm");
    const few = { 0x01: 10, 0x02: 9 };
    const high = { 0x01: 10, 0x02: 15 };
    for (
      const [name, fields] of [
        ["jpeg_12", few],
        ["jpeg_12", high],
        ["j2k_lossy", few],
        ["htj2k_lossy", few],
      ] as const
    ) {
      Deno.writeFileSync(path, withFields(name, fields));
      assertRefused(() => readScan(path), "bits", /few\.dcm: its lossy .* beside the 10 that/);
    }
    // what was not rounded may have overlays there
    Deno.writeFileSync(path, withFields("j2k", few));
    assert(readScan(path).report.some(({ rule }) => rule === "surplus-bits"));
  });
});

Deno.test("lossy HTJ2K is within a grey level of what it was made from", () => {
  // Four grey levels of 65,536 are what the encoder leaves; SimpleITK's decoder is as far off.
  const [lossy, exact] = ["htj2k_lossy", "htj2k"].map((name) =>
    hounsfieldSlice(readScan(fixture("compressed", `${name}.dcm`)), 0)
  );
  lossy.forEach((value, at) => assert(Math.abs(value - exact[at]) <= 4));
});

Deno.test("a frame is what it says it is, whatever the transfer syntax calls it", () => {
  const bytes = Deno.readFileSync(fixture("compressed", "lossless_first.dcm"));
  const stated = new TextEncoder().encode("1.2.840.10008.1.2.4.70");
  const at = bytes.findIndex((_, from) =>
    stated.every((byte, index) => bytes[from + index] === byte)
  );
  withFolder((folder) => {
    for (const other of ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.1\0\0\0"]) {
      bytes.set(new TextEncoder().encode(other), at);
      const path = join(folder, "other.dcm");
      Deno.writeFileSync(path, bytes);
      const { report, ...volume } = readScan(path);
      assert.equal(
        huSha256(volume),
        huSha256(readScan(fixture("compressed", "lossless_first.dcm"))),
      );
      if (other.endsWith("\0")) {
        assert(report.some(({ rule }) => rule === "no-transfer-syntax-that-fits"));
      }
    }
  });
});
