/**
 * A process of a block, of a side's own program.
 *
 * @module
 */

import type { OpenRequest } from "../../bench/timing_client.ts";
import type { Slowness } from "../../bench/slowed.ts";
import { openSide } from "../sides/open_side.ts";
import type { Side } from "../sides/sides.ts";
import type { BlockProcess } from "./block.ts";

/**
 * Starts a process and makes it ready.
 *
 * @param slowness makes its runs slower, to prove that it would be noticed; null: nothing
 * @throws StackbenchError when it cannot be started or fails
 */
export async function openLiveProcess(
  side: Side,
  open: OpenRequest,
  slowness: Slowness | null,
  signal: AbortSignal,
): Promise<BlockProcess> {
  const { process } = await openSide(side, open, signal);
  if (slowness) {
    try {
      await process.ask({ ask: "slow", ...slowness }, "slowed");
    } catch (error) {
      process.kill();
      await process.close();
      throw error;
    }
  }
  return {
    run: async (scope) => (await process.ask({ ask: "run", scope }, "run")).seconds,
    moment: async () => (await process.ask({ ask: "moment" }, "moment")).moment,
    close: () => process.close(),
  };
}
