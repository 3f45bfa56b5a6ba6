/**
 * The page of a training, written anew while it goes on.
 *
 * @module
 */

import { join } from "node:path";
import { writeAtomically } from "../base/atomic.ts";
import { drawPanel, encodePicture } from "../bench/panels.ts";
import type { LoadedCase } from "../datasets/mod.ts";
import { figuresOf, page, panelName, trainingBlocks, type TrainingPanel } from "../report/mod.ts";
import { svg } from "../report/plots/svg.ts";
import {
  type EpochLine,
  readLog,
  type TrainingSettings,
  type ValidatedScan,
} from "../training/mod.ts";

/** Milliseconds between two pages: drawing takes time of the training. */
const BETWEEN = 20_000;

/** What the page is of. */
export interface TrainingPageRequest {
  /** Folder of the training. */
  readonly out: string;
  /** Name of the training. */
  readonly label: string;
  /** How it was set. */
  readonly settings: TrainingSettings;
  /** Its scans. */
  readonly cases: readonly LoadedCase[];
  /** Whether scans may be shown and called by their ids. */
  readonly isPublic: boolean;
}

/** A picture, and what is told of it. */
interface DrawnPanel {
  readonly panel: TrainingPanel;
  readonly png: Uint8Array;
}

/** `index.html` in the folder of a training. */
export class TrainingPage {
  readonly #request: TrainingPageRequest;
  #panels: readonly DrawnPanel[] = [];
  #written = -Infinity;

  constructor(request: TrainingPageRequest) {
    this.#request = request;
  }

  /** Takes an epoch in, and writes the page unless one was written just now. */
  async validated({ best }: EpochLine, scans: readonly ValidatedScan[]): Promise<void> {
    if (best) this.recalled(scans);
    if (performance.now() - this.#written >= BETWEEN) await this.write();
  }

  /** Takes in the scans of the best epoch so far, for the next page. */
  recalled(scans: readonly ValidatedScan[]): void {
    if (this.#request.isPublic) this.#panels = this.#draw(scans);
  }

  /**
   * Writes the page of what the log holds.
   *
   * @throws InputError when the log cannot be read or the page not written
   */
  async write(): Promise<void> {
    const { out, label, settings, cases, isPublic } = this.#request;
    const blocks = trainingBlocks({
      label,
      epochs: settings.epochs,
      stepsPerEpoch: settings.stepsPerEpoch,
      log: readLog(join(out, "training.jsonl")),
      settings: Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [
          name,
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
      ),
      scans: cases.filter(({ split }) => split === "validation").length,
      panels: this.#panels.map(({ panel }) => panel),
      withoutPanels: this.#panels.length > 0
        ? null
        : isPublic
        ? "Pictures come with the next epoch that is the best so far, or at the end."
        : "The manifest does not say that its scans are public: no picture of them is shown.",
    });
    const figures = new Map<string, string>();
    for (const { name, specification } of figuresOf(blocks)) {
      figures.set(name, await svg(specification));
    }
    const pictures = new Map(this.#panels.map(({ panel, png }) => [panelName(panel), png]));
    const html = page(blocks, { figures, pictures, files: false });
    writeAtomically(join(out, "index.html"), [html]);
    this.#written = performance.now();
  }

  /** The scans of the lowest, median and highest Dice. */
  #draw(scans: readonly ValidatedScan[]): DrawnPanel[] {
    const scored = scans.flatMap((scan) => scan.dice === null ? [] : [{ ...scan, dice: scan.dice }])
      .sort((a, b) => a.dice - b.dice || a.case - b.case);
    const last = scored.length - 1;
    const ranks: readonly (readonly [TrainingPanel["rank"], number])[] = last <= 0
      ? [["only", 0]]
      : [["worst", 0], ...(last > 1 ? [["median", last >> 1] as const] : []), ["best", last]];
    return ranks.filter(() => last >= 0).map(([rank, place]) => {
      const { case: index, dice, slice, plane: [height, width], grey, truth, mask } = scored[place];
      const scan = this.#request.cases.find((one) => one.index === index)?.id ?? `scan ${index}`;
      const picture = drawPanel({ height, width, grey, truth, predictions: [mask] });
      return { panel: { rank, scan, dice, slice }, png: encodePicture(picture) };
    });
  }
}
