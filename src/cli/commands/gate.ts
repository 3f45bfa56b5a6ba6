/**
 * `stackbench gate`: whether a change made anything slower, worse or other than it was.
 *
 * @module
 */

import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { isAbsolute, join, relative, resolve } from "node:path";
import { InputError, RegressionError, UndecidedError } from "../../base/errors.ts";
import { isFile } from "../../base/is_there.ts";
import type { BackendName } from "../../backends/backend.ts";
import { RUN_SCOPES, type RunScope } from "../../bench/run_scopes.ts";
import type { Layer, SidesRequest } from "../../gate/mod.ts";
import type { GateResult } from "../../results/mod.ts";
import { FACT_KINDS } from "../../results/fact_kinds.ts";
import { GATE_FORMATS, type GateFormat, gateText } from "../gate_output.ts";
import { interruptible } from "../interruption.ts";
import {
  backendOption,
  namesOf,
  nonEmpty,
  positiveNumber,
  quietOption,
  share,
  wholeNumber,
} from "../options.ts";
import { scansOf } from "../scans.ts";
import { errorIsTerminal, writeError, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench gate --base main                          HEAD against main, all layers
  stackbench gate --base main --new . --layers facts   the checkout as it is, in seconds
  stackbench gate --base v1.0 --budget 20 --format github --also json=gate.json
  stackbench gate --base HEAD --prove                  would it notice, on this machine?

Exit codes: 0 pass, 3 something got worse, 4 not comparable, 5 undecided.
Kinds of facts for --allow: ${FACT_KINDS.join(", ")}.
`;

const LAYERS = ["facts", "accuracy", "time"] as const satisfies readonly Layer[];

/** Adds the command. */
export function gate(program: Command): void {
  program.command("gate")
    .description("tell whether a change made anything slower, worse or other than it was")
    .option("--base <commit>", "what it is compared with", nonEmpty)
    .option(
      "--new <commit>",
      "what is new; `.` for the checkout as it is (default: HEAD)",
      nonEmpty,
    )
    .option("--base-command <words>", "instead of --base: `PROGRAM ... serve-timing`", nonEmpty)
    .option("--new-command <words>", "instead of --new", nonEmpty)
    .option(
      "--baseline <file>",
      "instead of --base: a stored result (weaker: see docs/ci.md)",
      nonEmpty,
    )
    .option("--suite <name>", "name in benchmarks/suites, or a JSON file", nonEmpty, "quick")
    .option("--models <list>", "models of the suite (default: all)", namesOf)
    .option("--layers <list>", "facts, accuracy, time (default: all)", listOf(LAYERS))
    .option("--scopes <list>", "what is timed: network, case", listOf(RUN_SCOPES))
    .option("--allow <list>", "kinds of facts that may differ", listOf(FACT_KINDS))
    .option("--margin <share>", "how much Dice and area overlap may lose", share, 0.005)
    .option("--tolerance <share>", "slow-down that is not tolerated (default: 0.05)", share)
    .option("--budget <minutes>", "for the layer of time (default: 10)", positiveNumber)
    .addOption(backendOption())
    .option("--seed <n>", "seed of random orders", wholeNumber, 1)
    .addOption(
      new Option("--format <name>", "how it is told").choices(GATE_FORMATS)
        .default("terminal" as const),
    )
    .option("--also <format=file>", "also in this format to a file (may come again)", alsoOf)
    .option("--prove", "gates of the base against itself, as it is and slowed: counts what it sees")
    .option("--gates <n>", "with --prove: gates of each kind", positiveNumber, 3)
    .option("--slowed-by <share>", "with --prove: by how much", share, 0.05)
    .addOption(
      new Option("--inject <share>", "slow what is new by this share, to see it fail")
        .argParser(share).hideHelp(),
    )
    .addOption(
      new Option("--inject-kind <kind>", "how").choices(["busy", "sleep"] as const)
        .default("busy" as const).hideHelp(),
    )
    .addOption(quietOption())
    .addHelpText("after", EXAMPLES)
    .action(async ({ format, also = [], prove, gates, slowedBy, ...options }) => {
      checkBaseline(options, prove);
      if (prove) return await proveIt(options, { gates, slowedBy });
      const { requireWritable, writeAtomically } = await import("../../base/atomic.ts");
      // what takes minutes is not lost at its end, at least not without a word of what it found
      for (const { file } of also) requireWritable(file);
      const found = await gateOnce(options);
      writeOut(await gateText(found, format));
      for (const one of also) writeAtomically(one.file, [await gateText(found, one.format)]);
      if (format === "github") await writeStepSummary(found);
      end(found);
    });
}

/** What the command line says of one gate. */
interface Options extends SidesRequest {
  readonly suite: string;
  readonly models?: readonly string[];
  readonly layers?: readonly Layer[];
  readonly scopes?: readonly RunScope[];
  readonly allow?: readonly typeof FACT_KINDS[number][];
  readonly margin: number;
  readonly tolerance?: number;
  readonly budget?: number;
  readonly backend: BackendName | "auto";
  readonly seed: number;
  readonly baseline?: string;
  readonly inject?: number;
  readonly injectKind: "busy" | "sleep";
  readonly quiet?: true;
}

/** Gives a gate everything it needs, and takes it away again whatever happens. */
async function withGate<T>(
  options: Options,
  work: (run: (changes: Changes) => Promise<GateResult>) => Promise<T>,
): Promise<T> {
  const { chooseBackend } = await import("../../backends/mod.ts");
  const { loadSuite } = await import("../../bench/suite.ts");
  const { scansOfSuite } = await import("../../bench/run_scans.ts");
  const {
    BUDGET_MINUTES,
    needsRepository,
    openCheckouts,
    openNewSide,
    openSides,
    repositoryOf,
    runGate,
    runStoredGate,
    TEMPORARY,
    TOLERATED,
  } = await import("../../gate/mod.ts");
  const { readRunResult } = await import("../../results/mod.ts");
  const { createProgress } = await import("../../progress/mod.ts");
  const { temporaryFolder } = await import("../../base/temporary_folder.ts");
  using progress = createProgress({
    quiet: options.quiet ?? false,
    terminal: errorIsTerminal(),
    write: writeError,
  });
  return await interruptible(
    "nothing is kept of it, and checkouts were removed",
    async (signal) => {
      const repository = needsRepository(options) ? repositoryOf(Deno.cwd()) : null;
      using stack = new DisposableStack();
      const checkouts = repository === null ? null : stack.use(openCheckouts(repository));
      const { path: folder } = stack.use(temporaryFolder(`${TEMPORARY}masks-`));
      const places = { repository, checkouts, signal };
      const base = options.baseline === undefined
        ? await openSides(options, places)
        : readRunResult(options.baseline);
      const other = "schema" in base ? await openNewSide(options, places) : base[1];
      const suiteFile = suiteIn(other.root, repository, options.suite);
      const loaded = await loadSuite(suiteFile);
      const request = {
        loaded,
        models: options.models,
        backend: chooseBackend(options.backend).factory.name,
        layers: options.layers ?? LAYERS,
        scopes: options.scopes ?? ["network"] as const,
        margin: options.margin,
        tolerated: options.tolerance ?? TOLERATED,
        budgetMinutes: options.budget ?? BUDGET_MINUTES,
        allowed: options.allow ?? [],
        seed: options.seed,
      };
      const context = { folder, progress, signal };
      if ("schema" in base) {
        const stored = { ...request, stored: base, side: other, suite: suiteFile };
        return await work(async () => await runStoredGate(stored, context));
      }
      const { suite } = loaded;
      const scans = needsScans(request)
        ? scansOfSuite(
          suite,
          (await scansOf(suite.dataset, {
            seed: suite.seed,
            folder: loaded.folder,
            progress,
            signal,
          }))
            .cases,
        )
        : [];
      return await work(async (changes) =>
        await runGate(
          { ...request, sides: base, scans, slowness: null, ...changes },
          context,
        )
      );
    },
  );
}

function needsScans(
  { layers, scopes }: { readonly layers: readonly Layer[]; readonly scopes: readonly RunScope[] },
): boolean {
  return layers.includes("accuracy") || (layers.includes("time") && scopes.includes("case"));
}

/** Refuses what a stored base cannot be asked. */
function checkBaseline({ baseline, base, baseCommand, inject }: Options, prove?: true): void {
  if (baseline === undefined) return;
  const others = {
    "--base": base,
    "--base-command": baseCommand,
    "--inject": inject,
    "--prove": prove,
  };
  const [name] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return;
  throw new InputError(`--baseline and ${name} do not go together`, {
    advice: "a stored result is the base itself, and nothing runs beside it: name one base",
  });
}

/** What differs from gate to gate. */
interface Changes {
  readonly layers?: readonly Layer[];
  readonly seed?: number;
  readonly slowness?: { readonly share: number; readonly kind: "busy" | "sleep" } | null;
}

/** A suite by its name, or its file in the repository, in the checkout of what is new. */
function suiteIn(root: string | null, repository: string | null, suite: string): string {
  if (root === null) return suite;
  const named = join(root, "benchmarks", "suites", `${suite}.json`);
  if (isFile(named)) return named;
  const inside = repository === null ? ".." : relative(repository, realPath(suite));
  return inside.startsWith("..") || isAbsolute(inside) ? resolve(suite) : join(root, inside);
}

/** A path without links, as git tells the repository's. */
function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    // there is none: whoever reads it says so
    return resolve(path);
  }
}

async function gateOnce(options: Options): Promise<GateResult> {
  const { inject, injectKind: kind } = options;
  const slowness = inject === undefined ? null : { share: inject, kind };
  return await withGate(options, (run) => run({ slowness }));
}

/** Many gates of a base against itself, as it is and slowed. */
async function proveIt(
  options: Options,
  { gates, slowedBy: share }: { readonly gates: number; readonly slowedBy: number },
): Promise<void> {
  const { exactInterval } = await import("../../statistics/binomial.ts");
  const counts = new Map<string, Record<GateResult["verdict"], number>>();
  const base = options.base ?? "HEAD";
  const sides = options.baseCommand
    ? { base: undefined, newCommand: options.baseCommand }
    : { base, new: base, newCommand: undefined };
  await withGate({ ...options, ...sides }, async (run) => {
    for (let gate = 0; gate < gates; gate++) {
      for (const slowed of [false, true]) {
        const name = slowed ? `slowed by ${100 * share} %` : "as it is";
        const slowness = slowed ? { share, kind: options.injectKind } : null;
        const seed = options.seed + gate;
        const { verdict, time } = await run({ layers: ["time"], seed, slowness });
        const all = counts.get(name) ?? { pass: 0, regression: 0, undecided: 0 };
        all[verdict]++;
        counts.set(name, all);
        if (!options.quiet) writeError(`gate ${gate + 1}, ${name}: ${verdict}: ${time?.reason}\n`);
      }
    }
  });
  for (const [name, { pass, regression, undecided }] of counts) {
    const { low, high } = exactInterval(regression, gates);
    const percent = (value: number) => (100 * value).toFixed(1);
    writeOut(
      `the base against itself, ${name}: ${regression} of ${gates} gates called it slower ` +
        `(95 % interval ${percent(low)} to ${percent(high)} %), ${pass} passed, ` +
        `${undecided} undecided\n`,
    );
  }
}

/** Ends the command as the gate says. */
function end({ verdict, facts, accuracy, time }: GateResult): void {
  if (verdict === "pass") return;
  if (verdict === "undecided") {
    throw new UndecidedError(`undecided: ${time!.reason}`, { advice: time!.advice ?? undefined });
  }
  const layers = [
    ...(facts?.some((one) => one.verdict === "worse") ? ["facts"] : []),
    ...(accuracy?.some(({ worse }) => worse) ? ["accuracy"] : []),
    ...(time?.verdict === "slower" ? ["time"] : []),
  ];
  throw new RegressionError(`something got worse: ${layers.join(", ")}`, {
    advice: "the table says what; facts that are meant to differ are accepted by --allow KIND",
  });
}

/** Where GitHub shows it beside the run. */
async function writeStepSummary(found: GateResult): Promise<void> {
  const path = Deno.env.get("GITHUB_STEP_SUMMARY");
  if (!path) return;
  Deno.writeTextFileSync(path, await gateText(found, "markdown"), { append: true });
}

/** Reads a list of names of a closed set. */
function listOf<T extends string>(legal: readonly T[]): (text: string) => T[] {
  return (text) =>
    namesOf(text).map((name) => {
      const found = legal.find((one) => one === name);
      if (found === undefined) {
        throw new InvalidArgumentError(`there is no ${name}: choose ${legal.join(", ")}`);
      }
      return found;
    });
}

interface Also {
  readonly format: GateFormat;
  readonly file: string;
}

/** Reads `FORMAT=FILE`. */
function alsoOf(text: string, before: readonly Also[] = []): readonly Also[] {
  const [name, ...rest] = text.split("=");
  const format = GATE_FORMATS.find((one) => one === name);
  const file = rest.join("=");
  if (format === undefined || file === "") {
    throw new InputError(`--also takes FORMAT=FILE, not ${text}`, {
      advice: `formats: ${GATE_FORMATS.join(", ")}`,
    });
  }
  return [...before, { format, file }];
}
