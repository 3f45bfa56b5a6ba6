/**
 * Scans and masks in forms that Stackbench reads but does not write, made for tests.
 *
 * @module
 */

import { join } from "node:path";
import type { Volume } from "../src/imaging/mod.ts";

/** Numbers of two bytes, texts, and bytes as they are, one behind the other. */
function bytesOf(...parts: readonly (string | number | readonly number[])[]): number[] {
  return parts.flatMap((part): number[] =>
    typeof part === "string"
      ? [...new TextEncoder().encode(part)]
      : typeof part === "number"
      ? [part & 255, (part >> 8) & 255]
      : [...part]
  );
}

const long = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);

/** Bytes of 128 or fewer as one literal run each: RLE that saves nothing. */
function literals(bytes: readonly number[]): number[] {
  const packed: number[] = [];
  for (let at = 0; at < bytes.length; at += 128) {
    const run = bytes.slice(at, at + 128);
    packed.push(run.length - 1, ...run);
  }
  return packed.length % 2 === 0 ? packed : [...packed, 128];
}

/** Copies a folder of explicit little endian slices of 16 bits, compressed as RLE Lossless. */
export function encapsulated(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name } of Deno.readDirSync(from)) {
    const bytes = Deno.readFileSync(join(from, name));
    const find = (wanted: readonly number[], start = 0) =>
      bytes.findIndex((_, at) => at >= start && wanted.every((byte, i) => bytes[at + i] === byte));
    const syntax = find(bytesOf(0x0002, 0x0010, "UI"));
    const syntaxEnd = syntax + 8 + bytes[syntax + 6];
    const pixels = find(bytesOf(0x7fe0, 0x0010, "OW"), syntaxEnd);
    const values = [...bytes.subarray(pixels + 12)];
    const segments = [1, 0].map((low) => literals(values.filter((_, at) => at % 2 === low)));
    const header = [2, 64, 64 + segments[0].length, ...Array(13).fill(0)].flatMap(long);
    const frame = [...header, ...segments[0], ...segments[1]];
    const uid = "1.2.840.10008.1.2.5\0";
    const meta = [...bytes.subarray(0, syntax), ...bytesOf(0x0002, 0x0010, "UI", uid.length, uid)];
    // the group's length counts the bytes behind it
    const grown = uid.length - bytes[syntax + 6];
    const length = new DataView(bytes.buffer).getUint32(140, true) + grown;
    meta.splice(140, 4, ...long(length));
    const item = (content: readonly number[]) =>
      bytesOf(0xfffe, 0xe000, long(content.length), content);
    Deno.writeFileSync(
      join(to, name),
      Uint8Array.from([
        ...meta,
        ...bytes.subarray(syntaxEnd, pixels),
        ...bytesOf(0x7fe0, 0x0010, "OB", 0, long(0xffffffff), item([]), item(frame)),
        ...bytesOf(0xfffe, 0xe0dd, long(0)),
      ]),
    );
  }
}

/**
 * An RTSTRUCT (implicit little endian) with a structure `lesion`: a contour around every run of
 * foreground in every row of an axial scan, half a pixel from its centres.
 */
export function structuresOfMask(
  mask: Uint8Array<ArrayBuffer>,
  { shape: [slices, rows, columns], affine }: Volume,
): Uint8Array<ArrayBuffer> {
  const element = (group: number, number: number, content: readonly number[]) => {
    const even = content.length % 2 === 0 ? content : [...content, 32];
    return bytesOf(group, number, long(even.length), even);
  };
  const text = (group: number, number: number, value: string) =>
    element(group, number, bytesOf(value));
  const items = (group: number, number: number, content: readonly (readonly number[])[]) =>
    element(
      group,
      number,
      content.flatMap((item) => bytesOf(0xfffe, 0xe000, long(item.length), item)),
    );
  // x and y of LPS+ run against those of the affine
  const at = (x: number, y: number, z: number) =>
    [0, 1, 2].map((axis) => {
      const [a, b, c, d] = affine[axis];
      const value = a * x + b * y + c * z + d;
      return (axis < 2 ? -value : value).toFixed(4);
    });
  const contours: number[][] = [];
  for (let z = 0; z < slices; z++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const row = (z * rows + y) * columns;
        if (!mask[row + x]) continue;
        const begin = x;
        while (x + 1 < columns && mask[row + x + 1]) x++;
        const corners = [[begin - 0.5, y - 0.5], [x + 0.5, y - 0.5], [x + 0.5, y + 0.5], [
          begin - 0.5,
          y + 0.5,
        ]];
        contours.push([
          ...text(0x3006, 0x0042, "CLOSED_PLANAR"),
          ...text(0x3006, 0x0050, corners.flatMap(([i, j]) => at(i, j, z)).join("\\")),
        ]);
      }
    }
  }
  const dataSet = [
    ...text(0x0008, 0x0016, "1.2.840.10008.5.1.4.1.1.481.3"),
    ...text(0x0008, 0x0060, "RTSTRUCT"),
    ...items(0x3006, 0x0020, [[...text(0x3006, 0x0022, "1"), ...text(0x3006, 0x0026, "lesion")]]),
    ...items(0x3006, 0x0039, [[
      ...items(0x3006, 0x0040, contours),
      ...text(0x3006, 0x0084, "1"),
    ]]),
  ];
  const uid = "1.2.840.10008.1.2\0";
  const meta = bytesOf(0x0002, 0x0010, "UI", uid.length, uid);
  const group = bytesOf(0x0002, 0x0000, "UL", 4, long(meta.length));
  return Uint8Array.from([
    ...Array(128).fill(0),
    ...bytesOf("DICM"),
    ...group,
    ...meta,
    ...dataSet,
  ]);
}

/** Makes a coronal scout of one of the slices of a folder, in the same series, beside them. */
export function withScout(folder: string): void {
  const [name] = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
  const bytes = Deno.readFileSync(join(folder, name));
  const [axial, coronal] = ["1\\0\\0\\0\\1\\0 ", "1\\0\\0\\0\\0\\-1"].map((text) => bytesOf(text));
  const at = bytes.findIndex((_, from) => axial.every((byte, i) => bytes[from + i] === byte));
  if (at < 0) throw new Error(`${name} is no axial slice`);
  bytes.set(coronal, at);
  Deno.writeFileSync(join(folder, `scout-${name}`), bytes);
}
