/**
 * Label maps in MetaImage, as ITK-SNAP and other programs upon ITK write them: `.mha`, or `.mhd` with
 * the voxels in a file of their own.
 *
 * @module
 */

import { basename } from "node:path";
import { affineOf, flipWorld, scaled, type Vector } from "../affine.ts";
import { readStart } from "../files.ts";
import type { Datatype } from "../nifti/header.ts";
import { requireUsable } from "../nifti/world.ts";
import { sourceGrid } from "../orientation.ts";
import { refusal } from "../refusal.ts";
import type { IngestNote } from "../volume.ts";
import { entryOf, Fields, numberIn, numbersIn, toldText } from "./header_text.ts";
import type { LabelImage } from "./label_image.ts";
import { besideHeader, rawVoxels } from "./raw_data.ts";

/** Bytes that hold any header. */
const LONGEST_HEADER = 64 * 1024;

const TYPES: Readonly<Record<string, Datatype>> = {
  MET_CHAR: 256,
  MET_UCHAR: 2,
  MET_SHORT: 4,
  MET_USHORT: 512,
  MET_INT: 8,
  MET_UINT: 768,
  MET_LONG: 8,
  MET_ULONG: 768,
  MET_LONG_LONG: 1024,
  MET_ULONG_LONG: 1280,
  MET_FLOAT: 16,
  MET_DOUBLE: 64,
};

/** Whether bytes begin as a header of MetaImage does. */
export function isMetaImage(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 256));
  return /^\s*(ObjectType|NDims|Comment)\s*=/.test(start);
}

/** What programs upon ITK take for yes: all that begins so. */
const YES = /^[Tt1]/;

/**
 * Reads a label map.
 *
 * @throws InputError for what is no single volume, or a header that lies
 */
export function readMetaImage(path: string): LabelImage {
  const file = basename(path);
  const { fields, end } = headerOf(file, readStart(path, LONGEST_HEADER));
  const notes: IngestNote[] = [];
  const list = (...keys: string[]) => {
    const text = fields.get(...keys);
    return text === undefined ? undefined : numbersIn(text);
  };
  const yes = (key: string) => YES.test(fields.get(key) ?? "");
  const sizes = list("DimSize") ?? [];
  const [i, j, k = 1, ...more] = sizes;
  const channels = numberIn(fields.get("ElementNumberOfChannels") ?? "1");
  const dimensions = numberIn(fields.get("NDims") ?? String(sizes.length));
  const legal = [i, j, k].every((size) => Number.isInteger(size) && size > 0) &&
    sizes.length === dimensions;
  if (!legal || more.some((size) => size !== 1) || channels !== 1) {
    throw refusal(
      "bad-shape",
      `${file} is not one volume of one channel: DimSize is ${
        toldText(fields.get("DimSize") ?? "absent")
      }, NDims ${fields.get("NDims") ?? "absent"}.`,
      "Save it as one volume of labels.",
    );
  }
  const type = fields.get("ElementType") ?? "";
  const datatype = entryOf(TYPES, type);
  const data = fields.get("ElementDataFile") ?? "";
  const isText = fields.get("BinaryData") !== undefined && !yes("BinaryData");
  if (datatype === undefined || /^LIST|%/.test(data) || isText) {
    throw refusal(
      "datatype",
      `${file} has voxels of type ${toldText(type)} in ${toldText(data)}${
        isText ? ", written as text" : ""
      }, which cannot be read.`,
      "Save it as whole numbers, binary, in one file.",
    );
  }
  const orders = ["BinaryDataByteOrderMSB", "ElementByteOrderMSB"]
    .filter((key) => fields.get(key) !== undefined).map(yes);
  if (new Set(orders).size > 1) {
    throw refusal("bad-header", `${file} states two byte orders.`, "Save the file again.");
  }
  const local = data.toUpperCase() === "LOCAL";
  const voxels = rawVoxels({
    path: local ? path : besideHeader(path, data),
    file,
    begin: local ? end : 0,
    skip: skippedBytes(file, fields.get("HeaderSize") ?? "0", local),
    packed: yes("CompressedData") ? "zlib" : "no",
    datatype,
    littleEndian: orders[0] !== true,
    count: i * j * k,
  }, notes);
  const spacing = list("ElementSpacing", "ElementSize") ?? [1, 1, 1];
  const turn = list("TransformMatrix", "Rotation", "Orientation") ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const offset = list("Offset", "Position", "Origin") ?? [0, 0, 0];
  if (![...spacing, ...turn, ...offset].every(Number.isFinite) || turn.length !== 9) {
    throw refusal("bad-affine", `${file} has a spacing, direction or origin that is no number.`);
  }
  // The direction of each axis stands together, in LPS+.
  const step = (axis: 0 | 1 | 2): Vector =>
    scaled([turn[3 * axis], turn[3 * axis + 1], turn[3 * axis + 2]], spacing[axis]);
  const affine = flipWorld(
    affineOf(step(0), step(1), step(2), [offset[0], offset[1], offset[2]]),
  );
  requireUsable(file, affine, notes);
  return {
    layers: [voxels],
    rescale: { slope: 1, intercept: 0 },
    source: sourceGrid([i, j, k], affine, 1),
    sized: fields.get("ElementSpacing", "ElementSize") !== undefined,
    other: null,
    named: [],
    report: notes,
  };
}

/** The lines of the header, and the byte behind the last of them, which names the voxels. */
function headerOf(file: string, bytes: Uint8Array): { fields: Fields; end: number } {
  const text = new TextDecoder("latin1").decode(bytes);
  const fields = new Fields(file, ["Comment"]);
  for (let from = 0; from < text.length;) {
    const feed = text.indexOf("\n", from);
    const end = feed < 0 ? text.length : feed + 1;
    const line = text.slice(from, end);
    const mark = line.indexOf("=");
    const key = line.slice(0, Math.max(0, mark)).trim();
    if (/^\w+$/.test(key)) fields.add(key, line.slice(mark + 1).trim());
    if (key === "ElementDataFile") return { fields, end };
    from = end;
  }
  throw refusal("bad-header", `${file} has no ElementDataFile.`, "Copy the file again.");
}

/** Bytes of another program's header before the voxels; null where the voxels are the last ones. */
function skippedBytes(file: string, text: string, local: boolean): number | null {
  const size = numberIn(text);
  if (size === -1) return null;
  // in one file with this header, programs differ in where they count from
  if (Number.isInteger(size) && size >= 0 && (size === 0 || !local)) return size;
  throw refusal(
    "bad-header",
    `${file} has HeaderSize ${toldText(text)}, which says nothing of where its voxels begin.`,
    "Save the file again.",
  );
}
