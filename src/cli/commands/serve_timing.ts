/**
 * `stackbench serve-timing`: times what it is asked to on its standard input. For `run`, `time` and
 * `gate`, which start it; hidden from the list of commands.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { writeOut } from "../terminal.ts";

/** Adds the command. */
export function serveTiming(program: Command): void {
  program.command("serve-timing", { hidden: true })
    .description("time what is asked for on standard input, a line of JSON each")
    .action(async () => {
      const { serveTimings } = await import("../../bench/timing_server.ts");
      await serveTimings(Deno.stdin.readable, (line) => writeOut(`${line}\n`));
    });
}
