/**
 * The models of a run: those of the suite, and those that the `overlap` experiment adds.
 *
 * @module
 */

import type { Backend } from "../backends/mod.ts";
import { InputError } from "../base/errors.ts";
import { canonicalJson, sha256 } from "../base/hashing.ts";
import type { Combination } from "../results/facts.ts";
import { EXAMPLE_MODELS } from "../models/examples.ts";
import type { ModelRecord } from "../results/mod.ts";
import { namesFold, weightsByFold } from "./fold_weights.ts";
import type { RunScan } from "./run_scans.ts";
import { modelIds, modelRecord } from "./records.ts";
import {
  fitDevice,
  type ModelRequest,
  type PreparedModel,
  prepareModel,
  requireSegments,
} from "../segmentation/mod.ts";
import { type LoadedSuite, resolveIn, type SuiteModel } from "./suite.ts";

/** One model of a run, or in a cross-validation that of one fold. */
export interface RunModel {
  /** What results tell of it. */
  readonly record: ModelRecord;
  /** The model. */
  readonly prepared: PreparedModel;
  /** What it was made of, to make it again in another process. */
  readonly request: ModelRequest;
  /** Scans that it runs over, in the order of the manifest. */
  readonly cases: readonly RunScan[];
}

/** All models of a run. */
export interface RunModels {
  /** The suite's in its order, then those that only the `overlap` experiment runs. */
  readonly models: readonly RunModel[];
  /** Which model stands for which combination of overlaps; empty where nobody asked. */
  readonly combinations: readonly Combination[];
  /** Scans that accuracy is spoken of: the test split where it has truth, else all that have it. */
  readonly scored: readonly RunScan[];
}

/** The models of a run, to run over some of its scans only. */
export function overScans(
  { models, combinations, scored }: RunModels,
  indices: readonly number[],
): RunModels {
  const some = new Set(indices);
  const among = (scans: readonly RunScan[]) => scans.filter(({ index }) => some.has(index));
  return {
    models: models.map((model) => ({ ...model, cases: among(model.cases) })),
    combinations,
    scored: among(scored),
  };
}

/**
 * Prepares the models of a suite.
 *
 * @param cases scans of the run
 * @param backend what they will run on
 * @throws InputError for models or weights that do not fit
 */
export function prepareModels(
  loaded: LoadedSuite,
  cases: readonly RunScan[],
  backend: Pick<Backend, "freeMemory">,
): RunModels {
  const { suite } = loaded;
  const ids = modelIds(suite.models.map(({ model }) => model));
  const models = suite.models.flatMap((request, i) =>
    inSuite(suite.name, `models.${i}`, () => prepareFolds(loaded, request, ids[i], cases, backend))
  );
  const scored = scoredAmong(cases);
  return suite.experiments.includes("overlap")
    ? inSuite(suite.name, "overlap", () => withOverlaps(loaded, models, scored))
    : { models, combinations: [], scored };
}

/** Says which model of a suite an error came from. */
function inSuite<T>(suite: string, place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`suite ${suite}, ${place}: ${error.message}`, {
      cause: error,
      advice: error.advice ?? "correct it there, in the suite",
      details: error.details,
    });
  }
}

/** A model with its weights, or with those of each fold that has scans: all under one record. */
function prepareFolds(
  { suite, folder }: LoadedSuite,
  request: SuiteModel,
  id: string,
  cases: readonly RunScan[],
  backend: Pick<Backend, "freeMemory">,
): RunModel[] {
  const all = weightsByFold(suite, folder, request, cases);
  // all parts take as many slices at once, and so do other processes, though less memory is free then
  const members = Math.max(...all.map(({ weights }) => weights.length));
  const parts = all.map(({ weights, scans }) => {
    const [first = null, ...ensemble] = weights;
    const asked = { ...request, weights: first, ensemble };
    const prepared = fitDevice(prepareModel(asked, suite.seed), backend, members);
    const { request: own } = prepared;
    requireSegments(prepared.model);
    const record = modelRecord(id, prepared, request.options);
    return { request: own, prepared, record, cases: scans };
  });
  if (!namesFold(request.weights)) return parts;
  const record = { ...parts[0].record, weights: weightsOfParts(parts) };
  return parts.map((part) => ({ ...part, record }));
}

/** What results tell of the weights of the parts of a cross-validation. */
function weightsOfParts(parts: readonly RunModel[]): ModelRecord["weights"] {
  const all = parts.map(({ record }) => record.weights);
  const folds = all.flatMap(({ ensemble, sha256 }) => ensemble ? [] : [sha256]);
  const ensemble = all.find((each) => each.ensemble)?.ensemble;
  return {
    source: "file",
    sha256: sha256(...all.map((each) => each.sha256)),
    ...(folds.length > 0 ? { folds } : {}),
    ...(ensemble ? { ensemble } : {}),
  };
}

/** Adds every combination of overlaps that no model of the run stands for yet. */
function withOverlaps(
  { suite, folder }: LoadedSuite,
  main: readonly RunModel[],
  scored: readonly RunScan[],
): RunModels {
  const models = [...main];
  const combinations: Combination[] = [];
  if (suite.overlap === null) return { models, combinations, scored };
  const { trained, inference, ...request } = suite.overlap;
  for (const [index, { overlap: trainedOverlap, weights }] of trained.entries()) {
    const again = trained.slice(0, index).filter(({ overlap }) => overlap === trainedOverlap);
    const run = again.length === 0 ? "" : `#${again.length + 1}`;
    for (const overlap of inference) {
      const id = `${request.model}@trained-${trainedOverlap}${run}-inference-${overlap}`;
      const own = { ...request, batch: 1, overlap, weights: resolveIn(folder, weights) };
      const prepared = prepareModel(own, suite.seed);
      requireSegments(prepared.model);
      if (prepared.model.dimensions !== 3) {
        throw new InputError(`overlap.model: ${request.model} takes slices, which do not overlap`, {
          advice: `name a 3-D model such as ${EXAMPLE_MODELS.stacks}`,
        });
      }
      const plain = modelRecord(id, prepared, request.options);
      const twin = models.find(({ record }) => sameMasks(record, plain));
      if (!twin) {
        const record = { ...plain, experiment: "overlap" } as const;
        models.push({ request: own, prepared, record, cases: scored });
      }
      const model = twin?.record.id ?? id;
      combinations.push({ model, trainedOverlap, inferenceOverlap: overlap });
    }
  }
  return { models, combinations, scored };
}

/** Whether two models make the same masks: graph, weights and stacks are equal. */
function sameMasks(a: ModelRecord, b: ModelRecord): boolean {
  const decisive = ({ graphHash, weights, stack, input, field = "whole" }: ModelRecord) =>
    canonicalJson([graphHash, weights, stack, input, field]);
  return decisive(a) === decisive(b);
}

function scoredAmong(cases: readonly RunScan[]): readonly RunScan[] {
  const known = cases.filter(({ truth }) => truth !== null);
  const test = known.filter(({ split }) => split === "test");
  return test.length > 0 ? test : known;
}
