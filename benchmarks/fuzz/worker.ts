/**
 * The process that reads inputs: it tells of each in a line of JSON, so that whoever started it
 * sees where it hangs.
 *
 * @module
 */

import { peakMemory, resetPeakMemory, residentMemory } from "../../src/platform/memory.ts";
import { tryInput } from "./inputs.ts";
import { targets } from "./targets.ts";

const [seed, from, to, folder, ...more] = Deno.args;
const all = targets(folder, more);
for (let input = Number(from); input < Number(to); input++) {
  let [isReset, before] = [false, 0];
  const onMade = () => {
    isReset = resetPeakMemory();
    before = residentMemory();
  };
  const outcome = await tryInput(all, { seed: Number(seed), input, folder, onMade });
  const memory = isReset ? Math.max(0, (peakMemory() ?? before) - before) : null;
  const line = `${JSON.stringify({ ...outcome, memory })}\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}
