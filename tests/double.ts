/**
 * What stands in for a GPU, built with the system's compiler: the double of CUDA and cuDNN
 * (`native/double/`), and the driver of a machine without a GPU (`native/no_gpu/`).
 *
 * @module
 */

import { dirname, join } from "node:path";
import { sha256 } from "../src/base/hashing.ts";
import { cudnnOn } from "../src/backends/cudnn/mod.ts";
import type { SessionOptions } from "../src/backends/cudnn/graph_api/session.ts";
import type { BackendFactory } from "../src/backends/backend.ts";

const NATIVE = join(import.meta.dirname!, "..", "native");
const BUILT = join(import.meta.dirname!, "..", ".stackbench", "double");

/** A library that was built, or why there is none. */
export type Built =
  | { readonly path: string; readonly problem?: undefined }
  | { readonly path: null; readonly problem: string };

let double: Built | undefined;

/**
 * The double, built when it is first asked for and its sources have changed. Each test file has a
 * copy of its own: what one tells it is nothing to another that runs at the same time.
 */
export function buildDouble(): Built {
  return double ??= copied(build("double", "double.so", ["-std=c++17", "-ldl"]));
}

/** A copy that is there while this file's tests are: to the loader, another library. */
function copied(built: Built): Built {
  if (built.path === null) return built;
  const path = join(dirname(built.path), `${crypto.randomUUID()}.so`);
  Deno.copyFileSync(built.path, path);
  globalThis.addEventListener("unload", () => Deno.removeSync(path));
  return { path };
}

/** The driver of a machine without a GPU, which compiling plans for absent GPUs asks for. */
export function buildNoGpuDriver(): Built {
  return build("no_gpu", "libcuda.so.1", ["-Wl,-soname,libcuda.so.1"]);
}

/** Builds the sources of a folder of `native/`, unless that was done. */
function build(folder: string, name: string, options: readonly string[]): Built {
  if (Deno.build.os !== "linux") return { path: null, problem: "it is built on Linux only" };
  const sources = join(NATIVE, folder);
  const names = [...Deno.readDirSync(sources)].map(({ name }) => name).sort();
  const texts = names.map((name) => Deno.readTextFileSync(join(sources, name)));
  const target = join(BUILT, sha256(...names, ...texts).slice(0, 16));
  const path = join(target, name);
  if (exists(path)) return { path };
  Deno.mkdirSync(target, { recursive: true });
  const partial = `${path}.${crypto.randomUUID()}.tmp`;
  const files = names.filter((name) => /\.(c|cpp)$/.test(name)).map((name) => join(sources, name));
  const compiler = Deno.env.get("CXX") || "c++";
  try {
    const { success, stderr } = new Deno.Command(compiler, {
      args: ["-O1", "-shared", "-fPIC", "-o", partial, ...files, ...options],
    }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    Deno.renameSync(partial, path);
    return { path };
  } catch (error) {
    // a compiler that is there and fails is a fault of ours
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return {
      path: null,
      problem: `there is no C++ compiler ${compiler} to build native/${folder}`,
    };
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    // not built yet
    return false;
  }
}

/** The cuDNN backend on the double; not available where it cannot be built. */
export function cudnnOnDouble(options?: SessionOptions): BackendFactory {
  const { path, problem } = buildDouble();
  if (path !== null) {
    return cudnnOn(() => ({ cuda: path, nvrtc: path, cudnn: path, nvml: path }), options);
  }
  return cudnnOn(() => raise(problem));
}

function raise(problem: string): never {
  throw new Error(problem);
}

/** What tests tell the double, and what it tells them. */
const CONTROLS = {
  // void doubleFailAt(int64_t n)
  doubleFailAt: { parameters: ["i64"], result: "void" },
  // int64_t doubleCalls(void)
  doubleCalls: { parameters: [], result: "i64" },
  // const char *doubleFailed(void)
  doubleFailed: { parameters: [], result: "pointer" },
  // int64_t doubleAlive(void)
  doubleAlive: { parameters: [], result: "i64" },
  // void doubleEngines(int mode)
  doubleEngines: { parameters: ["i32"], result: "void" },
  // void doubleCapability(int capability)
  doubleCapability: { parameters: ["i32"], result: "void" },
  // void doubleCudnnVersion(int number)
  doubleCudnnVersion: { parameters: ["i32"], result: "void" },
  // void doubleSlowEngine(int engine)
  doubleSlowEngine: { parameters: ["i32"], result: "void" },
  // void doubleSkipWait(int64_t n)
  doubleSkipWait: { parameters: ["i64"], result: "void" },
  // int64_t doubleWaits(void)
  doubleWaits: { parameters: [], result: "i64" },
  // void doubleMemory(int64_t size)
  doubleMemory: { parameters: ["i64"], result: "void" },
  // void doubleEarlyCopies(int are)
  doubleEarlyCopies: { parameters: ["i32"], result: "void" },
  // void doubleRefusesRecording(int does)
  doubleRefusesRecording: { parameters: ["i32"], result: "void" },
  // void doubleMiscomputes(int type)
  doubleMiscomputes: { parameters: ["i32"], result: "void" },
} as const;

/** The double's controls; close what is returned. */
export function controlDouble(path: string): Deno.DynamicLibrary<typeof CONTROLS> {
  return Deno.dlopen(path, CONTROLS);
}
