/**
 * The list of commands.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { compare } from "./compare.ts";
import { data } from "./data.ts";
import { doctor } from "./doctor.ts";
import { evaluate } from "./evaluate.ts";
import { exportOnnx } from "./export.ts";
import { forward } from "./forward.ts";
import { gate } from "./gate.ts";
import { inspect } from "./inspect.ts";
import { merge } from "./merge.ts";
import { models } from "./models.ts";
import { plan } from "./plan.ts";
import { predict } from "./predict.ts";
import { report } from "./report.ts";
import { run } from "./run.ts";
import { serveTiming } from "./serve_timing.ts";
import { setup } from "./setup.ts";
import { time } from "./time.ts";
import { train } from "./train.ts";

/** Adds a command to the program. What it needs is imported when it runs, not before. */
export type Register = (program: Command) => void;

/** All commands, in the order of the help. */
export const COMMANDS: readonly Register[] = [
  run,
  merge,
  plan,
  time,
  forward,
  predict,
  evaluate,
  exportOnnx,
  train,
  report,
  compare,
  gate,
  inspect,
  models,
  data,
  doctor,
  setup,
  serveTiming,
];
