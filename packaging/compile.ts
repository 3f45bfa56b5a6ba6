/**
 * Makes one file of Stackbench: `deno task compile`.
 *
 * ```text
 * deno task compile [--target TRIPLE] [--out FOLDER] [--with-onednn] [--image]
 * ```
 *
 * The result is `dist/stackbench-VERSION-TRIPLE`, with a bill of its materials (`.cdx.json`) and
 * `SHA256SUMS` beside it. It holds the program, its suites, weights,
 * kernels, schemas and packages, knows its version and commit, and may do what the tasks of
 * deno.json may. The compiler needs a runtime for the target, which it fetches unless `DENORT_BIN`
 * names one.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { InputError, StackbenchError } from "../src/base/errors.ts";
import { type Build, checkoutFolder, PROGRAM_VERSION } from "../src/base/installation.ts";
import { sha256 } from "../src/base/hashing.ts";
import { requireLibrary, toolFacts } from "../src/platform/mod.ts";
import { unneededFiles } from "./npm_files.ts";
import { billOfMaterials, type PackageFacts } from "./sbom.ts";
import { type AddedFile, stage } from "./stage.ts";

/** The one target that a packed oneDNN is for. */
export const ONEDNN_TARGET = "x86_64-unknown-linux-gnu";

/** What is read as files and not imported. */
const READ = [
  "LICENSE",
  "benchmarks/suites/phantom-fresh.json",
  "benchmarks/suites/quick.json",
  "deno.lock",
  "fixtures/weights/unet-small.safetensors",
  "fixtures/weights/vnet-small-overlap-0.375.safetensors",
  "fixtures/weights/vnet-small-overlap-0.625.safetensors",
  "fixtures/weights/vnet-small-overlap-0.safetensors",
  "src/results/run_result_v2.schema.json",
  "src/results/time_v1.schema.json",
];

/** Modules that are started as threads in a way that the compiler does not see. */
const STARTED = ["src/backends/onednn/threads/worker.ts"];

/** What to make. */
export interface CompileRequest {
  /** Triple of the system that it is for. */
  readonly target: string;
  /** Folder that it goes to; made if it is missing. */
  readonly out: string;
  /** Whether oneDNN goes along. */
  readonly onednn: boolean;
  /** Whether it is to be part of a container image. */
  readonly image: boolean;
}

/** What Deno tells of modules; tests' packages are told of as well, since the lock names them. */
interface ModuleFacts {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<
    Record<string, PackageFacts & { readonly dependencies: readonly string[] }>
  >;
}

/**
 * Compiles.
 *
 * @returns the path of the binary
 * @throws InputError for what cannot be combined; StackbenchError when the compiler fails
 */
export function compile(request: CompileRequest): string {
  const { target, out, onednn, image } = request;
  if (onednn && target !== ONEDNN_TARGET) {
    throw new InputError(`there is no oneDNN to pack for ${target}`, {
      advice: `leave out --with-onednn, or compile for ${ONEDNN_TARGET}`,
    });
  }
  const checkout = checkoutFolder()!;
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-compile-" });
  try {
    const [library, packed] = onednn ? packedOneDnn() : [[], null];
    const { commit } = toolFacts();
    const installation = image ? "image" : "binary";
    stage(checkout, folder, { installation, commit, onednn: packed }, library);
    Deno.mkdirSync(out, { recursive: true });
    const path = join(out, nameOf(target));
    const packages = packagesOf(folder);
    const include = [...READ, ...STARTED, ...library.map(({ to }) => to)];
    run(folder, [
      "compile",
      ...["--quiet", "--no-check", "--frozen", "--no-code-cache", "--exclude-unused-npm"],
      ...["--app-name", "stackbench", "--target", target, "--output", path],
      ...permissions(target),
      ...include.flatMap((file) => ["--include", file]),
      ...packages.flatMap(({ name, version, localPath }) =>
        unneededFiles(`${name}@${version}`, localPath).flatMap((file) => ["--exclude", file])
      ),
      "src/cli/main.ts",
    ]);
    const bill = billOfMaterials({
      version: PROGRAM_VERSION,
      commit,
      deno: Deno.version.deno,
      packages,
      integrity: integrityOf(folder),
      onednn: packed,
    });
    Deno.writeTextFileSync(`${path}.cdx.json`, bill);
    return path;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function nameOf(target: string): string {
  const extension = target.includes("windows") ? ".exe" : "";
  return `stackbench-${PROGRAM_VERSION}-${target}${extension}`;
}

function packedOneDnn(): [AddedFile[], NonNullable<Build["onednn"]>] {
  const { path } = requireLibrary("onednn");
  const to = "packed/libdnnl.so.3";
  return [
    [{ from: path, to }],
    { path: to, saveAs: "libdnnl.so.3", sha256: sha256(Deno.readFileSync(path)) },
  ];
}

/**
 * What the tasks of deno.json allow. Of other programs a binary starts Python, whose pip fetches
 * libraries, and itself, to time models in fresh processes.
 */
function permissions(target: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(checkoutFolder()!, "deno.json")));
  const allowed: string[] = tasks.stackbench.command.split(" ").filter((word: string) =>
    word.startsWith("--allow-") && !word.startsWith("--allow-run")
  );
  // elsewhere it starts itself only where it lies in a folder of PATH under this name
  const itself = target.includes("linux") ? "/proc/self/exe" : "stackbench";
  return [...allowed, `--allow-run=python3,${itself}`, "--deny-import", "--no-prompt"];
}

/** Packages of npm that the program imports, and those that they depend on. */
function packagesOf(folder: string): readonly PackageFacts[] {
  const text = run(folder, ["info", "--json", "src/cli/main.ts"]);
  const { modules, npmPackages }: ModuleFacts = JSON.parse(text);
  const wanted = new Set(modules.flatMap(({ npmPackage }) => npmPackage ?? []));
  for (const id of wanted) npmPackages[id].dependencies.forEach((one) => wanted.add(one));
  return [...wanted].map((id) => npmPackages[id]);
}

/** Hashes of packages by `name@version`. */
function integrityOf(folder: string): Readonly<Record<string, string>> {
  const { npm } = JSON.parse(Deno.readTextFileSync(join(folder, "deno.lock")));
  return Object.fromEntries(
    Object.entries<{ readonly integrity: string }>(npm).map(([id, { integrity }]) => [
      // what follows the version are the packages that it was resolved with
      id.replace(/^(@?[^@]+@[^_]+)_.*$/, "$1"),
      integrity,
    ]),
  );
}

/** Hashes of all that lies in a folder of binaries, in the form of `sha256sum`. */
function sumsOf(folder: string): string {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith("stackbench-")).sort();
  return names.map((name) => `${sha256(Deno.readFileSync(join(folder, name)))}  ${name}\n`)
    .join("");
}

/** Runs Deno in a folder and gives what it wrote. */
function run(cwd: string, args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).outputSync();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) {
    throw new StackbenchError(`deno ${args[0]} failed:\n${complained.trim()}`, {
      advice: "where the runtime of the target cannot be fetched, name one in DENORT_BIN",
    });
  }
  return said;
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      target: { type: "string", default: Deno.build.target },
      out: { type: "string", default: join(checkoutFolder()!, "dist") },
      "with-onednn": { type: "boolean", default: false },
      image: { type: "boolean", default: false },
    },
  });
  const { target, out, image } = values;
  const path = compile({ target, out, image, onednn: values["with-onednn"] });
  Deno.writeTextFileSync(join(out, "SHA256SUMS"), sumsOf(out));
  const line = `${path}, ${(Deno.statSync(path).size / 1e6).toFixed(0)} MB\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}
