/**
 * Words, dates and identifiers planted in scans, each of which tells what it was planted in.
 *
 * @module
 */

import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const FIXTURES = join(import.meta.dirname!, "..", "fixtures");

/** Begins every planted word. */
export const WORD = "CANARY";
/** Begins every planted UID. */
const UID = "1.2.77777";

/** Every attribute of words, dates, identifiers and sequences, by value representation. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries<string>(
    JSON.parse(Deno.readTextFileSync(join(FIXTURES, "privacy", "attributes.json"))),
  ).map(([vr, tags]) => [vr, tags.split(" ")]),
);

/** Attributes that are left as they are, since the file would be no CT image any more. */
const KEPT: Readonly<Record<string, string>> = {
  "00020002": "MediaStorageSOPClassUID: what kind of file it is",
  "00020010": "TransferSyntaxUID: how it is written",
  "00080005": "SpecificCharacterSet: how its texts are written",
  "00080016": "SOPClassUID: what kind of object it is",
  "00080060": "Modality: a scan of none is no scan",
  "00280004": "PhotometricInterpretation: whether it is grey",
  "00283000": "ModalityLUTSequence: its HU",
  "52009229": "SharedFunctionalGroupsSequence: the image has no frames",
  "52009230": "PerFrameFunctionalGroupsSequence: the image has no frames",
};

/** VOILUTFunction, without which no window of a slice counts: every second slice keeps it. */
const VOI_FUNCTION = "00281056";

/** Value representations whose length takes four bytes. */
const LONG = new Set(["OB", "OW", "SQ", "UC", "UN", "UR", "UT"]);

/** Where the years of planted dates and times begin, a century and more apart. */
const [DATES, MOMENTS, CLOCKS] = [1200, 1400, 70_000];

/** The value that is planted in an attribute. */
export function canary(vr: string, tag: string): string {
  const index = ATTRIBUTES[vr]?.indexOf(tag) ?? -1;
  switch (vr) {
    case "DA":
      return `${DATES + index}0203`;
    case "DT":
      return `${MOMENTS + index}0203040506`;
    case "TM":
      return `040506.${CLOCKS + index}`;
    case "AS":
      return `${["077Y", "088Y"][index]}`;
    case "UI":
      return `${UID}.${parseInt(tag, 16)}`;
    default:
      return `${WORD}${tag}`;
  }
}

/** Tags whose canaries stand in a text, and words that name none. */
export function canariesIn(text: string): string[] {
  const found = new Set<string>();
  for (const [, tag] of text.matchAll(/CANARY([0-9a-f]{8}|\w*)/g)) found.add(tag);
  for (const [, tag] of text.matchAll(/1\.2\.77777\.(\d+)/g)) {
    found.add(Number(tag).toString(16).padStart(8, "0"));
  }
  // neither within a longer number nor within what is packed as base64
  const numbers =
    /(?<![\w.+/])(?:(1[2-3]\d\d)0203|(1[4-6]\d\d)0203040506|040506\.(7\d{4})|(077Y|088Y))(?![\w+/])/g;
  for (const [whole, date, moment, clock, age] of text.matchAll(numbers)) {
    const tag = date
      ? ATTRIBUTES.DA[Number(date) - DATES]
      : moment
      ? ATTRIBUTES.DT[Number(moment) - MOMENTS]
      : clock
      ? ATTRIBUTES.TM[Number(clock) - CLOCKS]
      : age
      ? ATTRIBUTES.AS[["077Y", "088Y"].indexOf(age)]
      : undefined;
    found.add(tag ?? whole);
  }
  return [...found].sort();
}

/** How many attributes are planted, sequences among them. */
export function plantedCount(): number {
  return planting(0).length;
}

/** Attributes by tag and value representation, but for those that must stay. */
function planting(slice: number): { readonly tag: string; readonly vr: string }[] {
  return Object.entries(ATTRIBUTES).flatMap(([vr, tags]) =>
    tags.filter((tag) =>
      !(tag in KEPT) && !tag.startsWith("0000") && (tag !== VOI_FUNCTION || slice % 2 === 1)
    ).map((tag) => ({ tag, vr }))
  );
}

/**
 * A DICOM file in explicit little endian with canaries in every attribute of words, in sequences and
 * in private attributes.
 *
 * @param slice its number, which makes its SOPInstanceUID its own
 */
