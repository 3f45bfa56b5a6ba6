/**
 * The gate as a user calls it, on commits of a clone of this repository: what each layer says of a
 * change, and that no checkout is left behind.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { projectLibraryFolder } from "../src/platform/places.ts";
import { searchLibrary } from "../src/platform/mod.ts";
import type { GateResult } from "../src/results/mod.ts";
import { type Ended, stackbenchIn } from "./running.ts";

const ROOT = join(import.meta.dirname!, "..");
const SUITE = ["--suite", "fixtures/gate/suite.json"];
const LAYERS = ["--layers", "facts,accuracy"];

const missing = searchLibrary("onednn").found === null
  ? " (skipped: oneDNN is not on this machine)"
  : gitIn(ROOT, "rev-parse", "HEAD").code !== 0
  ? " (skipped: this is no git repository)"
  : "";

function gitIn(folder: string, ...args: string[]): { code: number; out: string } {
  const author = ["-c", "user.name=gate", "-c", "user.email=gate@example.org"];
  const { code, stdout } = new Deno.Command("git", {
    args: ["-C", folder, ...author, ...args],
    stderr: "null",
  }).outputSync();
  return { code, out: new TextDecoder().decode(stdout).trim() };
}

/** A clone with the files as they are here, committed, and a way to change it. */
function clone() {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-gate-test-" });
  assert.equal(gitIn(folder, "init", "--quiet").code, 0);
  const files = gitIn(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").out.split(
    "\n",
  );
  const needed =
    /^(src|native|benchmarks\/suites|fixtures\/(gate|weights))\/|^(deno\.(json|lock)|mod\.ts)$/;
  for (const file of files.filter((one) => needed.test(one))) {
    const target = join(folder, file);
    Deno.mkdirSync(join(target, ".."), { recursive: true });
    try {
      Deno.copyFileSync(join(ROOT, file), target);
    } catch (error) {
      // deleted here and not committed yet
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  Deno.writeTextFileSync(join(folder, ".gitignore"), ".stackbench\n");
  Deno.symlinkSync(join(projectLibraryFolder(), ".."), join(folder, ".stackbench"));
  const commit = (message: string) => {
    gitIn(folder, "add", "--all");
    assert.equal(gitIn(folder, "commit", "--quiet", "--message", message).code, 0);
    return gitIn(folder, "rev-parse", "HEAD").out;
  };
  return {
    folder,
    commit,
    edit(file: string, change: (text: string) => string) {
      const path = join(folder, file);
      const before = Deno.readTextFileSync(path);
      const after = change(before);
      assert.notEqual(after, before, `${file} did not change: the test must follow the code`);
      Deno.writeTextFileSync(path, after);
    },
    /** Runs a gate and checks that git knows of no other checkout afterwards. */
    async gate(...args: string[]): Promise<Ended & { readonly found: GateResult | null }> {
      const json = join(folder, ".stackbench-gate.json");
      const also = ["--also", `json=${json}`];
      const ended = await stackbenchIn(folder, "gate", "--quiet", ...SUITE, ...also, ...args);
      const worktrees = gitIn(folder, "worktree", "list").out.split("\n");
      assert.equal(worktrees.length, 1, `left behind: ${worktrees}`);
      try {
        const found = JSON.parse(Deno.readTextFileSync(json));
        Deno.removeSync(json);
        return { ...ended, found };
      } catch {
        // it ended before there was anything to write
        return { ...ended, found: null };
      }
    },
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

Deno.test({
  name: `a rename and a comment pass; a pass switched off and other weights do not${missing}`,
  ignore: missing !== "",
  async fn() {
    using repository = clone();
    const { edit, commit, gate } = repository;
    const base = commit("base");

    edit("src/plan/mod.ts", (text) => `// a comment\n${text}`);
    edit("src/segmentation/batching.ts", (text) => text.replaceAll("ASSUMED_CACHE", "CACHE_GUESS"));
    edit(
      "src/segmentation/segmenter.ts",
      (text) => text.replaceAll("ASSUMED_CACHE", "CACHE_GUESS"),
    );
    commit("rename");
    const renamed = await gate("--base", base, "--models", "unet:small", ...LAYERS);
    assert.equal(renamed.code, 0, renamed.error);
    assert.deepEqual(renamed.found?.facts, []);
    assert.ok(renamed.found?.accuracy?.every(({ same, scans }) => same === scans && scans === 2));

    edit(
      "src/plan/passes/fold_batch_norm.ts",
      (text) =>
        text.replace(
          /(export function foldBatchNorm\(([a-z]+)[^{]*\{\n)/,
          "$1  if (1 > 0) return $2;\n",
        ),
    );
    const unfolded = commit("switch a pass off");
    const facts = ["--models", "unet:small", "--layers", "facts"];
    const slower = await gate("--base", base, ...facts);
    assert.equal(slower.code, 3, slower.error);
    const kinds = new Set(
      slower.found?.facts?.filter(({ verdict }) => verdict === "worse")
        .map(({ kind }) => kind),
    );
    assert.ok(kinds.has("steps"), [...kinds].join());
    const allowed = await gate("--base", base, ...facts, "--allow", [...kinds].join());
    assert.equal(allowed.code, 0, allowed.error);

    Deno.copyFileSync(
      join(repository.folder, "fixtures/weights/vnet-small-overlap-0.safetensors"),
      join(repository.folder, "fixtures/weights/vnet-small-overlap-0.375.safetensors"),
    );
    const dirty = await gate("--base", unfolded, ...LAYERS);
    assert.deepEqual(
      [dirty.code, /1 files were changed/.test(dirty.error)],
      [2, true],
      dirty.error,
    );
    const weights = await gate(
      ...["--base", unfolded, "--new", ".", ...LAYERS, "--margin", "0", "--models", "vnet:small"],
    );
    const told = weights.found?.facts?.map(({ kind, verdict }) => `${kind} ${verdict}`) ?? [];
    assert.ok(told.includes("weights noted") && told.includes("masks noted"), told.join());
    const [dice] = weights.found!.accuracy!;
    assert.notEqual(dice.difference, 0);
    const worse = weights.found!.accuracy!.some((row) => row.worse);
    assert.equal(weights.code, worse ? 3 : 0, weights.error);
  },
});

Deno.test({
  name: `a base that does not build, is older than the gate, or is none is told clearly${missing}`,
  ignore: missing !== "",
  async fn() {
    using repository = clone();
    const { edit, commit, gate } = repository;
    commit("base");
    edit("src/cli/main.ts", (text) => `import "./nowhere.ts";\n${text}`);
    const broken = commit("break");
    edit("src/cli/main.ts", (text) => text.replace(/.*nowhere.*\n/, ""));
    edit("src/bench/timing_server.ts", (text) => text.replace("asks: ASKS, ", ""));
    const older = commit("forget what may be asked");
    const unbuilt = await gate("--base", broken, ...LAYERS);
    assert.deepEqual(
      [unbuilt.code, /does not build/.test(unbuilt.error)],
      [1, true],
      unbuilt.error,
    );
    const old = await gate("--base", older, "--layers", "facts");
    assert.deepEqual([old.code, /older than this gate/.test(old.error)], [4, true], old.error);
    const none = await gate("--base", "nowhere");
    assert.deepEqual([none.code, /there is no commit/.test(none.error)], [2, true], none.error);
  },
});

Deno.test({
  name: `a stored result is a base too, unless it is of another machine${missing}`,
  ignore: missing !== "",
  async fn() {
    using repository = clone();
    repository.commit("base");
    const out = join(repository.folder, ".stackbench-stored");
    const ran = await stackbenchIn(repository.folder, "run", ...SUITE, "--out", out, "--quiet");
    assert.equal(ran.code, 0, ran.error);
    const stored = join(out, "result.json");
    const same = await repository.gate("--baseline", stored, "--new", ".", ...LAYERS);
    assert.equal(same.code, 0, same.error);
    assert.deepEqual(same.found?.facts, []);
    assert.ok(same.found?.accuracy?.every(({ same, scans }) => same === scans && scans === 2));
    assert.match(same.out, /stored result/);
    const timed = await repository.gate("--baseline", stored, "--new", ".", "--layers", "time");
    // what is seen hangs on the machine; that the code says what was seen does not
    const { verdict, rows = [] } = timed.found?.time ?? {};
    const code = { pass: 0, slower: 3, undecided: 5 }[verdict ?? "undecided"];
    assert.deepEqual([timed.code, rows.length], [code, 2], timed.error);
    Deno.writeTextFileSync(
      stored,
      Deno.readTextFileSync(stored).replace(/"cores": \d+/, '"cores": 3'),
    );
    const moved = await repository.gate("--baseline", stored, "--new", ".", ...LAYERS);
    assert.deepEqual([moved.code, /the machine differs/.test(moved.error)], [4, true], moved.error);
    const both = await repository.gate("--baseline", stored, "--base", "HEAD");
    assert.deepEqual([both.code, /do not go together/.test(both.error)], [2, true], both.error);
  },
});

Deno.test({
  name: `Ctrl-C in the middle of a block ends all processes and removes the checkouts${missing}`,
  ignore: missing !== "" || Deno.build.os === "windows",
  async fn() {
    using repository = clone();
    const commit = repository.commit("base");
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", join(ROOT, "src/cli/main.ts"), "gate", ...SUITE],
        ...["--base", commit, "--layers", "time", "--models", "unet:small"],
      ],
      cwd: repository.folder,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      // the first block is over, and the second begins
      if (said === "" && text.includes("unet:small")) child.kill("SIGINT");
      if (said !== "" || text.includes("unet:small")) said += text;
    }
    assert.deepEqual([(await child.status).code, /interrupted/.test(said)], [130, true], said);
    assert.equal(gitIn(repository.folder, "worktree", "list").out.split("\n").length, 1);
  },
});
