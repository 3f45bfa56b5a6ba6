/**
 * The double of CUDA and cuDNN (`native/double/`), built with the system's C++ compiler.
 *
 * @module
 */

import { join } from "node:path";
import { sha256 } from "../src/base/hashing.ts";
import { cudnnOn } from "../src/backends/cudnn/mod.ts";
import type { BackendFactory } from "../src/backends/backend.ts";

const SOURCES = join(import.meta.dirname!, "..", "native", "double");
const BUILT = join(import.meta.dirname!, "..", ".stackbench", "double");

/** The double, or why there is none. */
export type Double =
  | { readonly path: string; readonly problem?: undefined }
  | { readonly path: null; readonly problem: string };

let double: Double | undefined;

/** The double, built when it is first asked for and its sources have changed. */
export function buildDouble(): Double {
  return double ??= build();
}

function build(): Double {
  if (Deno.build.os !== "linux") return { path: null, problem: "the double needs Linux" };
  const names = [...Deno.readDirSync(SOURCES)].map(({ name }) => name).sort();
  const texts = names.map((name) => Deno.readTextFileSync(join(SOURCES, name)));
  const path = join(BUILT, `double-${sha256(...names, ...texts).slice(0, 16)}.so`);
  if (exists(path)) return { path };
  Deno.mkdirSync(BUILT, { recursive: true });
  const partial = `${path}.${Deno.pid}.tmp`;
  const files = names.filter((name) => name.endsWith(".cpp")).map((name) => join(SOURCES, name));
  const compiler = Deno.env.get("CXX") || "c++";
  try {
    const { success, stderr } = new Deno.Command(compiler, {
      args: ["-O1", "-std=c++17", "-shared", "-fPIC", "-o", partial, ...files, "-ldl"],
    }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    Deno.renameSync(partial, path);
    return { path };
  } catch (error) {
    // a compiler that is there and fails is a fault of ours
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { path: null, problem: `there is no C++ compiler ${compiler} to build the double` };
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
export function cudnnOnDouble(): BackendFactory {
  const { path, problem } = buildDouble();
  if (path !== null) return cudnnOn(() => ({ cuda: path, nvrtc: path, cudnn: path }));
  return { ...cudnnOn(() => raise(problem)) };
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
} as const;

/** The double's controls; close what is returned. */
export function controlDouble(path: string): Deno.DynamicLibrary<typeof CONTROLS> {
  return Deno.dlopen(path, CONTROLS);
}
