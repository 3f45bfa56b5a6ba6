/**
 * What ran, on what, and what to know before believing it.
 *
 * @module
 */

import {
  type ModelRecord,
  processorText,
  type RunResult,
  type WarningRecord,
} from "../../results/mod.ts";
import { type Block, list, note, table } from "../document.ts";
import { amount, countText, hashText, NOTHING } from "../format.ts";

/** Tool, suite, machine and backend. */
export function environmentSection(result: RunResult): Block[] {
  const { tool, suite, environment, dataset, volatile } = result;
  const { backend, cpu, memory } = environment;
  const libraries = Object.entries(backend.libraries).map(([name, version]) =>
    `${name} ${version}`
  );
  return list([
    `${tool.name} ${tool.version}, commit ${tool.commit ?? "unknown"}`,
    `suite ${suite.name} (SHA-256 ${hashText(suite.sha256)}), seed ${suite.seed}, threshold ` +
    `${suite.threshold}, precision ${suite.precision}`,
    `backend ${backend.name} on the ${backend.device}, ${backend.threads} threads, ` +
    `instruction set ${backend.isa ?? "unknown"}${libraries.map((one) => `, ${one}`).join("")}`,
    ...gpuLines(result),
    `${processorText(cpu)}, ${cpu.cores} cores, ` +
    (memory === null ? "unknown memory" : `${(memory / 2 ** 30).toFixed(1)} GiB of memory`),
    `${environment.os} ${environment.arch}, Deno ${environment.deno}, V8 ${environment.v8}`,
    `data ${dataset.name ?? "without a public name"}, manifest SHA-256 ` +
    hashText(dataset.manifestSha256),
    `windows: ${[...new Set(dataset.cases.map(({ window }) => window))].join("; ") || NOTHING}`,
    `started ${volatile.startedAt}, load average ` +
    (volatile.loadAverage === null ? "unknown" : volatile.loadAverage.toFixed(2)),
  ]);
}

/** The GPU, and its clocks around the timings; nothing on the CPU. */
function gpuLines({ environment: { backend: { gpu } }, timing }: RunResult): string[] {
  if (!gpu) return [];
  const ecc = gpu.ecc === null ? "unknown" : gpu.ecc ? "on" : "off";
  const watts = gpu.powerLimit === null ? "unknown" : `${gpu.powerLimit} W`;
  const clocks = (timing.device ?? []).map(({ model, before, after }) =>
    `GPU around the timings of ${model}: ${before.clock} to ${after.clock} MHz, memory ` +
    `${before.memoryClock} to ${after.memoryClock} MHz, ` +
    `held down by ${[...before.throttleReasons, ...after.throttleReasons].join(", ") || "nothing"}`
  );
  const memory = (gpu.memory / 2 ** 30).toFixed(1);
  return [`${gpu.name}, ${memory} GiB, ECC ${ecc}, power limit ${watts}`, ...clocks];
}

/** What is said of stacks that reach past the end of a scan. */
const FILLING_TEXTS: Readonly<
  Record<NonNullable<NonNullable<ModelRecord["stack"]>["filling"]>, string>
> = {
  zeros: "",
  repeat: ", short scans repeated",
  shift: ", short scans repeated, last stacks moved back",
};

/** The models and their weights. */
export function modelsSection({ models }: RunResult): Block[] {
  const columns = ["model", "input", "stack, overlap", "parameters", "GFLOP", "graph"];
  const rows = models.map(({ id, name, input, stack, parameters, flops, graphHash, weights }) => [
    id === name ? id : `${id}: ${name}`,
    input.join("x"),
    stack
      ? `${stack.size}, ${stack.overlap} (${stack.stitching}${
        FILLING_TEXTS[stack.filling ?? "zeros"]
      })`
      : NOTHING,
    amount(parameters),
    amount(flops / 1e9, (flops / 1e9).toFixed(2)),
    hashText(graphHash),
    weights.source === "file" ? "trained" : "seeded random",
    hashText(weights.sha256),
  ]);
  return table("models", "Models", [...columns, "weights", "SHA-256"], rows);
}

/** What a reader must know before believing the numbers. */
export function warningsSection(
  { warnings, timing, status, dataset: { skipped = 0 }, failures }: RunResult,
): Block[] {
  return note("warning", [
    ...(status === "partial"
      ? ["This result is partial: cases are missing, the run was interrupted or goes on."]
      : []),
    ...(skipped > 0 ? [`${countText(skipped, "faulty scan")} of the manifest left out.`] : []),
    ...(failures.length > 0
      ? [`Models failed on scans ${countText(failures.length, "time")}: see Dice.`]
      : []),
    ...warnings.map(warningText),
    ...(timing.warnings.length > 0
      ? [`${countText(timing.warnings.length, "warning")} about times: see Inference time.`]
      : []),
  ]);
}

/** A warning with what to do about it. */
export function warningText({ message, advice }: WarningRecord): string {
  return `${message} (${advice})`;
}
