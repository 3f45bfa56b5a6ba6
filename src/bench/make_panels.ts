/**
 * The pictures of the `masks` experiment, made of scans and mask files once every model has run.
 *
 * @module
 */

import { join } from "node:path";
import { writeAtomically } from "../base/atomic.ts";
import { throwIfInterrupted } from "../base/interruption.ts";
import { type LoadedCase, readCaseScan } from "../datasets/mod.ts";
import { planWindow, readMask, windowSlice } from "../imaging/mod.ts";
import { confusion, dice } from "../metrics/overlap.ts";
import { chooseSlices } from "../results/experiments/masks.ts";
import type { PanelRecord } from "../results/mod.ts";
import { drawPanel, encodePicture } from "./panels.ts";
import { caseName, maskFolder, maskPath } from "./mask_files.ts";
import { inCase, truthOf } from "./run_prediction.ts";

/** Models whose masks stand side by side. */
export interface PanelRow {
  /** Which experiment they are of. */
  readonly of: PanelRecord["of"];
  /** Keys of the models, from left to right. */
  readonly models: readonly string[];
}

/** What to draw, and where to. */
export interface PanelRequest {
  /** Folder of the run; pictures go to `panels/` in it. */
  readonly out: string;
  /** The scan. */
  readonly one: LoadedCase;
  /** Whether ids may be told. */
  readonly isPublic: boolean;
  /** The rows of masks. */
  readonly rows: readonly PanelRow[];
  /** Stops the work between two rows. */
  readonly signal: AbortSignal;
}

/**
 * Draws the chosen slices of one scan. The folder `panels/` must exist.
 *
 * @returns what was drawn; nothing where the truth is empty or there is none
 * @throws InputError where the scan or a mask of the run cannot be read any more
 */
export async function makePanels(request: PanelRequest): Promise<PanelRecord[]> {
  const { out, one, isPublic, rows, signal } = request;
  const records: PanelRecord[] = [];
  await inCase(one, async () => {
    const volume = readCaseScan(one);
    const truth = truthOf(one, volume);
    if (!truth) return;
    const plan = planWindow(volume, one.window);
    const [slices, height, width] = volume.shape;
    const size = height * width;
    for (const { of, models } of rows) {
      await throwIfInterrupted(signal);
      const masks = models.map((model) =>
        readMask(maskPath(maskFolder(out, model), one, isPublic)).voxels
      );
      for (const { rule, slice } of chooseSlices(truth.voxels, masks, slices)) {
        const [from, to] = [slice * size, (slice + 1) * size];
        const name = `${caseName(one, isPublic)}-${of}-${rule}.png`;
        const picture = drawPanel({
          height,
          width,
          grey: windowSlice(volume, slice, plan),
          truth: truth.voxels.subarray(from, to),
          predictions: masks.map((mask) => mask.subarray(from, to)),
        });
        writeAtomically(join(out, "panels", name), [encodePicture(picture)]);
        records.push({
          of,
          case: one.index,
          rule,
          slice,
          file: `panels/${name}`,
          models: models.map((model, i) => ({
            model,
            dice: dice(confusion(masks[i], truth.voxels, from, to)),
          })),
        });
      }
    }
  });
  return records;
}
