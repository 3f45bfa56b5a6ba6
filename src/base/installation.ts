/**
 * How this program came here, and where the files lie that came with it.
 *
 * A checkout, a compiled binary and the binary in a container image hold the same tree of files;
 * what tells them apart is `build.json`, which `packaging/compile.ts` replaces. No other file asks
 * where it lies itself.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import configuration from "../../deno.json" with { type: "json" };
import build from "./build.json" with { type: "json" };

/** A file that came with the program and is to be unpacked before it can be used. */
export interface PackedFile {
  /** Where it lies in the program's tree. */
  readonly path: string;
  /** Base name that it gets. */
  readonly saveAs: string;
  /** SHA-256 of its bytes. */
  readonly sha256: string;
}

/** What is known of a program when it is built. */
export interface Build {
  /** What it is part of: a checkout, one compiled file, or such a file in a container image. */
  readonly installation: "checkout" | "binary" | "image";
  /** The commit that it was built from, with `-dirty` when files differed; null in a checkout. */
  readonly commit: string | null;
  /** The oneDNN that it brings along; null where it brings none. */
  readonly onednn: PackedFile | null;
}

/** What this program is. */
export const BUILD: Build = build as Build;

/** Version of this program. */
export const PROGRAM_VERSION: string = configuration.version;

/** Top of the tree; null where the modules do not come from a disk. */
const TOP = import.meta.url.startsWith("file:")
  ? fileURLToPath(new URL("../..", import.meta.url))
  : null;

/**
 * The path of a file that came with the program, or would have; null where its modules do not come
 * from a disk.
 *
 * @param path from the top of the tree, such as `benchmarks/suites/quick.json`
 *
 * @example
 * ```ts
 * import { ownFile } from "./installation.ts";
 * import assert from "node:assert/strict";
 * assert.ok(Deno.statSync(ownFile("benchmarks/suites/quick.json")!).isFile);
 * ```
 */
export function ownFile(path: string): string | null {
  return TOP && join(TOP, path);
}

/** The folder of the checkout that this program runs from; null where it runs from none. */
export function checkoutFolder(): string | null {
  return BUILD.installation === "checkout" ? TOP : null;
}