export function plantedDicom(bytes: Uint8Array<ArrayBuffer>, slice: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const elements = new Map<string, Uint8Array>();
  for (let at = 132; at + 8 <= bytes.length;) {
    const vr = String.fromCharCode(bytes[at + 4], bytes[at + 5]);
    const long = LONG.has(vr);
    const length = long ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    const end = at + (long ? 12 : 8) + length;
    elements.set(hex(view.getUint16(at, true), view.getUint16(at + 2, true)), bytes.slice(at, end));
    at = end;
  }
  // its value would no longer be right
  elements.delete("00020000");
  for (const { tag, vr } of planting(slice)) {
    const own = tag === "00080018" || tag === "00020003" ? `.${slice}` : "";
    elements.set(tag, vr === "SQ" ? sequence(tag) : element(tag, vr, `${canary(vr, tag)}${own}`));
  }
  for (const [tag, vr] of [["00090010", "LO"], ["00091001", "LO"], ["00091002", "PN"]] as const) {
    elements.set(tag, element(tag, vr, `${WORD}${tag}`));
  }
  elements.set("00091003", element("00091003", "UN", `${WORD}00091003`));
  elements.set("00091004", sequence("00091004"));
  const sorted = [...elements].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  return joined([bytes.subarray(0, 132), ...sorted]);
}

function hex(group: number, item: number): string {
  return (group * 0x10000 + item).toString(16).padStart(8, "0");
}

/** An item with a person, an identifier, and a sequence with a word. */
function sequence(tag: string): Uint8Array {
  const inner = item([element("0008103e", "LO", `${WORD}${tag}`)]);
  return element(
    tag,
    "SQ",
    item([
      element("00081155", "UI", canary("UI", tag)),
      element("00100010", "PN", `${WORD}${tag}`),
      element("00100030", "DA", canary("DA", "00100030")),
      element("0040a730", "SQ", inner),
    ]),
  );
}

function item(content: readonly Uint8Array[]): Uint8Array {
  const body = joined(content);
  const head = new DataView(new ArrayBuffer(8));
  head.setUint16(0, 0xfffe, true);
  head.setUint16(2, 0xe000, true);
  head.setUint32(4, body.length, true);
  return joined([new Uint8Array(head.buffer), body]);
}

function element(tag: string, vr: string, value: string | Uint8Array): Uint8Array {
  const text = typeof value === "string" ? new TextEncoder().encode(value) : value;
  const padding = vr === "UI" ? 0 : 0x20;
  const body = text.length % 2 === 0 ? text : joined([text, Uint8Array.of(padding)]);
  const head = new DataView(new ArrayBuffer(LONG.has(vr) ? 12 : 8));
  head.setUint16(0, parseInt(tag.slice(0, 4), 16), true);
  head.setUint16(2, parseInt(tag.slice(4), 16), true);
  head.setUint8(4, vr.charCodeAt(0));
  head.setUint8(5, vr.charCodeAt(1));
  if (LONG.has(vr)) head.setUint32(8, body.length, true);
  else head.setUint16(6, body.length, true);
  return joined([new Uint8Array(head.buffer), body]);
}

/** Texts of a NIfTI-1 header (data_type, db_name, descrip, aux_file, intent_name): from, how long. */
const NIFTI_TEXTS = [[4, 10], [14, 18], [148, 80], [228, 24], [328, 16]] as const;

/** A NIfTI-1 file of one part with words in its texts, and in an extension of comments. */
export function plantedNifti(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  const header = bytes.slice(0, 352);
  for (const [at, length] of NIFTI_TEXTS) {
    header.set(new TextEncoder().encode(`${WORD}n`.padEnd(length, "x").slice(0, length)), at);
  }
  const view = new DataView(header.buffer);
  const voxels = bytes.slice(view.getFloat32(108, true));
  const extension = new Uint8Array(64);
  const said = new DataView(extension.buffer);
  said.setInt32(0, extension.length, true);
  said.setInt32(4, 6, true);
  extension.set(new TextEncoder().encode(`${WORD}extension`), 8);
  header[348] = 1;
  view.setFloat32(108, 352 + extension.length, true);
  return joined([header, extension, voxels]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What a file holds as text, unpacked where it is packed. */
export function contentOf(path: string): string {
  const bytes = Deno.readFileSync(path);
  return new TextDecoder("latin1").decode(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}
