/**
 * The records of a run as they come in, and the results they make.
 *
 * @module
 */

import { REFERENCE } from "../backends/backend.ts";
import { factWarnings, inOrder, isOfFacts, momentWarnings, warning } from "../results/warnings.ts";
import { comparePairs } from "../results/comparison.ts";
import { EXPERIMENT_NAMES, keptEntries, runExperiments } from "../results/experiments/mod.ts";
import type { Combination } from "../results/facts.ts";
import type {
  CaseRecord,
  DeviceTiming,
  ExperimentName,
  FailureRecord,
  InferenceTiming,
  ModelRecord,
  PanelRecord,
  PredictionRecord,
  RunResult,
  ShardRecord,
  TimingRecord,
  VolatileRecord,
  WarningRecord,
} from "../results/mod.ts";
import { MINOR, VERSION } from "../results/version.ts";
import { type Suite } from "./suite.ts";

/** What is known of a run before its first scan. */
export interface RunFrame {
  /** What of the suite decides the numbers that are made of records. */
  readonly suite: Pick<Suite, "seed" | "threshold" | "experiments">;
  /** Sections that do not change. */
  readonly fixed: Pick<RunResult, "tool" | "suite" | "environment" | "models">;
  /** The data set but its scans. */
  readonly dataset: Omit<RunResult["dataset"], "cases">;
  /** Which part of a run it is; the whole if left out. */
  readonly shard?: ShardRecord;
  /** When it started. */
  readonly started: Omit<VolatileRecord, "writtenAt">;
  /** The combinations of the `overlap` experiment. */
  readonly combinations: readonly Combination[];
  /** Index of the scan that is timed again and again; null where that is not asked for. */
  readonly timedCase: number | null;
}

/** What a model made of a scan. */
export interface CaseOutcome {
  /** The mask in numbers. */
  readonly prediction: PredictionRecord;
  /** How long it took. */
  readonly timing: TimingRecord["cases"][number];
  /** What experiments keep of it. */
  readonly entries: readonly (readonly [ExperimentName, unknown])[];
}

