/**
 * What `stackbench gate` found.
 *
 * @module
 */

import * as z from "zod";
import { FACT_KINDS } from "../fact_kinds.ts";
import { tool } from "./machine.ts";
import { amount, modelKey, whole } from "./parts.ts";

const side = z.object({
  role: z.enum(["base", "new"]).describe("Which side."),
  from: z.enum(["commit", "folder", "command", "result"]).describe(
    "A checkout of a commit, a folder as it was, a command, or a stored result.",
  ),
  commit: z.string().nullable().describe("Commit; null where it is not known."),
  changed: whole.nullable().describe("Files that differ from it; null where it is not known."),
}).meta({ id: "GateSide", description: "One of the two programs that are compared." });

const difference = z.object({
  model: z.string().nullable().describe("Key of the model; null for what is not a model's."),
  kind: z.enum(FACT_KINDS).describe("What kind of fact differs."),
  what: z.string().describe("Which fact, such as `step 12 (conv)`."),
  base: z.string().nullable().describe("The fact of the base; null where it has none."),
  new: z.string().nullable().describe("The fact of the new program; null where it has none."),
  verdict: z.enum(["worse", "allowed", "noted"]).describe(
    "`worse` fails the gate; `allowed` would have; `noted` is only told.",
  ),
}).meta({ id: "FactDifference", description: "A fact that differs, without any clock." });

const accuracy = z.object({
  model: modelKey,
  measure: z.string().describe("The measure."),
  scans: whole.describe("Scans that both sides segmented and that have truth."),
  same: whole.describe("Those of which the masks are the same, bit for bit."),
  n: whole.describe("Scans on which the measure is defined for both."),
  base: z.number().nullable().describe("Mean of the base over these; null where n is 0."),
  new: z.number().nullable().describe("Mean of the new program."),
  difference: z.number().nullable().describe("Mean over these scans of new minus base."),
  worst: z.number().nullable().describe("The scan that lost most: new minus base."),
  lost: whole.describe("Scans on which the measure is defined for the base alone."),
  worse: z.boolean().describe(
    "Whether the difference is below minus the margin, or scans were lost.",
  ),
}).meta({ id: "GateAccuracy", description: "A measure of accuracy, paired by scan." });

const clock = z.enum(["processor", "elapsed"]);

const row = z.object({
  model: modelKey,
  scope: z.enum(["network", "case"]).describe("What was run."),
  clock: clock.describe(
    "`processor`: processor time of all threads together; `elapsed`: time that passed.",
  ),
  leading: z.boolean().describe(
    "Whether it must be shown not to be slower; of other rows a slow-down is only noticed.",
  ),
  blocks: whole.describe("Blocks that it rests on."),
  ratio: z.number().describe("New by base."),
  low: z.number().describe(
    "Lower bound of it, by which it is called slower; 0 where there is none.",
  ),
  high: z.number().nullable().describe(
    "Upper bound of it, by which it is called as fast; null where there is none.",
  ),
  noise: z.number().nullable().describe(
    "Standard deviation between blocks of the logarithm of the base by itself; null with one block.",
  ),
  twinFires: z.boolean().describe(
    "Whether the base differs from itself, so that it is no evidence.",
  ),
  verdict: z.enum(["slower", "as fast", "open"]).describe("What is said of it."),
  confirmed: z.boolean().nullable().describe(
    "Whether fresh blocks confirmed that it is slower; null where that was not asked.",
  ),
}).meta({ id: "GateTimeRow", description: "The time of one model, in one scope, by one clock." });

const run = z.object({
  role: z.enum(["base", "twin", "new"]).describe("Whose; the twin is the base again."),
  elapsed: amount.describe("Seconds that passed."),
  processor: amount.nullable().describe("Seconds of processor time; null where it is not told."),
}).meta({ id: "GateRun", description: "One run, in the order in which they ran." });

const block = z.object({
  model: modelKey,
  confirming: z.boolean().describe("Whether it confirms what was found before it."),
  others: z.number().nullable().describe("Cores that other programs kept busy meanwhile."),
  scopes: z.array(
    z.object({
      scope: z.enum(["network", "case"]).describe("What was run."),
      runs: z.array(run).describe("The runs, three a cycle."),
    }).meta({ id: "GateScopeRuns", description: "The runs of one scope." }),
  ).describe(
    "The runs, a scope each.",
  ),
}).meta({ id: "GateBlock", description: "Three fresh processes that ran in turn." });

const time = z.object({
  verdict: z.enum(["pass", "slower", "undecided"]).describe("What is said of all rows."),
  reason: z.string().describe("Why, in words."),
  advice: z.string().nullable().describe("What would help; null where nothing must."),
  planned: whole.describe("Rounds that were planned."),
  rows: z.array(row).describe("The rows."),
  blocks: z.array(block).describe("All raw samples."),
}).meta({ id: "GateTime", description: "The layer of time." });

const settings = z.object({
  suite: z.string().describe("Name of the suite."),
  models: z.array(modelKey).describe("Models that were gated."),
  layers: z.array(z.enum(["facts", "accuracy", "time"])).describe("Layers that were asked for."),
  scopes: z.array(z.enum(["network", "case"])).describe("Scopes of the layer of time."),
  backend: z.string().describe("What computed."),
  precision: z.string().describe("Element type of activations."),
  margin: amount.describe("How much a measure of accuracy may lose."),
  tolerated: amount.describe("Share of a slow-down that is not tolerated."),
  floor: amount.describe("Share below which an estimate is never called slower."),
  alpha: amount.describe("Chance, over rows and looks, of a false alarm of the layer of time."),
  budgetMinutes: amount.describe("Minutes that the layer of time may take."),
  allowed: z.array(z.enum(FACT_KINDS)).describe("Kinds of facts that may differ."),
  seed: whole.describe("Seed of random orders and input."),
  injected: z.number().nullable().describe(
    "Share by which the new program was slowed on purpose; null where it was not.",
  ),
}).meta({ id: "GateSettings", description: "What a gate was asked." });

/** What a gate found. */
export const gate = z.object({
  schema: z.literal("stackbench/gate").describe("What this is."),
  version: z.literal(1).describe("Version of the schema."),
  tool: tool.describe("What made it."),
  verdict: z.enum(["pass", "regression", "undecided"]).describe("What is said of all layers."),
  sides: z.array(side).describe("The base, then the new program."),
  settings: settings.describe("What was asked."),
  facts: z.array(difference).nullable().describe("Facts that differ; null: not looked at."),
  accuracy: z.array(accuracy).nullable().describe("Measures of accuracy; null: not looked at."),
  time: time.nullable().describe("Times; null: not looked at."),
  notes: z.array(z.string()).describe("What else a reader must know."),
}).meta({ id: "GateResult", description: "What `stackbench gate` found." });
