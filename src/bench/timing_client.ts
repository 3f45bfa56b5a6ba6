/**
 * A process that times what it is asked to: the side that asks.
 *
 * @module
 */

import { messageOf, StackbenchError } from "../base/errors.ts";
import { childEnvironment } from "../platform/mod.ts";
import { linesOf } from "./lines.ts";
import { type Answer, type Question, TIMING_PROTOCOL } from "./timing_protocol.ts";
import type { CaseSeconds, TimedFacts, TimedMoment, TimingTarget } from "./timing_session.ts";

/** A program with its arguments. */
export type CommandLine = readonly [program: string, ...args: readonly string[]];

/** How every answer begins. */
const ANSWER = '{"answer":';

/** What of the messages of a process that failed is told. */
const LAST_WORDS = 2000;

/** How to start a process. */
export interface TimingProcessOptions {
  /** Kills the process, and lets every question fail with its reason. */
  readonly signal?: AbortSignal;
  /** Variables that are set anew. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder that it is started in (default: this one). */
  readonly cwd?: string;
}

/** A process that speaks the protocol of timings. */
export class TimingProcess {
  readonly #child: Deno.ChildProcess;
  readonly #answers: AsyncGenerator<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #words: Promise<string>;
  readonly #signal?: AbortSignal;
  readonly #kill = () => this.kill();

  /**
   * Starts it.
   *
   * @throws StackbenchError when it cannot be started
   */
  constructor([program, ...args]: CommandLine, { signal, env, cwd }: TimingProcessOptions = {}) {
    signal?.throwIfAborted();
    try {
      this.#child = new Deno.Command(program, {
        args: [...args],
        cwd,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
        ...childEnvironment(env),
      }).spawn();
    } catch (error) {
      throw new StackbenchError(
        `the process that times could not be started: ${messageOf(error)}`,
        {
          cause: error,
          advice: `allow it with --allow-run=${program}, or check the command that was named`,
        },
      );
    }
    this.#answers = linesOf(this.#child.stdout);
    this.#writer = this.#child.stdin.getWriter();
    this.#words = lastWords(this.#child.stderr);
    this.#signal = signal;
    signal?.addEventListener("abort", this.#kill);
  }

  /** Id of the process. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Asks and waits for the answer.
   *
   * @throws StackbenchError when it fails, ends, or answers something else; the reason of the signal
   */
  async ask<A extends Answer["answer"]>(
    asked: Question,
    wanted: A,
  ): Promise<Extract<Answer, { readonly answer: A }>> {
    let line: string | undefined;
    try {
      await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(asked)}\n`));
      // libraries may talk on the same stream, as oneDNN does under ONEDNN_VERBOSE
      do line = (await this.#answers.next()).value; while (
        line !== undefined && !line.startsWith(ANSWER)
      );
    } catch {
      // it is gone: what it said last tells more than the broken pipe
    }
    this.#signal?.throwIfAborted();
    if (line === undefined) throw await this.#ended(asked.ask);
    const answer = parsed(line);
    if (answer?.answer === "failed") {
      throw new StackbenchError(answer.message, { advice: answer.advice });
    }
    if (answer?.answer !== wanted) {
      throw new StackbenchError(
        `the process that times answered ${line.slice(0, 200)} where it was asked for ${wanted}`,
        { advice: "is it a stackbench of this protocol? (stackbench serve-timing)" },
      );
    }
    return answer as Extract<Answer, { readonly answer: A }>;
  }

  /** Ends it: waits until it has closed everything. */
  async close(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#kill);
    await this.#writer.close().catch(() => {});
    await this.#answers.return(undefined);
    await this.#child.status;
    await this.#words;
  }

  /** Ends it at once. */
  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended already
    }
  }

  async #ended(asked: string): Promise<StackbenchError> {
    const { code, signal } = await this.#child.status;
    const words = (await this.#words).trim();
    const how = signal ? `was ended by ${signal}` : `ended with ${code}`;
    return new StackbenchError(
      `the process that times ${how} when it was asked to ${asked}${words && `: ${words}`}`,
      { advice: "there may be too little memory: choose a smaller input or model" },
    );
  }
}

/** What to open. */
export type OpenRequest = Omit<Question & { readonly ask: "open" }, "ask">;

/** A process in which a model was opened. */
export interface OpenedProcess {
  /** The process. */
  readonly process: TimingProcess;
  /** What is known of the model. */
  readonly facts: TimedFacts;
  /** What it may be asked besides what the first version of the protocol had. */
  readonly asks: readonly string[];
  /** Settings of a model that it looks at; undefined where it does not tell. */
  readonly settings: readonly string[] | undefined;
}

/** A model that is timed in a fresh process. */
export async function openInProcess(
  command: CommandLine,
  request: OpenRequest,
  options: TimingProcessOptions = {},
): Promise<TimingTarget> {
  const { process, facts } = await openProcess(command, request, options);
  return targetOf(process, facts);
}

/**
 * Starts a process and opens a model in it.
 *
 * @throws StackbenchError when it cannot be started, fails, or speaks another protocol
 */
export async function openProcess(
  command: CommandLine,
  request: OpenRequest,
  options: TimingProcessOptions = {},
): Promise<OpenedProcess> {
  const process = new TimingProcess(command, options);
  try {
    const opened = await process.ask({ ask: "open", ...request }, "opened");
    const { protocol, facts, asks = [], settings } = opened;
    if (protocol !== TIMING_PROTOCOL) {
      throw new StackbenchError(
        `the process that times speaks protocol ${protocol}, not ${TIMING_PROTOCOL}`,
        { advice: "time with versions of stackbench that speak the same one" },
      );
    }
    return { process, facts, asks, settings };
  } catch (error) {
    process.kill();
    await process.close();
    throw error;
  }
}

function targetOf(process: TimingProcess, facts: TimedFacts): TimingTarget {
  return {
    facts,
    network: async (): Promise<number> =>
      (await process.ask({ ask: "network", times: 1 }, "seconds")).seconds[0],
    scan: async (): Promise<CaseSeconds> => (await process.ask({ ask: "scan" }, "scan")).seconds,
    moment: async (): Promise<TimedMoment> =>
      (await process.ask({ ask: "moment" }, "moment")).moment,
    close: () => process.close(),
  };
}

function parsed(line: string): Answer | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function lastWords(stream: ReadableStream<Uint8Array>): Promise<string> {
  let words = "";
  for await (const line of linesOf(stream)) words = `${words}${line}\n`.slice(-LAST_WORDS);
  return words;
}
