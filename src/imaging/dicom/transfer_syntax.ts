/**
 * Transfer syntaxes: how a DICOM data set and its pixels are encoded (PS3.5, PS3.6 table A-1).
 *
 * @module
 */

/** What matters of a transfer syntax for reading it. */
export interface TransferSyntax {
  /** Its unique identifier. */
  readonly uid: string;
  /** Its name in the standard. */
  readonly name: string;
  /** Whether pixels are stored as plain numbers. */
  readonly native: boolean;
  /** Whether numbers are stored with the most significant byte first. */
  readonly bigEndian: boolean;
}

/** The four syntaxes without compressed pixels. */
export const SYNTAX = {
  implicitLittle: "1.2.840.10008.1.2",
  explicitLittle: "1.2.840.10008.1.2.1",
  deflated: "1.2.840.10008.1.2.1.99",
  explicitBig: "1.2.840.10008.1.2.2",
} as const;

const NATIVE: ReadonlyMap<string, string> = new Map([
  [SYNTAX.implicitLittle, "Implicit VR Little Endian"],
  [SYNTAX.explicitLittle, "Explicit VR Little Endian"],
  [SYNTAX.deflated, "Deflated Explicit VR Little Endian"],
  [SYNTAX.explicitBig, "Explicit VR Big Endian"],
]);

const COMPRESSED: ReadonlyMap<string, string> = new Map([
  ["1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian"],
  ["1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)"],
  ["1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 and 4)"],
  ["1.2.840.10008.1.2.4.53", "JPEG Spectral Selection (Process 6 and 8)"],
  ["1.2.840.10008.1.2.4.55", "JPEG Full Progression (Process 10 and 12)"],
  ["1.2.840.10008.1.2.4.57", "JPEG Lossless (Process 14)"],
  ["1.2.840.10008.1.2.4.70", "JPEG Lossless, First-Order Prediction (Process 14, SV1)"],
  ["1.2.840.10008.1.2.4.80", "JPEG-LS Lossless"],
  ["1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless"],
  ["1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless"],
  ["1.2.840.10008.1.2.4.91", "JPEG 2000"],
  ["1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component Lossless"],
  ["1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component"],
  ["1.2.840.10008.1.2.4.110", "JPEG XL Lossless"],
  ["1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression"],
  ["1.2.840.10008.1.2.4.112", "JPEG XL"],
  ["1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless"],
  ["1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 Lossless RPCL"],
  ["1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000"],
  ["1.2.840.10008.1.2.5", "RLE Lossless"],
]);

/**
 * The transfer syntax of an identifier; an unknown one counts as compressed.
 *
 * @example
 * ```ts
 * import { transferSyntax } from "./transfer_syntax.ts";
 * import assert from "node:assert/strict";
 * assert.equal(transferSyntax("1.2.840.10008.1.2.5").name, "RLE Lossless");
 * assert.equal(transferSyntax("1.2.840.10008.1.2.2").bigEndian, true);
 * ```
 */
export function transferSyntax(uid: string): TransferSyntax {
  const native = NATIVE.get(uid);
  return {
    uid,
    name: native ?? COMPRESSED.get(uid) ?? "an unknown transfer syntax",
    native: native !== undefined,
    bigEndian: uid === SYNTAX.explicitBig,
  };
}
