/**
 * PyTorch as a process that runs when it is told to.
 *
 * @module
 */

import * as z from "zod";
import { messageOf } from "../../src/base/errors.ts";

/** What the process says, a line each. */
const lineSchema = z.union([
  z.strictObject({ error: z.string() }),
  z.strictObject({
    torch: z.string(),
    device: z.enum(["cuda", "cpu"]),
    setting: z.string(),
  }),
  z.strictObject({
    samples: z.array(z.number().min(0)),
    deviceMemory: z.int().min(0).nullable(),
  }),
]);

/** What it is asked to do. */
export interface PeerRequest {
  /** Name of the model. */
  readonly model: string;
  /** Shape of its input. */
  readonly input: readonly number[];
  /** Element type. */
  readonly precision: string;
  /** Plain or compiled. */
  readonly mode: "eager" | "compile";
  /** Voxels of the scan along z, y, x; null to time the network alone. */
  readonly scan: readonly number[] | null;
}

/** A PyTorch that is ready. */
export interface ReadyPeer {
  readonly torch: string;
  /** Where it runs. */
  readonly device: "cuda" | "cpu";
  /** Memory order and how it is launched: the fastest of those that it tried. */
  readonly setting: string;
}

/** PyTorch in a process of its own; dispose of it to end it. */
export class Peer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;

  /**
   * Starts it.
   *
   * @throws NotFound when there is no such Python
   */
  constructor(python: string, request: PeerRequest) {
    this.#process = new Deno.Command(python, {
      args: [new URL("peer.py", import.meta.url).pathname, JSON.stringify(request)],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#lines = linesOf(this.#process.stdout);
  }

  /**
   * Waits until it is ready.
   *
   * @param patience seconds that it may take
   * @throws Error that says in one sentence why it is not
   */
  async ready(patience: number): Promise<ReadyPeer> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`it was not ready within ${patience} s`)),
        patience * 1000,
      );
    });
    try {
      const said = await Promise.race([this.#next(), late]);
      if ("torch" in said) return said;
      throw new Error("it did not say what it is");
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Runs a number of times.
   *
   * @throws Error when it fails
   */
  async run(times: number): Promise<{ samples: number[]; deviceMemory: number | null }> {
    await this.#input.write(new TextEncoder().encode(`${times}\n`));
    const said = await this.#next();
    if ("samples" in said) return said;
    throw new Error("it did not say how long it took");
  }

  async #next(): Promise<Exclude<z.infer<typeof lineSchema>, { error: string }>> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("it ended without a word");
    const said = lineSchema.parse(JSON.parse(value));
    if ("error" in said) throw new Error(said.error);
    return said;
  }

  /** Ends it, whatever it is doing. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      // it has ended by itself
      if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
    }
    await this.#process.status;
    await this.#lines.return?.();
    await this.#input.abort().catch((error) => messageOf(error));
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines.filter((line) => line.startsWith("{"));
  }
}
