/**
 * What a side tells of a model without a clock: its plan, and masks of scans.
 *
 * @module
 */

import { join } from "node:path";
import type { PlanFacts } from "../../bench/plan_facts.ts";
import type { OpenRequest } from "../../bench/timing_client.ts";
import type { RunScan } from "../../bench/run_scans.ts";
import { openSide } from "./open_side.ts";
import type { Side } from "./sides.ts";

/** A mask that a side made. */
export interface InspectedMask {
  /** Its scan. */
  readonly scan: RunScan;
  /** SHA-256 of its voxels. */
  readonly sha256: string;
  /** Its file. */
  readonly path: string;
}

/** What a side tells. */
export interface Inspected {
  /** The plan. */
  readonly plan: PlanFacts;
  /** The masks, in the order of the scans. */
  readonly masks: readonly InspectedMask[];
}

/** What to ask. */
export interface InspectRequest {
  /** What to open. */
  readonly open: OpenRequest;
  /** Scans to segment. */
  readonly scans: readonly RunScan[];
  /** Probability from which on a voxel is foreground. */
  readonly threshold: number;
  /** Folder for the masks. */
  readonly folder: string;
  /** Told after each scan. */
  readonly onScan: () => void;
}

/** Asks a side, in a process of its own. */
export async function inspect(
  side: Side,
  { open, scans, threshold, folder, onScan }: InspectRequest,
  signal: AbortSignal,
): Promise<Inspected> {
  const { process } = await openSide(side, open, signal);
  try {
    const { plan } = await process.ask({ ask: "plan" }, "plan");
    const masks: InspectedMask[] = [];
    for (const scan of scans) {
      const { image, reading, window } = scan;
      const path = join(folder, `${side.record.role}-${scan.index}.nii.gz`);
      const asked = { image, reading, window, threshold, maskPath: path };
      const { mask } = await process.ask({ ask: "segment", scan: asked }, "segmented");
      masks.push({ scan, sha256: mask.maskSha256, path });
      onScan();
    }
    return { plan, masks };
  } finally {
    await process.close();
  }
}
