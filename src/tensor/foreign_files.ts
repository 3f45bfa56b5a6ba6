/**
 * What a file is that is given for weights and is none. To be asked only of files that are no
 * safetensors: the length of a sound header may begin as anything does.
 *
 * @module
 */

/** A kind of file that people take for safetensors. */
export interface ForeignFile {
  /** What it is, as the end of a sentence. */
  readonly what: string;
  /** What to do. */
  readonly advice: string;
}

const CONVERT =
  "save its state_dict as safetensors: `python3 -c 'import sys, torch; from safetensors.torch import " +
  "save_file; save_file(torch.load(sys.argv[1], weights_only=True), sys.argv[2])' IN OUT` (a " +
  'checkpoint of a trainer may hold it under "state_dict" or "model")';

/** How a file begins: with bytes, or with a text. */
type Beginning = { readonly bytes: readonly number[] } | { readonly text: RegExp };

const KINDS: readonly (ForeignFile & { readonly starts: Beginning })[] = [
  {
    starts: { text: /^version https:\/\/git-lfs/ },
    what: "a Git LFS pointer: the weights themselves were not downloaded",
    advice: "run `git lfs pull` where it came from",
  },
  {
    starts: { text: /^\s*(<!doctype|<html|<\?xml|<head)/i },
    what: "a web page: the download gave an HTML page instead of the weights",
    advice: "download the file itself, logged in where that is needed",
  },
  {
    starts: { bytes: [0x50, 0x4b, 3, 4] },
    what: "a zip archive, such as PyTorch's .pt and .pth or NumPy's .npz",
    advice: CONVERT,
  },
  ...[2, 3, 4, 5].map((protocol) => ({
    starts: { bytes: [0x80, protocol] },
    what: "a Python pickle, such as an old .pth",
    advice: CONVERT,
  })),
  {
    starts: { bytes: [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a] },
    what: "an HDF5 file, such as Keras's .h5",
    advice: "load it in its own framework and save tensors by PyTorch's state_dict names",
  },
  {
    starts: { bytes: [0x1f, 0x8b] },
    what: "compressed with gzip",
    advice: "unpack it first (gunzip), and an archive in it (tar)",
  },
  {
    starts: { bytes: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] },
    what: "a single NumPy array",
    advice: "save all tensors in one safetensors file, by PyTorch's state_dict names",
  },
  {
    starts: { text: /^\s*[{[]/ },
    what: "JSON",
    advice: "name the safetensors file itself, not its index or its card",
  },
];

/** Bytes that tell. */
export const FOREIGN_START = 64;

/**
 * What a file is by its first bytes; undefined where they are of no known kind.
 *
 * @param start the first bytes, at most {@linkcode FOREIGN_START} are looked at
 *
 * @example
 * ```ts
 * import { foreignFile } from "./foreign_files.ts";
 * import assert from "node:assert/strict";
 * const start = new TextEncoder().encode("<!DOCTYPE html><html>");
 * assert.match(foreignFile(start)!.what, /a web page/);
 * ```
 */
export function foreignFile(start: Uint8Array): ForeignFile | undefined {
  if (start.length === 0) {
    return { what: "empty", advice: "it may be half a download: get it again" };
  }
  const text = String.fromCharCode(...start.subarray(0, FOREIGN_START));
  return KINDS.find(({ starts }) =>
    "text" in starts ? starts.text.test(text) : starts.bytes.every((byte, i) => start[i] === byte)
  );
}
