/**
 * The check as a whole: part after part while there is time, the results written after each.
 *
 * @module
 */

import { canonicalJson } from "../../src/base/hashing.ts";
import { InputError } from "../../src/base/errors.ts";
import {
  type GpuCheck,
  type PartRecord,
  readGpuCheck,
  toolRecord,
  writeGpuCheck,
} from "../../src/results/mod.ts";
import type { Runner } from "./runner.ts";
import { type Part, partsOf } from "./settings.ts";

/** What to check, and how. */
export interface CheckRequest {
  /** Sizes and repetitions. */
  readonly settings: "full" | "tiny";
  /** Seconds for all of it. */
  readonly seconds: number;
  /** Where the results go. */
  readonly out: string;
  /** Results of an earlier check to go on with; null to start anew. */
  readonly resume: string | null;
  /** What names of parts must hold, one of these at least; default: all are run. */
  readonly only?: readonly string[];
  /** Whose libraries run, by key. */
  readonly origins?: Readonly<Record<string, string>>;
  /** The Python that has PyTorch; null where there is none. */
  readonly python: string | null;
  /** What runs parts. */
  readonly runner: Runner;
  /** Told a line at a time how far it has come. */
  readonly say: (line: string) => void;
  /** Seconds since some moment. */
  readonly now?: () => number;
}

/** Share of the seconds that a part may take which must be left, or it is not begun. */
const LEAST = 0.1;

/**
 * Runs the parts that are not done yet.
 *
 * @throws Error when there is no GPU; InputError when an earlier check is of something else
 */
export async function check(request: CheckRequest): Promise<GpuCheck> {
  const { settings, out, only, origins, runner, say } = request;
  const { now = () => performance.now() / 1000 } = request;
  const deadline = now() + request.seconds;
  const startedAt = new Date().toISOString();
  const { environment, emulated, precisions } = await runner.device();
  const tool = toolRecord();
  const frame = {
    tool: { ...tool, commit: tool.commit ?? packedCommit() },
    settings,
    environment,
    emulated,
  };
  const earlier = request.resume === null ? [] : partsDone(request.resume, frame);
  const parts = partsOf(settings, precisions, request.python);
  const records = new Map<string, PartRecord>(earlier.map((one) => [one.name, one]));

  const asked = (name: string) => !only || only.some((text) => name.includes(text));
  const save = (): GpuCheck => {
    const told = parts.map(({ name }): PartRecord =>
      records.get(name) ??
        {
          name,
          status: "later",
          reason: asked(name) ? "its turn has not come" : "it was not asked for",
        }
    );
    const result: GpuCheck = {
      schema: "stackbench/gpu-check",
      version: 2,
      status: told.some(({ status }) => status === "later") ? "partial" : "complete",
      ...frame,
      ...(origins ? { origins } : {}),
      parts: told,
      volatile: { startedAt, writtenAt: new Date().toISOString() },
    };
    writeGpuCheck(out, result);
    return result;
  };

  let result = save();
  for (const part of parts) {
    if (records.has(part.name)) {
      say(`${part.name}: done before`);
      continue;
    }
    if (!asked(part.name)) continue;
    const record = await runPart(part, runner, () => deadline - now(), now);
    records.set(part.name, record);
    say(tell(record));
    result = save();
  }
  return result;
}

async function runPart(
  part: Part,
  runner: Runner,
  left: () => number,
  now: () => number,
): Promise<PartRecord> {
  const { name, most } = part;
  if (left() < most * LEAST) return { name, status: "later", reason: "there was no time left" };
  const [start, limit] = [now(), Math.min(most, left())];
  const outcome = await runner.run(part, limit);
  const seconds = now() - start;
  switch (outcome.status) {
    case "stopped":
      return limit < most
        ? { name, status: "later", reason: `it was stopped after ${limit.toFixed(0)} s` }
        : { name, status: "failed", seconds, reason: `it took longer than ${most} s` };
    case "failed":
      return { name, seconds, ...outcome };
    case "impossible":
      return { name, ...outcome };
    case "done":
      return { name, seconds, ...outcome };
  }
}

/** A part in a line. */
export function tell(record: PartRecord): string {
  const { name } = record;
  if (record.status === "failed") return `${name}: FAILED: ${record.reason}`;
  if (record.status !== "done") return `${name}: not run: ${record.reason}`;
  const { result } = record;
  if (result.kind === "tests") return `${name}: ${result.passed} passed`;
  const peers = result.peers.map((peer) =>
    peer.status === "missing"
      ? `no PyTorch ${peer.mode}: ${peer.reason}`
      : `${peer.ratio.median.toFixed(3)} of PyTorch ${peer.mode} on ${peer.device}`
  );
  const shares = result.kind === "network"
    ? [
      `${percent(result.share.flops)} of peak FLOP/s`,
      `${percent(result.share.bandwidth)} of bandwidth`,
    ]
    : [];
  const held = result.state?.after.throttleReasons ?? [];
  const warning = held.length > 0 ? [`the clocks were HELD DOWN by ${held.join(", ")}`] : [];
  const median = `${(result.ours.median * 1000).toPrecision(4)} ms`;
  return `${name}: ${[median, ...peers, ...shares, ...warning].join(", ")}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** What an earlier check of the same has done. */
function partsDone(
  path: string,
  frame: Pick<GpuCheck, "tool" | "settings" | "environment" | "emulated">,
): readonly PartRecord[] {
  const earlier = readGpuCheck(path);
  const [then, now] = [earlier, frame].map(({ tool, settings, environment, emulated }) => ({
    tool,
    settings,
    GPU: { ...gpuOf(environment), emulated },
  }));
  for (const key of ["tool", "settings", "GPU"] as const) {
    if (canonicalJson(then[key]) !== canonicalJson(now[key])) {
      throw new InputError(`${path} cannot be gone on with: its ${key} is another`, {
        advice: "leave out --resume to start anew",
      });
    }
  }
  return earlier.parts.filter(({ status }) => status === "done");
}

/** What of a machine must be the same: the GPU and the libraries, but not the driver's build. */
function gpuOf({ backend }: GpuCheck["environment"]) {
  const { "NVIDIA driver": _build, ...libraries } = backend.libraries;
  return { ...backend, libraries };
}

/** Commit of a checkout that was packed without its history; null where none was written down. */
function packedCommit(): string | null {
  try {
    return Deno.readTextFileSync(new URL("../../.gpu/commit", import.meta.url)).trim();
  } catch {
    // it was not packed
    return null;
  }
}
