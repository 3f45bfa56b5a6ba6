/**
 * A training from the first step to the last, in a folder that it can go on in.
 *
 * ```text
 * checkpoint.safetensors   weights, moments and position: what --resume goes on from
 * best.safetensors         the weights of the epoch with the best validation Dice
 * last.safetensors         the weights after the last step
 * training.jsonl           loss of every step, validation of every epoch
 * training.json            settings, data and outcome; written last: where it is, all is done
 * ```
 *
 * @module
 */

import { join } from "node:path";
import { type Backend, compile, type Executable } from "../backends/mod.ts";
import { writeAtomically } from "../base/atomic.ts";
import { InputError, messageOf, StackbenchError } from "../base/errors.ts";
import { graphHash, namedWeights, weightsHash } from "../graph/mod.ts";
import { lockFolder } from "../base/folder_lock.ts";
import { isThere } from "../base/is_there.ts";
import { canonicalJson, sha256 } from "../base/hashing.ts";
import { throwIfInterrupted } from "../base/interruption.ts";
import type { LoadedCase } from "../datasets/mod.ts";
import { buildModel, type BuiltModel } from "../models/mod.ts";
import { type ToolFacts, toolFacts } from "../platform/mod.ts";
import { readSafetensors, writeSafetensors } from "../tensor/mod.ts";
import { emptyBatch, fillBatch } from "./batches.ts";
import { readCheckpoint, type TrainingIdentity, writeCheckpoint } from "./checkpoint.ts";
import { loadTrainingData, type TrainingData } from "./data.ts";
import { type EpochLine, TrainingLog } from "./log.ts";
import { Sampler } from "./sampling.ts";
import { hangsOnEpochs, SCHEDULES } from "./schedule.ts";
import type { TrainingSettings } from "./settings.ts";
import {
  type Best,
  initialState,
  stateHash,
  type TrainingState,
  weightSource,
  weightTensors,
} from "./state.ts";
import { Stepper } from "./step.ts";
import { validate, type ValidatedScan } from "./validation.ts";

/** What to train, on what, and where to. */
export interface TrainRequest {
  /** How. */
  readonly settings: TrainingSettings;
  /** The scans, of which those of the splits `train` and `validation` are used. */
  readonly cases: readonly LoadedCase[];
  /** What computes. */
  readonly backend: Backend;
  /** The folder; it is made. */
  readonly out: string;
  /** Whether to go on with what a stopped training left there. */
  readonly resume: boolean;
  /** Told how far the work has come. */
  readonly watch?: TrainingWatch;
  /** Stops the training after a step; what was learned is kept. */
  readonly signal?: AbortSignal;
}

/** Who is told of a training. */
export interface TrainingWatch {
  /** Something to know. */
  note(message: string): void;
  /** An epoch begins, of which some steps may be done. */
  epoch(epoch: number, epochs: number, steps: number, done: number): void;
  /** A step was taken. */
  step(loss: number): void;
  /** An epoch was validated, on these scans; the next one begins when this is done. */
  validated(line: EpochLine, scans: readonly ValidatedScan[]): void | Promise<void>;
  /** The best epoch was one of an earlier start: its weights were validated again, on these scans. */
  recalled(scans: readonly ValidatedScan[]): void;
}

/** What came out of a training. */
export interface TrainingOutcome {
  /** What kind of file this is. */
  readonly schema: "stackbench/training-outcome";
  /** Version of the format. */
  readonly version: 1;
  /** How. */
  readonly settings: TrainingSettings;
  /** Version and commit of the program that took the last step. */
  readonly tool: ToolFacts;
  /** What computed. */
  readonly backend: {
    /** Its name. */
    readonly name: string;
    /** Threads: another number rounds otherwise and gives other weights. */
    readonly threads: number;
    /** Instruction set; null where the library does not say. */
    readonly isa: string | null;
    /** Native libraries and their versions. */
    readonly libraries: Readonly<Record<string, string>>;
  };
  /** SHA-256 of what the network saw of the scans. */
  readonly dataSha256: string;
  /** Scans, slices and stacks (or slices) to learn from, scans to validate on. */
  readonly data: {
    /** Scans to learn from. */
    readonly trainScans: number;
    /** Stacks or slices to learn from. */
    readonly items: number;
    /** Scans to validate on. */
    readonly validationScans: number;
  };
  /** Steps taken. */
  readonly steps: number;
  /** The best epoch; null where validation Dice was never defined. */
  readonly best: Best | null;
  /** SHA-256 of the weights. */
  readonly weights: { readonly best: string; readonly last: string };
}

/** Steps between two checkpoints inside an epoch. */
const CHECKPOINT_STEPS = 50;

