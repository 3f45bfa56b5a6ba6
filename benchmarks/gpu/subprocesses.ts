/**
 * The parts of the check as processes.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { messageOf } from "../../src/base/errors.ts";
import { partResult } from "../../src/results/schema/gpu_check.ts";
import { environment } from "../../src/results/schema/machine.ts";
import * as z from "zod";
import type { DeviceAnswer } from "./request.ts";
import type { Outcome, Runner } from "./runner.ts";
import type { Part, TestsRequest } from "./settings.ts";
import { findSanitizer, readTests } from "./tests.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

const deviceSchema: z.ZodType<DeviceAnswer> = z.strictObject({
  environment,
  emulated: z.boolean(),
  precisions: z.array(z.string()),
});

/** Seconds that a look at the machine may take: a driver that was just loaded is slow. */
const LOOK = 180;

/** Runs every part in a process of its own, with the same Deno. */
export class Subprocesses implements Runner {
  readonly #variables: Readonly<Record<string, string>>;

  /**
   * A runner.
   *
   * @param variables environment variables that parts need beyond those of this process
   */
  constructor(variables: Readonly<Record<string, string>>) {
    this.#variables = variables;
  }

  async device(): Promise<DeviceAnswer> {
    const text = await this.#answer({ kind: "device" }, LOOK);
    if (text === null) throw new Error(`the GPU did not answer within ${LOOK} s`);
    return deviceSchema.parse(text);
  }

  async run({ request }: Part, limit: number): Promise<Outcome> {
    try {
      if (request.kind === "tests") return await this.#tests(request, limit);
      const value = await this.#answer(request, limit);
      if (value === null) return { status: "stopped" };
      return { status: "done", result: partResult.parse(value) };
    } catch (error) {
      return { status: "failed", reason: messageOf(error) };
    }
  }

  /** The answer of a process; null when it was stopped. */
  async #answer(request: unknown, limit: number): Promise<unknown> {
    const worker = join(ROOT, "benchmarks", "gpu", "worker.ts");
    const command = [Deno.execPath(), "run", "-A", "--quiet", "--no-check", worker];
    const output = await this.#start(command, JSON.stringify(request), limit);
    if (output === null) return null;
    const last = output.text.trim().split("\n").at(-1) ?? "";
    if (!last.startsWith("{")) throw new Error(`its process ended with code ${output.code}`);
    const value = JSON.parse(last);
    if ("error" in value) throw new Error(value.error);
    return value;
  }

  async #tests({ file, filter, watchedBy }: TestsRequest, limit: number): Promise<Outcome> {
    const sanitizer = watchedBy && findSanitizer();
    if (watchedBy && !sanitizer) {
      return { status: "impossible", reason: "compute-sanitizer is not installed" };
    }
    // a driver without one of the functions that are asked for by name is no fault of a kernel
    const quietly = ["--error-exitcode", "9", "--report-api-errors", "no"];
    const watched = sanitizer ? [sanitizer, "--tool", watchedBy!, ...quietly] : [];
    const test = ["test", "-A", "--quiet", "--no-check", `--filter=${filter}`, resolve(ROOT, file)];
    const output = await this.#start([...watched, Deno.execPath(), ...test], "", limit);
    return output === null ? { status: "stopped" } : readTests(output, watchedBy);
  }

  /** Runs a command; null when it was stopped, with all that it started. */
  async #start(
    [command, ...args]: readonly string[],
    input: string,
    limit: number,
  ): Promise<{ code: number; text: string } | null> {
    const process = new Deno.Command(command, {
      args,
      cwd: ROOT,
      env: { ...this.#variables, NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // the first of a group of its own, which can be ended whole
      detached: true,
    }).spawn();
    let stopped = false;
    const timer = setTimeout(() => {
      stopped = true;
      endGroup(process.pid);
    }, Math.max(1, Math.floor(limit * 1000)));
    const writer = process.stdin.getWriter();
    // a process that ends before it has read all says why in its output
    await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
    const { code, stdout, stderr } = await process.output().finally(() => clearTimeout(timer));
    if (stopped) return null;
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, text: `${err}\n${out}` };
  }
}

/** Ends a process and all that it started, such as PyTorch and what compiles for it. */
function endGroup(leader: number): void {
  try {
    Deno.kill(-leader, "SIGKILL");
  } catch (error) {
    // all of them have ended by themselves
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
