/**
 * cuDNN, open: version, statuses.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { MissingError, NativeError } from "../../../base/errors.ts";
import { LIBRARIES, requireUnchanged, searchLibrary } from "../../../platform/libraries.ts";
import { openLibrary, textAt, textIn } from "../cuda/foreign.ts";
import { SUCCESS } from "./constants.ts";
import { CUDNN_SYMBOLS } from "./symbols.ts";

/** Functions of cuDNN. */
export type CudnnSymbols = Deno.DynamicLibrary<typeof CUDNN_SYMBOLS>["symbols"];

/** The oldest version that this backend works with: plans without a device came with it. */
const LEAST_VERSION = 90800;

/** What went wrong, as the library tells it, is cut behind this many bytes. */
const LONGEST_MESSAGE = 4096;

export class Cudnn implements Disposable {
  readonly symbols: CudnnSymbols;
  /** 10000 times the major, 100 times the minor, and the patch. */
  readonly version: number;
  readonly #library: Deno.DynamicLibrary<typeof CUDNN_SYMBOLS>;
  readonly #cublas: Deno.DynamicLibrary<Record<never, never>> | null;

  /**
   * Opens cuDNN; needs no GPU.
   *
   * @param path absolute path of `libcudnn.so.9`, beside which its parts lie
   * @throws MissingError when it cannot be loaded or is too old, or lacks cuBLASLt
   */
  constructor(path: string) {
    this.#library = openLibrary("cudnn", path, CUDNN_SYMBOLS);
    this.symbols = this.#library.symbols;
    this.version = Number(this.symbols.cudnnGetVersion());
    try {
      if (this.version < LEAST_VERSION) {
        throw new MissingError(`cuDNN ${this.versionText} is too old: 9.8 or newer is needed`, {
          advice: LIBRARIES.cudnn.advice,
        });
      }
      this.#cublas = openCublas(path, Number(this.symbols.cudnnGetCudartVersion()));
    } catch (error) {
      this.#library.close();
      throw error;
    }
  }

  /** The version as people write it, such as `9.24.0`. */
  get versionText(): string {
    const [major, minor, patch] = [10000, 100, 1].map((unit) => Math.floor(this.version / unit));
    return `${major}.${minor % 100}.${patch % 100}`;
  }

  /**
   * Throws unless a status is success.
   *
   * @param call the function that returned it
   * @param context what it was called for, such as the name of a layer
   */
  check(status: number, call: string, context: string): void {
    if (status === SUCCESS) return;
    const name = textAt(this.symbols.cudnnGetErrorString(status)) || `status ${status}`;
    const said = this.lastError();
    throw new NativeError(`${call} for ${context}: ${name}${said && `: ${said}`}`, {
      details: { call, status, context },
    });
  }

  /** What the library last said was wrong; empty where it said nothing. */
  lastError(): string {
    const bytes = new Uint8Array(LONGEST_MESSAGE);
    this.symbols.cudnnGetLastErrorString(bytes, BigInt(bytes.length));
    return textIn(bytes).trim();
  }

  [Symbol.dispose](): void {
    this.#library.close();
    this.#cublas?.close();
  }
}

/**
 * cuBLASLt, which cuDNN looks for by its bare name when it looks for engines: where it is not found,
 * cuDNN ends the process. Once loaded it is found.
 *
 * @param cudnn path of cuDNN
 * @param runtime version of CUDA that cuDNN is built with, 1000 times the major; 0 for the double
 */
function openCublas(
  cudnn: string,
  runtime: number,
): Deno.DynamicLibrary<Record<never, never>> | null {
  if (runtime === 0) return null;
  const major = Math.floor(runtime / 1000);
  const name = `libcublasLt.so.${major}`;
  const { found, problem } = searchLibrary("cublaslt");
  // beside cuDNN, and where pip puts it
  const candidates = ["", "../../cublas/lib", `../../cu${major}/lib`]
    .map((folder) => join(dirname(cudnn), folder, name));
  // one of another version of CUDA would not help
  if (found?.path.endsWith(name)) candidates.unshift(found.path);
  for (const path of [...candidates, name]) {
    requireUnchanged("cublaslt", path);
    try {
      return Deno.dlopen(path, {});
    } catch {
      // not there; the next may be
    }
  }
  throw new MissingError(problem ?? `cuDNN needs ${name}, which was not found`, {
    advice: LIBRARIES.cublaslt.advice,
  });
}
