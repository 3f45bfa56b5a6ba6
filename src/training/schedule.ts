/**
 * Learning rates over the course of a training.
 *
 * @module
 */

/** A moment of a training. */
export interface Moment {
  /** The step, from 0. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Steps an epoch. */
  readonly stepsPerEpoch: number;
}

/** Share of the highest learning rate at a moment, above 0 and at most 1. */
export type Schedule = (moment: Moment) => number;

/** Share of a one-cycle training in which the rate rises. */
const RISE = 0.1;

/** The rate of a one-cycle training begins at the highest over this, and ends at this squared. */
const DEPTH = 25;

/** Schedules by name. */
export const SCHEDULES = {
  /** A third every five epochs: the paper's. */
  step: ({ step, stepsPerEpoch }: Moment): number =>
    (1 / 3) ** Math.floor(step / stepsPerEpoch / 5),
  /**
   * Up to the highest and down to nearly nothing, each half a cosine (Smith & Topin 2019); the
   * whole training is one cycle, so another number of epochs is another schedule.
   */
  one_cycle: ({ step, steps }: Moment): number => {
    const peak = RISE * steps;
    return step < peak
      ? between(1 / DEPTH, 1, step / peak)
      : between(1, 1 / DEPTH ** 2, (step - peak) / (steps - peak));
  },
  /** Always the highest. */
  constant: (): number => 1,
} as const satisfies Readonly<Record<string, Schedule>>;

/** Name of a schedule. */
export type ScheduleName = keyof typeof SCHEDULES;

/** The schedule where none is named: the paper's. */
export const DEFAULT_SCHEDULE: ScheduleName = "step";

/** Whether another number of epochs is another schedule from the first step on. */
export function hangsOnEpochs(schedule: ScheduleName): boolean {
  return schedule === "one_cycle";
}

/** From `a` to `b` along half a cosine. */
function between(a: number, b: number, share: number): number {
  return b + (a - b) * (1 + Math.cos(Math.PI * share)) / 2;
}
