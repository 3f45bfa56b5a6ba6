/** The workflow of the gate: its shell lines run as they stand there, on a small suite. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { searchLibrary } from "../src/platform/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const SMALL = "--suite fixtures/gate/suite.json";

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const WORKFLOW: Workflow = parse(
  Deno.readTextFileSync(join(ROOT, ".github/workflows/gate.yml")),
);

/** Runs a shell line as the runner does. */
function shell(line: string, env: Record<string, string>) {
  const { code, stdout, stderr } = new Deno.Command("bash", {
    args: ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", line],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
  }).outputSync();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), error: text(stderr) };
}

function linesOf(job: string): string[] {
  return WORKFLOW.jobs[job].steps.flatMap(({ run }) => run ? [run.trim()] : []);
}

const hasGit = new Deno.Command("git", { args: ["-C", ROOT, "rev-parse", "HEAD"] }).outputSync()
  .success;
const missing = Deno.build.os === "windows"
  ? " (skipped: the lines are for bash)"
  : searchLibrary("onednn").found === null
  ? " (skipped: oneDNN is not on this machine)"
  : !hasGit
  ? " (skipped: this is no git repository)"
  : "";

Deno.test("the workflow gates pull requests with their history and keeps nightly results", () => {
  assert.deepEqual(Object.keys(WORKFLOW.on), ["pull_request", "schedule"]);
  for (const { steps } of Object.values(WORKFLOW.jobs)) {
    assert.ok(steps.every(({ run, uses }) => (run === undefined) !== (uses === undefined)));
    assert.ok(steps.every(({ uses }) => uses === undefined || /@v\d+$/.test(uses)));
  }
  assert.equal(linesOf("pull-request").length, 1);
  assert.equal(linesOf("nightly").length, 2);
});

Deno.test({
  name: `the shell lines of the workflow run and write what it keeps${missing}`,
  ignore: missing !== "",
  fn() {
    const out = Deno.makeTempDirSync();
    try {
      const env = {
        BASE: "HEAD",
        GATE_OUT: join(out, "gate"),
        GITHUB_ACTIONS: "true",
        GITHUB_STEP_SUMMARY: join(out, "summary.md"),
      };
      const [gate] = linesOf("pull-request");
      const cheap = `${SMALL} --models unet:small --new HEAD --layers facts --quiet`;
      const ended = shell(`${gate} ${cheap}`, env);
      // HEAD may be older than the gate where it is not committed yet
      assert.ok([0, 4].includes(ended.code), ended.error);
      if (ended.code === 0) {
        assert.ok(ended.out.includes("::notice title=gate::pass"), ended.out);
        assert.ok(Deno.readTextFileSync(env.GITHUB_STEP_SUMMARY).startsWith("# Gate: pass"));
        assert.equal(
          JSON.parse(Deno.readTextFileSync(join(out, "gate/gate.json"))).verdict,
          "pass",
        );
        assert.ok(Deno.readTextFileSync(join(out, "gate/gate.xml")).includes("<testsuite "));
      }
      const [nightly, bench] = linesOf("nightly");
      const parsed = shell(`set -n\n${nightly}\n${bench}`, env);
      assert.equal(parsed.code, 0, parsed.error);
      const run = shell(`${bench} ${SMALL} --out ${join(out, "nightly")} --quiet`, env);
      assert.equal(run.code, 0, run.error);
      assert.ok(Deno.statSync(join(out, "nightly/result.json")).isFile);
    } finally {
      Deno.removeSync(out, { recursive: true });
    }
  },
});
