import assert from "node:assert/strict";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { InputError } from "../base/errors.ts";
import {
  environmentRecord,
  formatRunResult,
  hasFinished,
  parseRunResult,
  readRunResult,
  resumeObstacle,
  type RunResult,
  sameResult,
  startRecord,
  toolRecord,
  writeRunResult,
} from "./mod.ts";
import { derivedFiles } from "./make_schema.ts";
import { sampleRunResult } from "./sample.ts";
import { CURRENT } from "./version.ts";

const COMMITTED = new URL("run_result_v2.schema.json", import.meta.url);

function withFolder(use: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The sample with one part changed, whatever its type. */
function changed(change: (result: Record<string, unknown>) => void): RunResult {
  const copy: Record<string, unknown> = JSON.parse(formatRunResult(sampleRunResult()));
  change(copy);
  return copy as unknown as RunResult;
}

Deno.test("the committed records and JSON Schema are those that the schemas give", async () => {
  for (const [name, text] of Object.entries(await derivedFiles())) {
    const committed = Deno.readTextFileSync(new URL(name, import.meta.url));
    assert.ok(committed === text, `${name} is not what the schemas give: run \`deno task schema\``);
  }
});

Deno.test("an independent validator accepts the sample by the committed schema, and no damage", () => {
  const ajv = new Ajv2020({ strict: true });
  const accepts = ajv.compile(JSON.parse(Deno.readTextFileSync(COMMITTED)));
  assert.ok(accepts(sampleRunResult()), JSON.stringify(accepts.errors));
  const damages: ((result: Record<string, unknown>) => void)[] = [
    (result) => delete result.environment,
    (result) => result.host = "a name",
    (result) => (result.timing as { cases: { host?: string }[] }).cases[0].host = "a name",
    (result) => result.status = "done",
    (result) => result.experiments = { dice: { status: "refused" } },
    (result) => (result.dataset as { cases: { shape: number[] }[] }).cases[0].shape.push(1),
    (result) =>
      (result.predictions as { metrics: unknown }[])[0].metrics = { dice: { value: null } },
  ];
  for (const damage of damages) {
    const damaged = changed(damage);
    assert.ok(!accepts(damaged), `the schema accepts ${damage}`);
    assert.throws(() => parseRunResult(damaged, "x.json"), InputError);
  }
});

Deno.test("results come back as they were written, and never half", () => {
  withFolder((folder) => {
    const path = join(folder, "result.json");
    writeRunResult(path, sampleRunResult());
    assert.deepEqual(readRunResult(path), sampleRunResult());
    const before = Deno.readTextFileSync(path);
    const broken = { ...sampleRunResult().suite, threshold: NaN };
    assert.throws(
      () => writeRunResult(path, { ...sampleRunResult(), suite: broken }),
      /suite\.threshold/,
    );
    assert.equal(Deno.readTextFileSync(path), before);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["result.json"]);
  });
});

Deno.test("what is newer, older than the first, or no results file is refused by name", () => {
  const refusal = (value: unknown, message: RegExp) =>
    assert.throws(
      () => parseRunResult(value, "x.json"),
      (error) => error instanceof InputError && message.test(error.message),
    );
  refusal(changed((result) => result.version = 3), /x\.json has version 3; .* reads up to 2/);
  refusal(changed((result) => result.version = 0), /version 0, which never was/);
  refusal(changed((result) => result.schema = "other"), /not a results file/);
  refusal([], /not a results file/);
  withFolder((folder) => {
    const path = join(folder, "cut.json");
    Deno.writeTextFileSync(path, formatRunResult(sampleRunResult()).slice(0, 500));
    assert.throws(() => readRunResult(path), /cut\.json could not be read as JSON/);
  });
});

Deno.test("keys of a newer minor version are kept and told of, where the same version has none", () => {
  const newer = changed((result) => {
    result.minor = CURRENT.minor + 1;
    result.host = "a name";
    (result.experiments as Record<string, unknown>).texture = { status: "done", contrast: 0.5 };
    (result.predictions as Record<string, unknown>[])[1].entropy = 2;
  });
  const unknown = ["predictions.1.entropy", "experiments.texture", "host"];
  const parsed = parseRunResult(newer, "x.json");
  assert.deepEqual(parsed.result, newer);
  assert.deepEqual(parsed.unknown.toSorted(), unknown.toSorted());
  withFolder((folder) => {
    const path = join(folder, "newer.json");
    Deno.writeTextFileSync(path, formatRunResult(newer));
    const warnings: string[] = [];
    assert.deepEqual(readRunResult(path, (message) => warnings.push(message)), newer);
    assert.equal(warnings.length, 1);
    for (const key of unknown) assert.ok(warnings[0].includes(key), warnings[0]);
  });
  assert.throws(
    () => parseRunResult({ ...newer, minor: CURRENT.minor }, "x.json"),
    /breaks the schema: .*texture: nobody knows this key/,
  );
  const wrong = changed((result) => {
    result.minor = CURRENT.minor + 1;
    result.status = "finished";
  });
  assert.throws(() => parseRunResult(wrong, "x.json"), /breaks the schema: status/);
  assert.match(
    resumeObstacle(parsed.result, parsed.from, {
      ...sampleRunResult(),
      manifestSha256: sampleRunResult().dataset.manifestSha256,
    }) ?? "",
    /its schema has version 2\.1, not 2\.0/,
  );
});

Deno.test("two runs are the same whatever their times, and differ by any number else", () => {
  const sample = sampleRunResult();
  const later = changed((result) => {
    result.volatile = { ...sample.volatile, loadAverage: 9 };
    result.timing = { cases: [], inference: [] };
  });
  assert.ok(sameResult(sample, later));
  const other = changed((result) => (result.predictions as { voxels: number }[])[1].voxels += 1);
  assert.ok(!sameResult(sample, other));
});

Deno.test("a run goes on only where nothing that decides its numbers has changed", () => {
  const sample = sampleRunResult();
  const now = { ...sample, manifestSha256: sample.dataset.manifestSha256 };
  assert.equal(resumeObstacle(sample, CURRENT, now), null);
  assert.ok(hasFinished(sample, "v", 0) && !hasFinished(sample, "v", 1));
  assert.match(resumeObstacle({ ...sample, status: "complete" }, CURRENT, now) ?? "", /complete/);
  const backend = { ...sample.environment.backend, threads: 1 };
  const others = [
    [{ suite: { ...sample.suite, seed: 2 } }, /suite/],
    [{ environment: { ...sample.environment, backend } }, /machine or backend/],
    [{ models: sample.models.slice(1) }, /models/],
    [{ manifestSha256: "f".repeat(64) }, /scans/],
  ] as const;
  for (const [other, reason] of others) {
    assert.match(resumeObstacle(sample, CURRENT, { ...now, ...other }) ?? "", reason);
  }
});

Deno.test("what is recorded of program and machine fits the schema and names no host or user", () => {
  const device = { kind: "cpu", isa: null, threads: 1, libraries: {} } as const;
  const recorded = {
    ...sampleRunResult(),
    tool: toolRecord(),
    environment: environmentRecord({ name: "reference", device }),
    volatile: { ...startRecord(), writtenAt: new Date().toISOString() },
  };
  const { result } = parseRunResult(JSON.parse(formatRunResult(recorded)), "this run");
  const text = formatRunResult(result);
  const secrets = [Deno.hostname(), Deno.env.get("HOME"), Deno.cwd()];
  for (const secret of secrets) {
    assert.ok(!secret || secret.length < 3 || !text.includes(secret));
  }
});
