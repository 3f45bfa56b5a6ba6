/**
 * What Dice was lost, over scans.
 *
 * @module
 */

import { mean, meanInterval } from "../../src/statistics/mod.ts";

/** Dice of each scan; null where it is undefined. */
export type Scores = readonly (number | null)[];

/** Mean over scans of what is lost, with its interval by patient; null where Dice is nowhere defined. */
export function lossOver(before: Scores, after: Scores, patients: readonly number[]) {
  const kept = patients.flatMap((patient, i) =>
    before[i] === null || after[i] === null ? [] : [{ patient, lost: before[i]! - after[i]! }]
  );
  if (kept.length === 0) return { lost: null, interval: null };
  const lost = kept.map(({ lost }) => lost);
  const { interval } = meanInterval(lost, {
    seed: 1,
    patients: kept.map(({ patient }) => patient),
  });
  return { lost: mean(lost), interval };
}

/** What was found of one network, by the names of what it was compared with. */
export interface Found {
  /** Name of the model. */
  readonly model: string;
  /** Whose the test scans are. */
  readonly patients: readonly number[];
  readonly fp32: { readonly dice: Scores };
  readonly others: Readonly<Record<string, { readonly dice: Scores }>>;
}

/** Losses over all networks of a model, whose test scans differ. */
export function overNetworks(found: readonly Found[]) {
  return [...Map.groupBy(found, ({ model }) => model)].map(([model, networks]) => {
    const all = (of: (one: Found) => Scores) => networks.flatMap((one) => [...of(one)]);
    const patients = networks.flatMap(({ patients }) => patients);
    const before = all(({ fp32 }) => fp32.dice);
    const names = Object.keys(networks[0].others);
    return {
      model,
      scans: patients.length,
      fp32: mean(before.filter((one) => one !== null)),
      lost: Object.fromEntries(
        names.map((name) => [
          name,
          lossOver(before, all(({ others }) => others[name].dice), patients),
        ]),
      ),
    };
  });
}