const QUIET: TrainingWatch = { note() {}, epoch() {}, step() {}, validated() {}, recalled() {} };

/** Slices a step of a 2-D model, where nothing else is said. */
const SLICES = 16;

/**
 * Trains a model, or goes on with it.
 *
 * @throws InputError for settings, scans or folders that do not fit; StackbenchError when the loss
 *   or a weight stops being a number; the reason of the signal
 */
export async function train(request: TrainRequest): Promise<TrainingOutcome> {
  const model = modelOf(request.settings);
  claim(request);
  try {
    using _lock = lockFolder(request.out, (request.watch ?? QUIET).note);
    return await trainInFolder(request, model);
  } catch (error) {
    removeIfEmpty(request.out);
    throw error;
  }
}

async function trainInFolder(request: TrainRequest, model: BuiltModel): Promise<TrainingOutcome> {
  const { settings, out, watch = QUIET, signal } = request;
  const data = await loadTrainingData(request.cases, model, settings, watch.note, signal);
  const decisive = identity(settings);
  const graph = graphHash(model.graph);
  const id: TrainingIdentity = {
    sha256: sha256(canonicalJson({ settings: decisive, graph, data: data.sha256 })),
    settings: decisive,
    threads: request.backend.device.threads,
  };
  const state = initialState(model.graph, settings.seed);
  if (request.resume && isThere(checkpointOf(out))) {
    readCheckpoint(checkpointOf(out), state, id, watch.note);
  }
  await new Loop(request, model, data, state, id).run();
  return finish(request, model, data, state);
}

/** The model of some settings. */
function modelOf({ model, options, input, batch }: TrainingSettings): BuiltModel {
  const built = buildModel(model, { options, spatial: input, batch });
  if (batch !== undefined || built.dimensions === 3) return built;
  return buildModel(model, { options, spatial: input, batch: SLICES });
}

/** Settings that make another training of it; more epochs go on with the same, mostly. */
function identity({ epochs, ...rest }: TrainingSettings): object {
  return hangsOnEpochs(rest.schedule) ? { ...rest, epochs } : rest;
}

const checkpointOf = (out: string) => join(out, "checkpoint.safetensors");
const bestOf = (out: string) => join(out, "best.safetensors");

/** Makes the folder, or refuses one that holds a training which would be lost. */
function claim({ out, resume }: TrainRequest): void {
  try {
    Deno.mkdirSync(out, { recursive: true });
  } catch (error) {
    throw new InputError(`the folder ${out} could not be made: ${messageOf(error)}`, {
      cause: error,
      advice: "name another --out",
    });
  }
  if (!resume && isThere(checkpointOf(out))) {
    throw new InputError(`${out} holds a training already`, {
      advice: "add --resume to go on with it, or name another --out",
    });
  }
}

/** Takes back the folder of a training that never began. */
function removeIfEmpty(folder: string): void {
  try {
    Deno.removeSync(folder);
  } catch {
    // something is in it; or the disk fails, and what happened before is what must be told
  }
}

class Loop {
  readonly #request: TrainRequest;
  readonly #model: BuiltModel;
  readonly #data: TrainingData;
  readonly #state: TrainingState;
  readonly #id: TrainingIdentity;
  readonly #log: TrainingLog;
  readonly #watch: TrainingWatch;
  /** Whether the scans of the best epoch were told. */
  #told: boolean;

  constructor(
    request: TrainRequest,
    model: BuiltModel,
    data: TrainingData,
    state: TrainingState,
    id: TrainingIdentity,
  ) {
    this.#request = request;
    this.#model = model;
    this.#data = data;
    this.#state = state;
    this.#id = id;
    this.#log = new TrainingLog(join(request.out, "training.jsonl"), state.step);
    this.#watch = request.watch ?? QUIET;
    this.#told = state.best === null;
  }

