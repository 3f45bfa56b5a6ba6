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

/**
 * Reads a label map.
 *
 * @throws InputError for what is no single volume, or a header that lies
 */
export function readMetaImage(path: string): LabelImage {
  const file = basename(path);
  const bytes = readStart(path, LONGEST_HEADER);
  const text = new TextDecoder("latin1").decode(bytes);
  const [head] = /^[\s\S]*?ElementDataFile\s*=[^\n]*\n?/.exec(text) ?? [];
  if (head === undefined) throw refusal("bad-header", `${file} has no ElementDataFile.`);
  const fields = new Map(
    head.split(/\r?\n/).flatMap((line): [string, string][] => {
      const [, key, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, value]];
    }),
  );
  const notes: IngestNote[] = [];
  const list = (...keys: string[]) => {
    const key = keys.find((one) => fields.has(one));
    return key === undefined ? undefined : fields.get(key)!.split(/\s+/).map(Number);
  };
  const yes = (key: string) => fields.get(key)?.toLowerCase() === "true";
  const [i, j, k = 1, ...more] = list("DimSize") ?? [];
  const channels = Number(fields.get("ElementNumberOfChannels") ?? 1);
  const legal = [i, j, k].every((size) => Number.isInteger(size) && size > 0);
  if (!legal || more.some((size) => size !== 1) || channels !== 1) {
    throw refusal(
      "bad-shape",
      `${file} is not one volume of one channel: ${fields.get("DimSize")}.`,
    );
  }
  const datatype = TYPES[fields.get("ElementType") ?? ""];
  const data = fields.get("ElementDataFile") ?? "";
  if (datatype === undefined || /^LIST|%/.test(data) || fields.get("BinaryData") === "False") {
    throw refusal(
      "datatype",
      `${file} has voxels of type ${fields.get("ElementType")} in ${data}, which cannot be read.`,
      "Save it as whole numbers, binary, in one file.",
    );
  }
  const local = data.toUpperCase() === "LOCAL";
  const headerSize = Number(fields.get("HeaderSize") ?? 0);
  const voxels = rawVoxels({
    path: local ? path : besideHeader(path, data),
    file,
    offset: headerSize === -1 ? null : (local ? head.length : 0) + headerSize,
    packed: yes("CompressedData") ? "zlib" : "no",
    datatype,
    littleEndian: !yes("BinaryDataByteOrderMSB") && !yes("ElementByteOrderMSB"),
    count: i * j * k,
  }, notes);
  const spacing = list("ElementSpacing") ?? [1, 1, 1];
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
    sized: fields.has("ElementSpacing"),
    other: null,
    named: [],
    report: notes,
  };
}
