/**
 * Label maps in NRRD, as 3D Slicer writes them: with the names of segments, and in layers where
 * segments overlap. Ours, since the one package that reads NRRD has not been kept for ten years.
 *
 * @module
 */

import { basename } from "node:path";
import { affineOf, flipWorld, type Vector } from "../affine.ts";
import { readInto, readStart } from "../files.ts";
import { type Datatype, DATATYPES } from "../nifti/header.ts";
import { requireUsable } from "../nifti/world.ts";
import { sourceGrid } from "../orientation.ts";
import { refusal } from "../refusal.ts";
import type { Affine, IngestNote, StoredVoxels } from "../volume.ts";
import { entryOf, Fields, numberIn, numbersIn, toldText } from "./header_text.ts";
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
  const sizes = numbersIn(fields.get("sizes") ?? "");
  const directions = vectors(fields.get("space directions") ?? "");
  const layered = sizes.length === 4;
  const layers = layered ? sizes[0] : 1;
  const shape = layered ? sizes.slice(1) : sizes;
  const legal = shape.length === 3 && sizes.every((size) => Number.isInteger(size) && size > 0) &&
    numberIn(fields.get("dimension") ?? String(sizes.length)) === sizes.length &&
    (directions.length === 0 || directions.length === sizes.length);
  const axes = layered ? directions.slice(1) : directions;
  if (!legal || (layered && directions[0] !== null) || axes.includes(null)) {
    throw refusal(
      "bad-shape",
      `${file} has sizes ${
        toldText(sizes.join("x")) || "none"
      }: one volume is needed, or layers of it.`,
      "Save it as one volume of labels.",
    );
  }
  const type = (fields.get("type") ?? "").toLowerCase();
  const encoding = (fields.get("encoding") ?? "").toLowerCase();
  const datatype = entryOf(TYPES, type);
  const packed = entryOf(PACKED, encoding);
  if (datatype === undefined || packed === undefined) {
    throw refusal(
      "datatype",
      `${file} has type "${toldText(type)}" and encoding "${
        toldText(encoding)
      }", which cannot be ` +
        "read.",
      "Save it as whole numbers, raw or compressed with gzip.",
    );
  }
  const detached = fields.get("data file", "datafile");
  if (detached !== undefined && /[%\s]|LIST/.test(detached)) {
    throw refusal(
      "several-files",
      `${file} spreads its voxels over several files.`,
      "Save it as one.",
    );
  }
  const dataPath = detached === undefined ? path : besideHeader(path, detached);
  const lines = skipOf(file, fields, "line skip", 0)!;
  const count = sizes.reduce((product, size) => product * size, 1);
  const values = rawVoxels({
    path: dataPath,
    file,
    begin: behindLines(file, dataPath, detached === undefined ? end : 0, lines),
    skip: skipOf(file, fields, "byte skip", -1),
    packed,
    datatype,
    littleEndian: isLittleEndian(file, fields, DATATYPES[datatype].bytes),
    count,
  }, notes);
  const space = spaceOf(file, fields, axes.filter((vector) => vector !== null), notes);
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
  readonly fields: Fields;
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
  const fields = new Fields(file);
  const pairs = new Map<string, string>();
  for (const line of text.split("\n").slice(1)) {
    const [, key, mark, value] = /^([^:]+)(:=|:)(.*)$/.exec(line.replace(/\r$/, "")) ?? [];
    if (key === undefined || line.startsWith("#")) continue;
    if (mark === ":=") pairs.set(key, value);
    else fields.add(key.trim().toLowerCase(), value.trim());
  }
  if (fields.get("sizes") === undefined) {
    throw refusal("bad-header", `${file} has a header without sizes.`, "Copy the file again.");
  }
  return { fields, pairs, end: end + (bytes[end + 1] === 13 ? 3 : 2) };
}

/** How many lines or bytes lie before the voxels; null for -1, where that may mean the last ones. */
function skipOf(
  file: string,
  fields: Fields,
  name: "line skip" | "byte skip",
  least: 0 | -1,
): number | null {
  const text = fields.get(name, name.replace(" ", "")) ?? "0";
  const skip = numberIn(text);
  if (Number.isSafeInteger(skip) && skip >= least) return skip === -1 ? null : skip;
  throw refusal(
    "bad-header",
    `${file} has a ${name} of ${toldText(text)}, which says nothing of where its voxels begin.`,
    "Save the file again.",
  );
}

/** The byte behind so many lines of a file. */
function behindLines(file: string, path: string, begin: number, lines: number): number {
  if (lines === 0) return begin;
  const bytes = new Uint8Array(LONGEST_HEADER);
  const read = bytes.subarray(0, readInto(path, begin, bytes));
  let at = 0;
  for (let line = 0; line < lines; line++) {
    const feed = read.indexOf(10, at);
    if (feed < 0) {
      throw refusal(
        "bad-header",
        `${file} has a line skip of ${lines}, more lines than lie before its voxels.`,
        "Save the file again.",
      );
    }
    at = feed + 1;
  }
  return begin + at;
}

/** The byte order, which must be stated where a voxel takes several bytes. */
function isLittleEndian(file: string, fields: Fields, bytes: number): boolean {
  const stated = fields.get("endian")?.toLowerCase();
  if (stated === "little" || stated === "big") return stated === "little";
  if (bytes === 1 && stated === undefined) return true;
  throw refusal(
    "bad-header",
    `${file} does not say whether its voxels have their lowest byte first: endian is ${
      toldText(stated ?? "absent")
    }.`,
    "Save the file again.",
  );
}

/** Vectors such as `(1,0,0) none (0,1,0)`; null for `none`. */
function vectors(text: string): (Vector | null)[] {
  return (text.match(/\([^()]*\)|none/g) ?? []).map((part) => {
    if (part === "none") return null;
    const [x, y, z = NaN] = part.slice(1, -1).split(",").map((one) => numberIn(one.trim()));
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
  fields: Fields,
  directions: readonly Vector[],
  notes: IngestNote[],
): { readonly affine: Affine; readonly known: boolean } {
  const signs = entryOf(SPACES, (fields.get("space") ?? "").toLowerCase());
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
  if (!(fields.get("space units")?.match(/"[^"]*"/g) ?? []).every(isMillimetre)) {
    throw refusal(
      "units",
      `${file} has space units of ${toldText(fields.get("space units")!)}; millimetres are needed.`,
      "Save it in millimetres.",
    );
  }
  const world = ([a, b, c]: Vector): Vector => [signs[0] * a, signs[1] * b, c];
  return { affine: affineOf(world(x), world(y), world(z), world(origin)), known: true };
}

/** A unit in quotes; programs that write none mean millimetres. */
function isMillimetre(unit: string): boolean {
  return ['"mm"', '"millimeter"', '"millimetre"', '""'].includes(unit.toLowerCase());
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