/** Collects the records of a run. */
export class RunState {
  readonly #frame: RunFrame;
  readonly #cases = new Map<number, CaseRecord>();
  readonly #warnings: WarningRecord[] = [];
  readonly #predictions: PredictionRecord[] = [];
  readonly #failures: FailureRecord[] = [];
  readonly #entries = new Map<ExperimentName, unknown[]>(
    EXPERIMENT_NAMES.map((name) => [name, []]),
  );
  #panels: readonly PanelRecord[] | null = null;
  readonly #timedCases: TimingRecord["cases"][number][] = [];
  readonly #inference: InferenceTiming[] = [];
  readonly #device: DeviceTiming[] = [];

  /** Starts from what an earlier, interrupted run had, or from the parts of a run; else empty. */
  constructor(frame: RunFrame, previous: readonly RunResult[]) {
    this.#frame = frame;
    if (frame.fixed.environment.backend.name === REFERENCE) {
      this.warn(warning(
        "reference-backend",
        "the reference backend defines what is right, not what is fast: do not compare its times",
      ));
    }
    previous.forEach((one) => this.#add(one));
  }

  /** Adds what earlier results hold, but for failures. */
  #add(previous: RunResult): void {
    for (const [name, entries] of keptEntries(previous.experiments, previous.predictions)) {
      this.#entries.get(name)!.push(...entries);
    }
    for (const record of previous.dataset.cases) this.#cases.set(record.index, record);
    // a scan that failed is tried again, and what follows from facts is told of those of the end
    previous.warnings.filter(({ code }) => code !== "failed" && !isOfFacts(code))
      .forEach((one) => this.warn(one));
    this.#predictions.push(...previous.predictions);
    this.#timedCases.push(...previous.timing.cases);
    this.#inference.push(...previous.timing.inference);
    this.#device.push(...previous.timing.device ?? []);
  }

  /** Adds a warning. */
  warn(warning: WarningRecord): void {
    this.#warnings.push(warning);
  }

  /** Whether a scan is recorded. */
  hasCase(index: number): boolean {
    return this.#cases.has(index);
  }

  /** Records a scan. */
  addCase(record: CaseRecord): void {
    this.#cases.set(record.index, record);
  }

  /** Whether a model has finished a scan. */
  hasPrediction(model: Pick<ModelRecord, "id">, index: number): boolean {
    return this.#predictions.some((one) => one.model === model.id && one.case === index);
  }

  /** Records what a model made of a scan. */
  addPrediction({ prediction, timing, entries }: CaseOutcome): void {
    this.#predictions.push(prediction);
    this.#timedCases.push(timing);
    for (const [name, entry] of entries) this.#entries.get(name)!.push(entry);
  }

  /** Records that a model failed on a scan: it has no mask of it. */
  addFailure(model: ModelRecord, index: number, reason: string): void {
    this.#failures.push({ model: model.id, case: index, reason });
    this.warn(warning("failed", `${model.id} has no mask of scan ${index}: ${reason}`));
  }

  /** Slices of a scan that a model has finished, and executions that it took; null where it failed. */
  finished(
    model: ModelRecord,
    index: number,
  ): { readonly slices: number; readonly executions: number } | null {
    const ofIt = (one: { readonly model: string; readonly case: number }) =>
      one.model === model.id && one.case === index;
    const prediction = this.#predictions.find(ofIt);
    if (!prediction) return null;
    return { slices: this.#cases.get(index)!.shape[0], executions: prediction.executions };
  }

  /** Whether a model was timed. */
  hasInference(model: ModelRecord): boolean {
    return this.#inference.some((timing) => timing.model === model.id);
  }

  /**
   * Records the repeated timings of a model.
   *
   * @param device the GPU around them, where something tells of it
   */
  addInference(timings: readonly InferenceTiming[], device?: DeviceTiming | null): void {
    this.#inference.push(...timings);
    if (!device) return;
    this.#device.push(device);
  }

  /** Records the pictures. */
  setPanels(panels: readonly PanelRecord[]): void {
    this.#panels = panels;
  }

  /** The results so far. */
  result(status: RunResult["status"]): RunResult {
    const { suite, fixed, dataset, shard, started, combinations, timedCase } = this.#frame;
    const cases = [...this.#cases.values()].sort((a, b) => a.index - b.index);
    // what was made again after an interruption came later
    const inOrderOfModels = orderOf(fixed.models);
    const predictions = inOrderOfModels(this.#predictions);
    const entries = new Map(
      [...this.#entries].map(([name, list]) => [name, inOrderOfModels(list as Placed[])]),
    );
    const facts = {
      models: fixed.models,
      cases,
      predictions,
      threshold: suite.threshold,
      panels: this.#panels,
      combinations,
      seed: suite.seed,
      complete: status === "complete",
      timedCase,
    };
    const timing = {
      cases: inOrderOfModels(this.#timedCases),
      inference: this.#inference,
      ...(this.#device.length > 0 ? { device: this.#device } : {}),
    };
    const known = { ...fixed, dataset: { ...dataset, cases } };
    const { cores } = fixed.environment.cpu;
    return {
      schema: "stackbench/run-result",
      version: VERSION,
      minor: MINOR,
      status,
      ...known,
      ...(shard ? { shard } : {}),
      predictions,
      failures: inOrderOfModels(this.#failures),
      experiments: runExperiments(suite.experiments, facts, entries),
      ...(facts.complete ? { statistics: comparePairs(facts) } : {}),
      warnings: inOrder([...this.#warnings, ...factWarnings({ ...known, timing })]),
      timing: { ...timing, warnings: momentWarnings(timing, started, cores) },
      volatile: { ...started, writtenAt: new Date().toISOString() },
    };
  }
}

/** What is of one scan of one model. */
interface Placed {
  readonly model: string;
  readonly case: number;
}

/** Puts what is of scans in the order of models, then of scans. */
function orderOf(models: readonly ModelRecord[]): <T extends Placed>(list: readonly T[]) => T[] {
  const places = new Map(models.map(({ id }, place) => [id, place]));
  return (list) =>
    list.toSorted((a, b) => places.get(a.model)! - places.get(b.model)! || a.case - b.case);
}
