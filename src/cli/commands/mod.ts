/**
 * The list of commands.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";

/** Adds a command to the program. What it needs is imported when it runs, not before. */
export type Register = (program: Command) => void;

/** All commands, in the order of the help. */
import { forward } from "./forward.ts";
import { models } from "./models.ts";
import { time } from "./time.ts";

export const COMMANDS: readonly Register[] = [time, forward, models];
