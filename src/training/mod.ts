/**
 * Training: settings, sampling, augmentation, Adam, the loop and its checkpoints.
 *
 * @module
 */

export type { ToolFacts } from "../platform/mod.ts";
export type { Random } from "../base/random.ts";
export { adam, type AdamState } from "./adam.ts";
export { type AugmentationName, AUGMENTATIONS } from "./augmentation.ts";
export type { Batch } from "./batches.ts";
export { type EpochLine, type LogLine, readLog, type StepLine } from "./log.ts";
export { TRAINING_PRECISIONS, type TrainingPrecision } from "./precisions.ts";
export type { Augmentation, Sample } from "./sample.ts";
export {
  DEFAULT_SCHEDULE,
  hangsOnEpochs,
  type Moment,
  type Schedule,
  type ScheduleName,
  SCHEDULES,
} from "./schedule.ts";
export {
  type NamedTraining,
  parseSettings,
  readTrainingFile,
  type SettingsInput,
  type TrainingFile,
  type TrainingSettings,
} from "./settings.ts";
export { type Best, initialState, type TrainingState, type WeightState } from "./state.ts";
export {
  type MaskFiller,
  seededMasks,
  type StepOptions,
  Stepper,
  type StepResult,
} from "./step.ts";
export type { FullestSlice, ValidatedScan } from "./validation.ts";
export { train, type TrainingOutcome, type TrainingWatch, type TrainRequest } from "./train.ts";
