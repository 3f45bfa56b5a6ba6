/**
 * Values that headers of scans state, found in their bytes: what random bytes seldom hit.
 *
 * @module
 */

/** A value in a file. */
interface Field {
  /** Byte at which it begins. */
  readonly at: number;
  /** How it is written. */
  readonly kind: "u16" | "f32" | "f64" | "text" | "byte";
  /** Bytes that it takes. */
  readonly size: number;
  /** Byte order. */
  readonly little: boolean;
}

/** Numbers of 16 bits of the group 0028 that say how pixels are stored. */
const WORDS = [0x0002, 0x0010, 0x0011, 0x0100, 0x0101, 0x0102, 0x0103];

/** Texts that say where pixels lie and what they mean, by group and element. */
const TEXTS = [
  ...[[0x0020, 0x0032], [0x0020, 0x0037], [0x0018, 0x0050], [0x0018, 0x0088]],
  ...[[0x0028, 0x0004], [0x0028, 0x0008], [0x0028, 0x0030], [0x0028, 0x1052], [0x0028, 0x1053]],
];

/** What texts are exchanged for; cut, or filled up with blanks, to their length. */
const ODD_TEXTS = [
  ...["0", "1", "-1", "0.5", "1e3", ".5", "5.", "+1", "1,5", "1.5", " 1", "1\\1", "1\\2\\3"],
  ...["nan", "inf", "", "0x10", "1_0", "1e400", "1d3", "-1024", "1e-3", "1\\0\\0\\0\\1\\0"],
  ...["0\\1\\0\\0\\0\\1", "1\\0\\0\\0\\0\\-1", "0.5\\0.7", "MONOCHROME1", "RGB"],
];

/** What single characters of texts are exchanged for. */
const CHARACTERS = "0123456789.-+eE,\\ ";

const ODD_WORDS = [0, 1, 2, 3, 7, 8, 10, 11, 12, 15, 16, 17, 32, 64, 255, 256, 0xffff];

/** A share of 1 becomes the other number. */
const FACTORS = [-1, 0, 0.5, 2, 1.001, 1000, 1e-3];

const ODD_NUMBERS = [0, -0, 1, -1, 0.5, Math.SQRT1_2, 2, NaN, Infinity, 1e-30, 1e30];

/** Places of numbers in a header of NIfTI-1: what they are, from where, and how many. */
const NIFTI_1 = [["u16", 40, 8], ["u16", 70, 2], ["f32", 76, 8], ["f32", 108, 3], ["byte", 123, 1]]
  .concat([["u16", 252, 2], ["f32", 256, 6], ["f32", 280, 12]]) as [
    Field["kind"],
    number,
    number,
  ][];

/** The same of NIfTI-2. */
const NIFTI_2 = [["u16", 12, 2], ["u16", 16, 1], ["u16", 24, 1], ["u16", 32, 1], ["u16", 40, 1]]
  .concat([["f64", 104, 8], ["f64", 176, 2], ["u16", 344, 1], ["u16", 348, 1], ["f64", 352, 6]])
  .concat([["f64", 400, 12], ["byte", 500, 1]]) as [Field["kind"], number, number][];

const SIZES = { u16: 2, f32: 4, f64: 8, byte: 1, text: 0 } as const;

/**
 * Changes a value that a header states.
 *
 * @param bytes changed in place
 * @param which share that chooses the value
 * @param to share that chooses what it becomes
 */
export function changeField(bytes: Uint8Array<ArrayBuffer>, which: number, to: number): void {
  const fields = [...fieldsOf(bytes)];
  if (fields.length === 0) return;
  const { at, kind, size, little } = fields[Math.floor(which * fields.length)];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chosen = <T>(values: readonly T[]): T => values[Math.floor(to * values.length)];
  const number = (old: number) => chosen([...ODD_NUMBERS, ...FACTORS.map((one) => one * old)]);
  switch (kind) {
    case "byte":
      bytes[at] = Math.floor(256 * to);
      break;
    case "u16":
      view.setUint16(at, chosen(ODD_WORDS), little);
      break;
    case "f32":
      view.setFloat32(at, number(view.getFloat32(at, little)), little);
      break;
    case "f64":
      view.setFloat64(at, number(view.getFloat64(at, little)), little);
      break;
    case "text": {
      const changes = size * CHARACTERS.length;
      // half of the texts are exchanged, and one character of the others
      if (to < 0.5 || size === 0) {
        const text = ODD_TEXTS[Math.floor(2 * to * ODD_TEXTS.length) % ODD_TEXTS.length];
        bytes.set(new TextEncoder().encode(text.padEnd(size).slice(0, size)), at);
      } else {
        const place = Math.floor((2 * to - 1) * changes);
        bytes[at + Math.floor(place / CHARACTERS.length)] = CHARACTERS
          .charCodeAt(place % CHARACTERS.length);
      }
    }
  }
}

function* fieldsOf(bytes: Uint8Array<ArrayBuffer>): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [size, table] of [[348, NIFTI_1], [540, NIFTI_2]] as const) {
    if (bytes.length < size) continue;
    const little = view.getInt32(0, true) === size;
    if (!little && view.getInt32(0, false) !== size) continue;
    for (const [kind, from, count] of table) {
      for (let i = 0; i < count; i++) {
        yield { at: from + i * SIZES[kind], kind, size: SIZES[kind], little };
      }
    }
    return;
  }
  for (const little of [true, false]) {
    for (const element of WORDS) {
      const found = elementAt(bytes, view, 0x0028, element, little);
      if (found !== null) yield { at: found.at, kind: "u16", size: 2, little };
    }
    for (const [group, element] of TEXTS) {
      const found = elementAt(bytes, view, group, element, little);
      if (found !== null) yield { ...found, kind: "text", little };
    }
  }
}

/** Bytes within which elements are looked for: what matters stands there in most files. */
const BEGINNING = 16_384;

/** Where the value of a DICOM element lies, by the first bytes that look like it. */
function elementAt(
  whole: Uint8Array,
  view: DataView,
  group: number,
  element: number,
  little: boolean,
): { readonly at: number; readonly size: number } | null {
  const bytes = whole.subarray(0, BEGINNING);
  const [low, high] = little ? [group & 0xff, group >> 8] : [group >> 8, group & 0xff];
  for (let at = bytes.indexOf(low); at >= 0 && at + 8 < bytes.length;) {
    if (bytes[at + 1] === high && view.getUint16(at + 2, little) === element) {
      const vr = String.fromCharCode(bytes[at + 4], bytes[at + 5]);
      const explicit = /^(US|DS|IS|CS)$/.test(vr);
      const size = explicit ? view.getUint16(at + 6, little) : view.getUint32(at + 4, little);
      if (size <= 200 && at + 8 + size <= bytes.length) return { at: at + 8, size };
    }
    at = bytes.indexOf(low, at + 1);
  }
  return null;
}
