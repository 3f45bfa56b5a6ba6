/**
 * A process of a block, of a side's own program.
 *
 * @module
 */

import type { CommandLine } from "../../bench/mod.ts";
import { openProcess, type OpenRequest } from "../../bench/timing_client.ts";
import type { Slowness } from "../../bench/slowed.ts";
import type { BlockProcess } from "./block.ts";

/** What to start. */
export interface LiveRequest {
  /** The command line of its program. */
  readonly command: CommandLine;
  /** Folder that it is started in (default: this one). */
  readonly cwd?: string;
  /** What it opens. */
  readonly open: OpenRequest;
  /** Makes its runs slower, to prove that it would be noticed; nothing unless given. */
  readonly slowness?: Slowness;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Starts a process and makes it ready.
 *
 * @throws StackbenchError when it cannot be started or fails
 */
export async function openLiveProcess(
  { command, cwd, open, slowness, signal }: LiveRequest,
): Promise<BlockProcess> {
  const { process } = await openProcess(command, open, { signal, cwd });
  const live: BlockProcess = {
    run: async (scope) => (await process.ask({ ask: "run", scope }, "run")).seconds,
    moment: async () => (await process.ask({ ask: "moment" }, "moment")).moment,
    close: () => process.close(),
  };
  if (slowness) {
    try {
      await process.ask({ ask: "slow", ...slowness }, "slowed");
    } catch (error) {
      process.kill();
      await process.close();
      throw error;
    }
  }
  return live;
}
