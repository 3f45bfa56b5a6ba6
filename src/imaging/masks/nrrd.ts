/**
 * Label maps in NRRD, as 3D Slicer writes them: with the names of segments, and in layers where
 * segments overlap. Ours, since the one package that reads NRRD has not been kept for ten years.
 *
 * @module
 */

import { basename } from "node:path";
import { affineOf, flipWorld, type Vector } from "../affine.ts";
import { readStart } from "../files.ts";
import type { Datatype } from "../nifti/header.ts";
import { requireUsable } from "../nifti/world.ts";
import { sourceGrid } from "../orientation.ts";
import { refusal } from "../refusal.ts";
import type { Affine, IngestNote, StoredVoxels } from "../volume.ts";
import type { LabelImage, NamedLabel } from "./label_image.ts";
import { besideHeader, rawVoxels } from "./raw_data.ts";

/** Bytes that hold any header: Slicer writes some lines a segment. */
const LONGEST_HEADER = 4 * 1024 * 1024;

const TYPES: Readonly<Record<string, Datatype>> = {
  "signed char": 256,
  "int8": 256,
  "int8_t": 256,
  "uchar": 2,
  "unsigned char": 2,
  "uint8": 2,
  "uint8_t": 2,
  "short": 4,
  "short int": 4,
  "signed short": 4,
  "int16": 4,
  "int16_t": 4,
  "ushort": 512,
  "unsigned short": 512,
  "uint16": 512,
  "uint16_t": 512,
  "int": 8,
  "signed int": 8,
  "int32": 8,
  "int32_t": 8,
  "uint": 768,
  "unsigned int": 768,
  "uint32": 768,
  "uint32_t": 768,
  "longlong": 1024,
  "int64": 1024,
  "int64_t": 1024,
  "ulonglong": 1280,
  "uint64": 1280,
  "uint64_t": 1280,
  "float": 16,
  "double": 64,
};

const PACKED: Readonly<Record<string, "no" | "gzip">> = { raw: "no", gzip: "gzip", gz: "gzip" };

/** Whether bytes begin as NRRD does. */
export function isNrrd(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 5)) === "NRRD0";
}

/**
 * Reads a label map.
 *
 * @throws InputError for encodings that cannot be read, several volumes, or a header that lies
 */
export function readNrrd(path: string): LabelImage {
  const file = basename(path);
  const { fields, pairs, end } = headerOf(file, readStart(path, LONGEST_HEADER));
  const notes: IngestNote[] = [];
  const sizes = numbers(fields.get("sizes") ?? "");
  const directions = vectors(fields.get("space directions") ?? "");
  const layered = sizes.length === 4;
  const layers = layered ? sizes[0] : 1;
  const shape = layered ? sizes.slice(1) : sizes;
  const legal = shape.length === 3 && sizes.every((size) => Number.isInteger(size) && size > 0);
  if (!legal || (layered && directions[0] !== null)) {
    throw refusal(
      "bad-shape",
      `${file} has sizes ${sizes.join("x") || "none"}: one volume is needed, or layers of it.`,
    );
  }
  const type = (fields.get("type") ?? "").toLowerCase();
  const encoding = (fields.get("encoding") ?? "").toLowerCase();
  if (!(type in TYPES) || !(encoding in PACKED)) {
    throw refusal(
      "datatype",
      `${file} has type "${type}" and encoding "${encoding}", which cannot be read.`,
      "Save it as whole numbers, raw or compressed with gzip.",
    );
  }
  const detached = fields.get("data file") ?? fields.get("datafile");
  if (detached !== undefined && /[%\s]|LIST/.test(detached)) {
    throw refusal(
      "several-files",
      `${file} spreads its voxels over several files.`,
      "Save it as one.",
    );
  }
  const skip = Number(fields.get("byte skip") ?? 0);
  const packed = PACKED[encoding];
  const last = skip === -1 && packed === "no";
  const count = sizes.reduce((product, size) => product * size, 1);
  const values = rawVoxels({
    path: detached === undefined ? path : besideHeader(path, detached),
    file,
    offset: last ? null : (detached === undefined ? end : 0) + (packed === "no" ? skip : 0),
    packed,
    datatype: TYPES[type],
    littleEndian: fields.get("endian") !== "big",
    count,
  }, notes);
  const space = spaceOf(file, fields, directions.filter((vector) => vector !== null), notes);
  requireUsable(file, space.affine, notes);
  return {
    layers: layered ? layersOf(values, layers) : [values],
    rescale: { slope: 1, intercept: 0 },
    source: sourceGrid([shape[0], shape[1], shape[2]], space.affine, space.known ? 1 : 0),
    sized: space.known,
    other: null,
    named: segmentsOf(pairs),
    report: notes,
  };
}

