/**
 * A binary, as far as that can be proven without the runtime that it would carry: what
 * `deno compile` put into it is read out and run alone.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { findLibrary } from "../src/platform/mod.ts";
import { readRunResult, sameResult } from "../src/results/mod.ts";
import { compile } from "./compile.ts";
import { type Embedded, PACKAGES, readEmbedded } from "./embedded.ts";
import { extractAlone, type Extracted } from "./run_alone.ts";

const ROOT = join(import.meta.dirname!, "..");
const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-binary-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const reason = Deno.build.os !== "linux"
  ? "its section is read from ELF files"
  : !succeeds("git", "-C", ROOT, "rev-parse", "HEAD")
  ? "this is no git checkout"
  : null;
const untraced = reason ?? (succeeds("strace", "-V") ? null : "strace is not installed");
const unlibraried = reason ?? (findLibrary("onednn") ? null : "oneDNN is not here");
const named = (name: string, why: string | null) =>
  why === null ? name : `${name} (skipped: ${why})`;

function succeeds(program: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** Options of the tracer; the file of the trace comes after them. */
const STRACE = ["-f", "--seccomp-bpf", "-qq", "-e", "trace=open,openat", "-o"];

let made:
  | { readonly embedded: Embedded; readonly alone: Extracted; readonly bill: string }
  | undefined;

/** The binary of this checkout with oneDNN inside where there is one; Deno stands for its runtime. */
function binary() {
  if (made) return made;
  Deno.env.set("DENORT_BIN", Deno.execPath());
  const path = compile({
    target: Deno.build.target,
    out: FOLDER,
    onednn: unlibraried === null && Deno.build.arch === "x86_64",
    image: false,
  });
  const embedded = readEmbedded(path);
  Deno.removeSync(path);
  const bill = Deno.readTextFileSync(`${path}.cdx.json`);
  return made = { embedded, alone: extractAlone(embedded, FOLDER), bill };
}

