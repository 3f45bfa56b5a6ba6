/**
 * NVRTC, open: CUDA C to machine code. Needs no GPU.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { NativeError } from "../../../base/errors.ts";
import { addressOf } from "../../buffers.ts";
import { cText, openLibrary, OUT, OUT_INT, textAt, textIn } from "./foreign.ts";
import { NVRTC_SYMBOLS } from "./symbols/nvrtc.ts";

/** Machine code of a GPU. */
export type Cubin = Uint8Array<ArrayBuffer>;

export class Nvrtc implements Disposable {
  /** Its version, such as `13.0`. */
  readonly versionText: string;
  readonly #library: Deno.DynamicLibrary<typeof NVRTC_SYMBOLS>;
  readonly #builtins: Deno.DynamicLibrary<Record<never, never>> | null;

  /**
   * Opens NVRTC.
   *
   * @param path absolute path of `libnvrtc.so`, beside which `libnvrtc-builtins.so` lies
   * @throws MissingError when it cannot be loaded
   */
  constructor(path: string) {
    this.#library = openLibrary("nvrtc", path, NVRTC_SYMBOLS);
    this.#builtins = openBuiltins(dirname(path));
    const minor = new Int32Array(1);
    this.#check(this.#library.symbols.nvrtcVersion(OUT_INT, minor), "nvrtcVersion", "NVRTC");
    this.versionText = `${OUT_INT[0]}.${minor[0]}`;
  }

  /**
   * Compiles a program.
   *
   * @param source CUDA C
   * @param name of the source, for messages
   * @param capability of the device, times 10
   * @throws NativeError with the compiler's own words
   */
  compile(source: string, name: string, capability: number): Cubin {
    const { symbols } = this.#library;
    const [text, label] = [cText(source), cText(name)];
    const program = new BigUint64Array(1);
    const created = symbols.nvrtcCreateProgram(program, text, label, 0, 0n, 0n);
    this.#check(created, "nvrtcCreateProgram", name);
    try {
      const options = [`--gpu-architecture=sm_${capability}`, "--std=c++17"].map(cText);
      const addresses = BigUint64Array.from(options, addressOf);
      const status = symbols.nvrtcCompileProgram(program[0], options.length, addresses);
      if (status !== 0) {
        const log = this.#text(program[0], name);
        throw new NativeError(`${name} does not compile for sm_${capability}: ${log}`, {
          details: { call: "nvrtcCompileProgram", status, name, capability },
        });
      }
      this.#check(symbols.nvrtcGetCUBINSize(program[0], OUT), "nvrtcGetCUBINSize", name);
      const cubin = new Uint8Array(Number(OUT[0]));
      this.#check(symbols.nvrtcGetCUBIN(program[0], cubin), "nvrtcGetCUBIN", name);
      return cubin;
    } finally {
      symbols.nvrtcDestroyProgram(program);
    }
  }

  /** What the compiler said. */
  #text(program: bigint, name: string): string {
    const { symbols } = this.#library;
    this.#check(symbols.nvrtcGetProgramLogSize(program, OUT), "nvrtcGetProgramLogSize", name);
    const log = new Uint8Array(Number(OUT[0]));
    this.#check(symbols.nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog", name);
    return textIn(log).trim();
  }

  #check(status: number, call: string, context: string): void {
    if (status === 0) return;
    const said = textAt(this.#library.symbols.nvrtcGetErrorString(status));
    throw new NativeError(`${call} for ${context}: ${said}`, {
      details: { call, status, context },
    });
  }

  [Symbol.dispose](): void {
    this.#library.close();
    this.#builtins?.close();
  }
}

/**
 * The library of built-in functions beside NVRTC. NVRTC asks the loader for it by its bare name,
 * which is found only when it is loaded already.
 */
function openBuiltins(folder: string): Deno.DynamicLibrary<Record<never, never>> | null {
  try {
    const name = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort()
      .find((candidate) => candidate.startsWith("libnvrtc-builtins.so"));
    return name ? Deno.dlopen(join(folder, name), {}) : null;
  } catch {
    // not there: NVRTC says so itself when it needs it
    return null;
  }
}