  async run(): Promise<void> {
    const { epochs, stepsPerEpoch } = this.#request.settings;
    if (this.#state.step < epochs * stepsPerEpoch) await this.#learn();
    if (!this.#told) await this.#recall();
  }

  async #learn(): Promise<void> {
    const { settings, backend } = this.#request;
    const { epochs, stepsPerEpoch } = settings;
    const [model, state] = [this.#model, this.#state];
    using stepper = new Stepper(backend, model, state, settings);
    using inference = compile(backend, model.graph, weightSource(state), settings.precision);
    while (state.step < epochs * stepsPerEpoch) {
      const epoch = Math.floor(state.step / stepsPerEpoch) + 1;
      this.#watch.epoch(epoch, epochs, stepsPerEpoch, state.step % stepsPerEpoch);
      await this.#epoch(stepper);
      stepper.settle(state);
      inference.load(weightSource(state));
      await this.#validate(epoch, inference);
      if (this.#request.signal) await throwIfInterrupted(this.#request.signal);
    }
  }

  /** Steps up to the end of an epoch. */
  async #epoch(stepper: Stepper): Promise<void> {
    const { settings, signal } = this.#request;
    const { stepsPerEpoch, epochs, seed, augmentation } = settings;
    const [model, data, state] = [this.#model, this.#data, this.#state];
    const steps = epochs * stepsPerEpoch;
    const sampler = new Sampler(data.items, {
      ...settings,
      foreground: data.foreground,
      batch: model.inputShape[0],
    });
    const batch = emptyBatch(model);
    do {
      const { step } = state;
      fillBatch(batch, model, data.train, sampler.of(step), augmentation, seed, step);
      const share = SCHEDULES[settings.schedule]({ step, steps, stepsPerEpoch });
      const rate = settings.learningRate * share;
      const { loss, finite } = stepper.step(state, batch, rate);
      if (!finite) throw diverged(state.step, loss);
      state.lossSum += loss;
      this.#log.add({ step: state.step, loss, rate });
      this.#watch.step(loss);
      // after the last step of an epoch it is saved with its validation only
      if (state.step % stepsPerEpoch === 0) return;
      if (state.step % CHECKPOINT_STEPS === 0) this.#save(stepper);
      try {
        if (signal) await throwIfInterrupted(signal);
      } catch (interruption) {
        this.#save(stepper);
        throw interruption;
      }
    } while (true);
  }

  async #validate(epoch: number, inference: Executable): Promise<void> {
    const { settings, out } = this.#request;
    const state = this.#state;
    const { dice, empty, scans } = await validate(
      inference,
      this.#model,
      this.#data.validation,
      settings.threshold,
    );
    const best = dice !== null && (state.best === null || dice > state.best.dice);
    if (best) {
      this.#told = true;
      state.best = { epoch, dice };
      writeWeights(bestOf(out), state, settings);
    }
    const meanLoss = state.lossSum / settings.stepsPerEpoch;
    const line: EpochLine = { epoch, step: state.step, meanLoss, dice, empty, best };
    this.#log.add(line);
    state.lossSum = 0;
    this.#save();
    await this.#watch.validated(line, scans);
  }

  /** Validates the best weights again. */
  async #recall(): Promise<void> {
    const { settings, backend, out, signal } = this.#request;
    const { graph } = this.#model;
    const weights = namedWeights(graph, readSafetensors(bestOf(out)).tensors);
    using inference = compile(backend, graph, weights, settings.precision);
    const { validation } = this.#data;
    const found = await validate(inference, this.#model, validation, settings.threshold, signal);
    this.#watch.recalled(found.scans);
  }

  /** Writes a checkpoint of the state; of what a stepper has of it, in the midst of an epoch. */
  #save(stepper?: Stepper): void {
    stepper?.settle(this.#state);
    writeCheckpoint(checkpointOf(this.#request.out), this.#state, this.#id);
  }
}

function diverged(step: number, loss: number): StackbenchError {
  return new StackbenchError(
    `the training diverged: after step ${step} the loss is ${loss} and not all weights are finite`,
    {
      advice:
        "lower --learning-rate or train a model with normalisation; the last checkpoint and " +
        "the best weights are kept",
    },
  );
}

function writeWeights(path: string, state: TrainingState, settings: TrainingSettings): void {
  writeSafetensors(path, weightTensors(state), {
    stackbench: canonicalJson({
      model: settings.model,
      options: settings.options,
      seed: settings.seed,
      overlap: settings.overlap,
      ...(settings.field === undefined ? {} : { field: settings.field }),
      step: state.step,
    }),
  });
}

/** Writes the last weights and what came out. */
function finish(
  { settings, backend, out }: TrainRequest,
  { graph }: BuiltModel,
  data: TrainingData,
  state: TrainingState,
): TrainingOutcome {
  writeWeights(join(out, "last.safetensors"), state, settings);
  const last = stateHash(graph, state);
  const best = state.best === null
    ? last
    : weightsHash(graph, namedWeights(graph, readSafetensors(bestOf(out)).tensors));
  const outcome: TrainingOutcome = {
    schema: "stackbench/training-outcome",
    version: 1,
    settings,
    tool: toolFacts(),
    backend: {
      name: backend.name,
      threads: backend.device.threads,
      isa: backend.device.isa,
      libraries: backend.device.libraries,
    },
    dataSha256: data.sha256,
    data: {
      trainScans: data.train.length,
      items: data.items.length,
      validationScans: data.validation.length,
    },
    steps: state.step,
    best: state.best,
    weights: { best, last },
  };
  writeAtomically(join(out, "training.json"), [`${JSON.stringify(outcome, null, 2)}\n`]);
  return outcome;
}