Deno.test({
  name: named(
    "a binary holds what it needs and its bill lists, at a third of a plain one, and nothing private",
    reason,
  ),
  ignore: reason !== null,
  fn() {
    const { embedded: { files, permissions, metadata, entry }, bill } = binary();
    assert.equal(entry, "src/cli/main.ts");
    for (const granted of ["allow_read", "allow_write", "allow_env", "allow_sys", "allow_ffi"]) {
      assert.deepEqual(permissions[granted], []);
    }
    assert.deepEqual(permissions.allow_run, ["python3", "/proc/self/exe"]);
    assert.deepEqual([permissions.allow_net, permissions.deny_import], [null, []]);
    assert.equal(permissions.prompt, false);
    const build = JSON.parse(textOf(files.get("src/base/build.json")!));
    assert.equal(build.installation, "binary");
    assert.match(build.commit, /^[0-9a-f]{40}(-dirty)?$/);

    const held = new Set(
      [...files.keys()].filter((path) => path.startsWith(PACKAGES))
        .map((path) => /^((?:@[^/]+\/)?[^/]+\/[^/]+)\//.exec(path.slice(PACKAGES.length + 1))![1]),
    );
    const listed: { readonly name: string; readonly version?: string; readonly purl?: string }[] =
      JSON.parse(bill).components;
    assert.deepEqual(
      listed.filter(({ purl }) => purl).map(({ name, version }) => `${name}/${version}`).sort(),
      [...held].sort(),
    );

    const packed = files.get("packed/libdnnl.so.3")?.length ?? 0;
    const bytes = [...files.values()].reduce((sum, { length }) => sum + length, -packed);
    assert.ok(bytes < 34e6, `${bytes} bytes`);
    const own = [...files.keys()].filter((path) => !path.startsWith(PACKAGES));
    const legal =
      /^(LICENSE|deno\.(json|lock)|packed\/libdnnl\.so\.3|(native|src)\/[\w./-]+|benchmarks\/suites\/[\w-]+\.json|fixtures\/weights\/[\w.-]+)$/;
    // the backend's test of itself on a GPU is part of the program
    const tests = /(?<!\/self_)test(ing)?\.ts$/;
    assert.deepEqual(own.filter((path) => !legal.test(path) || tests.test(path)), []);
    const secrets = [ROOT, Deno.hostname(), Deno.env.get("HOME")!, FOLDER]
      .filter((secret) => secret.length > 5);
    for (const text of [metadata, bill, ...own.map((path) => textOf(files.get(path)!))]) {
      for (const secret of secrets) assert.ok(!text.includes(secret), secret);
    }
  },
});

Deno.test({
  name: named("every file that a checkout's commands open is in the binary", untraced),
  ignore: untraced !== null,
  async fn() {
    const { embedded: { files } } = binary();
    const traces = join(FOLDER, "traces");
    Deno.mkdirSync(traces);
    const cache = JSON.parse(output("info", "--json")).npmCache;
    for (const [number, args] of COMMANDS.entries()) {
      const trace = join(traces, String(number));
      const main = [Deno.execPath(), "run", "-A", "--quiet", join(ROOT, "src/cli/main.ts")];
      await new Deno.Command("strace", {
        args: [...STRACE, trace, ...main, ...args],
        cwd: traces,
        stdout: "null",
        stderr: "null",
      }).output();
      for (const path of openedIn(trace)) {
        const expected = embeddedPath(path, cache);
        if (expected !== null) assert.ok(files.has(expected), `${args[0]} opens ${expected}`);
      }
    }
  },
});

/** Commands that load every package, and read every kind of file that the program has. */
const COMMANDS: readonly (readonly string[])[] = [
  ["--help"],
  ["doctor"],
  ["models"],
  ["data", "phantom", "--out", "dicom", "--scans", "1", "--shape", "8x16x16", "--format", "dicom"],
  ["inspect", join(ROOT, "fixtures/imaging/compressed/j2k.dcm")],
  ["inspect", join(ROOT, "fixtures/imaging/compressed/htj2k.dcm")],
  ["inspect", join(ROOT, "fixtures/imaging/compressed/ls.dcm")],
  ["inspect", join(ROOT, "fixtures/imaging/compressed/jpeg_12.dcm")],
  ["report", join(ROOT, "results/quick-phantom.json"), "--out", "told", "--quiet"],
  ["time", "--model", "vnet:small", "--input", "8x16x16", "--backend", "reference", "--quiet"],
  [
    "time",
    "--model",
    "vnet:small",
    "--input",
    "8x16x16",
    "--repeat",
    "1",
    "--processes",
    "1",
    "--quiet",
  ],
  ["compare", ...Array(2).fill(join(ROOT, "results/quick-phantom.json")), "--quiet"],
  ["run", "--suite", "quick", "--cases", "999", "--out", "quick", "--quiet"],
];

/** Files that a trace shows to have been opened for reading, whole lines of it or not. */
function openedIn(trace: string): Set<string> {
  const lines = Deno.readTextFileSync(trace).matchAll(/open(?:at)?\([^"\n]*"([^"\n]+)"(.*)$/gm);
  return new Set(
    [...lines].filter(([, , rest]) => !/O_DIRECTORY|= -1/.test(rest))
      .map(([, path]) => path).filter(isFile),
  );
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Where a binary has a file of the checkout or of a package; null for what no binary needs. */
function embeddedPath(path: string, cache: string): string | null {
  // tables of registries, and what leads from compiled to original lines in messages
  if (/\/registry\.json$|\.map$/.test(path)) return null;
  if (path.startsWith(`${cache}/`)) {
    return `${PACKAGES}/${path.split("/").slice(cache.split("/").length + 1).join("/")}`;
  }
  const inside = path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : null;
  // inputs of these commands, what the program itself keeps, and what git tells
  return inside === null ||
      /^(\.|fixtures\/imaging|results\/|node_modules|package\.json)/.test(inside)
    ? null
    : inside;
}

Deno.test({
  name: named(
    "what is in the binary runs alone: doctor, models, the quick suite, report",
    unlibraried,
  ),
  ignore: unlibraried !== null,
  async fn() {
    const { alone: { run, empty, program }, embedded } = binary();
    const trace = join(FOLDER, "trace");
    const traced = untraced === null ? ["strace", ...STRACE, trace] : [];
    const done = async (...args: string[]) => {
      const { code, out, error } = await run(args, traced);
      assert.equal(code, 0, `${args.join(" ")}: ${error}`);
      if (untraced !== null) return out;
      const outside = [...openedIn(trace)].filter((path) => path.startsWith(`${ROOT}/`));
      assert.deepEqual(outside, [], `${args[0]} reads outside of ${program}`);
      return out;
    };
    const { commit } = JSON.parse(textOf(embedded.files.get("src/base/build.json")!));
    assert.match(await done("doctor"), new RegExp(`commit ${commit}[\\s\\S]*${empty}/\\.cache`));
    assert.match(await done("models"), /vnet:paper206 .*206,185,805/);
    // the whole suite over one of its scans
    const quick = ["run", "--cases", "0", "--repeats", "1", "--quiet"];
    assert.match(await done(...quick), /results: out\/quick\/result\.json/);
    const again = await done(...quick, "--out", "again");
    assert.match(again, /dice vnet:small +mean over scans 0\.\d/);
    const [first, second] = ["out/quick", "again"].map((out) =>
      readRunResult(join(empty, out, "result.json"))
    );
    assert.ok(sameResult(first, second));
    assert.equal(first.tool.commit, commit);
    // each model was timed in processes that the program started of itself
    assert.ok(first.timing.inference.every(({ processes }) => processes.length > 1));
    await done("report", "out/quick/result.json", "--out", "told", "--quiet");
    assert.match(Deno.readTextFileSync(join(empty, "told/report.md")), /figures\/[\w-]+\.png/);
  },
});

function output(...args: string[]): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).outputSync();
  return new TextDecoder().decode(stdout);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