interface Header {
  readonly fields: ReadonlyMap<string, string>;
  readonly pairs: ReadonlyMap<string, string>;
  readonly end: number;
}

/** The lines of the header, and the byte behind the empty line that ends it. */
function headerOf(file: string, bytes: Uint8Array): Header {
  let end = bytes.findIndex((byte, at) =>
    byte === 10 && (bytes[at + 1] === 10 || (bytes[at + 1] === 13 && bytes[at + 2] === 10))
  );
  // a header of its own file may end with the file
  if (end < 0) end = bytes.length;
  const text = new TextDecoder().decode(bytes.subarray(0, end));
  const fields = new Map<string, string>();
  const pairs = new Map<string, string>();
  for (const line of text.split(/\r?\n/).slice(1)) {
    if (line.startsWith("#")) continue;
    const [, key, mark, value] = /^([^:]+)(:=|: ?)(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    if (mark === ":=") pairs.set(key, value);
    else fields.set(key.trim().toLowerCase(), value.trim());
  }
  if (!fields.has("sizes")) throw refusal("bad-header", `${file} has a header without sizes.`);
  return { fields, pairs, end: end + (bytes[end + 1] === 13 ? 3 : 2) };
}

function numbers(text: string): number[] {
  return text.split(/\s+/).filter((part) => part !== "").map(Number);
}

/** Vectors such as `(1,0,0) none (0,1,0)`; null for `none`. */
function vectors(text: string): (Vector | null)[] {
  return (text.match(/\([^)]*\)|none/g) ?? []).map((part) => {
    if (part === "none") return null;
    const [x, y, z] = part.slice(1, -1).split(",").map(Number);
    return [x, y, z];
  });
}

/** Sign of x and y in RAS+ for each space that says where the patient is. */
const SPACES: Readonly<Record<string, readonly [number, number]>> = {
  "left-posterior-superior": [-1, -1],
  "lps": [-1, -1],
  "right-anterior-superior": [1, 1],
  "ras": [1, 1],
  "left-anterior-superior": [-1, 1],
  "las": [-1, 1],
};

function spaceOf(
  file: string,
  fields: ReadonlyMap<string, string>,
  directions: readonly Vector[],
  notes: IngestNote[],
): { readonly affine: Affine; readonly known: boolean } {
  const signs = SPACES[(fields.get("space") ?? "").toLowerCase()];
  const [origin] = vectors(fields.get("space origin") ?? "");
  const [x, y, z] = directions;
  if (signs === undefined || z === undefined || !origin) {
    notes.push({
      kind: "warning",
      rule: "orientation-unknown",
      message: "the file does not say where in a patient it lies",
    });
    return {
      affine: flipWorld(affineOf([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0])),
      known: false,
    };
  }
  const all = [x, y, z, origin];
  if (!all.every((vector) => vector.every(Number.isFinite))) {
    throw refusal("bad-affine", `${file} has space directions or an origin that are no numbers.`);
  }
  const world = ([a, b, c]: Vector): Vector => [signs[0] * a, signs[1] * b, c];
  return { affine: affineOf(world(x), world(y), world(z), world(origin)), known: true };
}

/** Layers that lie voxel by voxel beside each other, each in an array of its own. */
function layersOf(values: StoredVoxels, count: number): StoredVoxels[] {
  const size = values.length / count;
  return Array.from({ length: count }, (_, layer) => {
    const own = new (values.constructor as new (length: number) => StoredVoxels)(size);
    for (let at = 0; at < size; at++) own[at] = values[at * count + layer];
    return own;
  });
}

/** The segments that Slicer writes into key/value pairs. */
function segmentsOf(pairs: ReadonlyMap<string, string>): NamedLabel[] {
  const segments: NamedLabel[] = [];
  for (const [key, name] of pairs) {
    const [, prefix] = /^(Segment\d+_)Name$/.exec(key) ?? [];
    if (prefix === undefined) continue;
    const value = Number(pairs.get(`${prefix}LabelValue`) ?? 1);
    const layer = Number(pairs.get(`${prefix}Layer`) ?? 0);
    if (Number.isInteger(value) && Number.isInteger(layer)) segments.push({ name, value, layer });
  }
  return segments;
}
