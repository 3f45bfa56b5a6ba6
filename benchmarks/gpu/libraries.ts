/**
 * The native libraries of a machine on which nothing can be downloaded: PyTorch's own packages carry
 * cuDNN, cuBLASLt and NVRTC, and the system's loader knows where the driver is.
 *
 * @module
 */

import * as z from "zod";
import { LIBRARIES, type LibraryKey, searchLibrary } from "../../src/platform/libraries.ts";

/** Looks in every folder of sys.path, else asks the loader; prints paths by file name. */
const SEARCH = `
import ctypes, glob, importlib.util, json, os, sys
found = {}
for name in sys.argv[1:]:
    places = [os.path.join(p, "nvidia", "*", "lib", name) for p in sys.path if p]
    hits = sorted(hit for place in places for hit in glob.glob(place))
    if not hits:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        stem = name.split(".so")[0] + ".so"  # a driver is mapped as libcuda.so.580.82.07
        with open("/proc/self/maps") as maps:
            paths = [line.split(maxsplit=5)[5].strip() for line in maps if line.count("/")]
        hits = [path for path in paths if os.path.basename(path).startswith(stem)]
    if hits:
        found[name] = hits[0]
print(json.dumps({"found": found, "torch": importlib.util.find_spec("torch") is not None}))
`;

const answerSchema = z.object({
  found: z.record(z.string(), z.string()),
  torch: z.boolean(),
});

/** Keys of the libraries that a GPU needs. */
const KEYS = ["cuda", "nvml", "cudnn", "nvrtc", "cublaslt"] as const satisfies LibraryKey[];

/** What was found. */
export interface FoundByPython {
  /** Environment variables that name libraries which are not found without. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whose library each is, by key, in words that hold no path. */
  readonly origins: Readonly<Record<string, string>>;
  /** The Python, if it has PyTorch; null else. */
  readonly python: string | null;
}

/**
 * Asks a Python for libraries that are not found otherwise; never throws.
 *
 * @param python name or path of a Python, which need not be there
 */
export function askPython(python: string): FoundByPython {
  const known = Object.fromEntries(KEYS.map((key) => [key, searchLibrary(key).found?.where]));
  const missing = KEYS.filter((key) => !known[key]);
  const names = missing.flatMap((key) => [...LIBRARIES[key].files.linux]);
  const said = run(python, names);
  const found = (key: LibraryKey) => LIBRARIES[key].files.linux.find((one) => said?.found[one]);
  const origins = Object.fromEntries(KEYS.flatMap((key) => {
    const where = known[key] ??
      (found(key) ? "what Python finds: its packages, or the loader" : null);
    return where ? [[key, where]] : [];
  }));
  if (!said) return { variables: {}, origins, python: null };
  const variables = Object.fromEntries(missing.flatMap((key) => {
    const name = found(key);
    return name ? [[LIBRARIES[key].variable, said.found[name]]] : [];
  }));
  return { variables, origins, python: said.torch ? python : null };
}

function run(python: string, names: readonly string[]): z.infer<typeof answerSchema> | undefined {
  try {
    const { success, stdout } = new Deno.Command(python, {
      args: ["-c", SEARCH, ...names],
      stderr: "null",
    }).outputSync();
    if (!success) return undefined;
    return answerSchema.parse(JSON.parse(new TextDecoder().decode(stdout)));
  } catch (error) {
    // no such Python
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
