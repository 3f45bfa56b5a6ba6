/**
 * `dataset.json` of nnU-Net and the Medical Segmentation Decathlon: what the labels mean.
 *
 * @module
 */

/** Names that a label or structure has which is a lesion; GTV is the gross tumour volume. */
const LESION =
  /l(e|ae|ä)sion|tumou?r|cancer|infection|infekt|nodule|opacit|consolidation|ground.?glass|covid|pneumonia|metasta|abnormal|gtv/i;

/** Whether a name is that of a lesion. */
export function isLesionName(name: string): boolean {
  return LESION.test(name);
}

/** Labels of a data set. */
export interface DatasetLabels {
  /** Names of labels but that of the background, by their values. */
  readonly names: ReadonlyMap<number, string>;
  /** Values of those that are lesions by their names. */
  readonly lesions: readonly number[];
}

/**
 * The labels that a `dataset.json` names, null where the text names none. MSD writes values to names,
 * nnU-Net names to values, or to lists of them for regions.
 *
 * @example
 * ```ts
 * import { datasetLabels } from "./dataset_json.ts";
 * import assert from "node:assert/strict";
 * const { lesions } = datasetLabels('{"labels": {"0": "background", "1": "lung", "2": "tumour"}}')!;
 * assert.deepEqual(lesions, [2]);
 * assert.deepEqual(datasetLabels('{"labels": {"background": 0, "infection": 1}}')?.lesions, [1]);
 * ```
 */
export function datasetLabels(text: string): DatasetLabels | null {
  let labels: unknown;
  try {
    labels = (JSON.parse(text) as { readonly labels?: unknown } | null)?.labels;
  } catch {
    return null;
  }
  if (typeof labels !== "object" || labels === null) return null;
  const names = new Map<number, string>();
  for (const [key, value] of Object.entries(labels)) {
    const [number, name] = typeof value === "string" ? [Number(key), value] : [value, key];
    for (const one of Array.isArray(number) ? number : [number]) {
      if (Number.isInteger(one) && one > 0) names.set(one, names.get(one) ?? name);
    }
  }
  if (names.size === 0) return null;
  return {
    names,
    lesions: [...names].filter(([, name]) => isLesionName(name)).map(([value]) => value),
  };
}
