/**
 * The kernels of this backend on a GPU: compiled, loaded and found by name.
 *
 * @module
 */

import { sha256 } from "../../../base/hashing.ts";
import type { Cache } from "./cache.ts";
import type { Driver } from "./driver.ts";
import { cText, OUT } from "./foreign.ts";
import type { Cubin, Nvrtc } from "./nvrtc.ts";
import {
  type Generated,
  generatedSource,
  type Program,
  type ProgramName,
  sourceOf,
  type Variant,
} from "./programs.ts";
import { Resource } from "./resource.ts";

/** Machine code of this process by library, device and program: compiled once. */
const CUBINS = new Map<string, Cubin>();

/** What modules are made with. */
export interface ModuleOptions {
  readonly driver: Driver;
  readonly nvrtc: Nvrtc;
  /** Path of NVRTC, which tells it from another in the same process. */
  readonly nvrtcPath: string;
  /** Compute capability of the GPU, times 10. */
  readonly capability: number;
  /** What keeps machine code from one process to the next. */
  readonly cache: Cache;
}

/** Programs on a GPU. */
export class Modules implements Disposable {
  readonly #options: ModuleOptions;
  readonly #owned = new DisposableStack();
  readonly #loaded = new Map<string, Resource>();

  constructor(options: ModuleOptions) {
    this.#options = options;
  }

  /** A kernel of a program, which is compiled and loaded for a variant when it is first asked for. */
  kernel<P extends ProgramName>(program: P, name: Program<P>, variant: Variant): bigint {
    const key = `${program} ${JSON.stringify(variant)}`;
    return this.#function(key, `${program}.cu`, name, () => sourceOf(program, variant));
  }

  /** The kernel of a program that is written for what it computes, compiled likewise. */
  generated(program: Generated, variant: Variant): bigint {
    const source = generatedSource(program, variant);
    return this.#function(source, program.name, program.name, () => source);
  }

  #function(key: string, file: string, name: string, source: () => string): bigint {
    const { driver } = this.#options;
    const module = this.#module(key, file, source);
    const status = driver.symbols.cuModuleGetFunction(OUT, module.id, cText(name));
    driver.check(status, "cuModuleGetFunction", name);
    return OUT[0];
  }

  #module(key: string, file: string, source: () => string): Resource {
    const known = this.#loaded.get(key);
    if (known) return known;
    const { driver } = this.#options;
    const cubin = this.#cubin(key, file, source);
    driver.check(driver.symbols.cuModuleLoadData(OUT, cubin), "cuModuleLoadData", file);
    const made = this.#owned.use(
      new Resource("module", OUT[0], (id) => {
        driver.check(driver.symbols.cuModuleUnload(id), "cuModuleUnload", "disposal");
      }),
    );
    this.#loaded.set(key, made);
    return made;
  }

  /** Machine code of a program: of this process, of an earlier one, or compiled now. */
  #cubin(program: string, file: string, source: () => string): Cubin {
    const { nvrtc, nvrtcPath, capability, cache } = this.#options;
    const key = `${nvrtcPath} ${capability} ${program}`;
    const known = CUBINS.get(key);
    if (known) return known;
    const text = source();
    const kept = `NVRTC ${nvrtc.versionText} sm_${capability} ${sha256(text)}`;
    let cubin = cache.get(kept);
    if (!cubin) {
      cubin = nvrtc.compile(text, file, capability);
      cache.set(kept, cubin);
    }
    CUBINS.set(key, cubin);
    return cubin;
  }

  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}
