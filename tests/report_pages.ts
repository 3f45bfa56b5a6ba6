/**
 * Reports for tests: pages of results, and results that are hard to tell.
 *
 * @module
 */

import { groupResults } from "../src/comparison/mod.ts";
import type { Block, PageParts, Viewer } from "../src/report/mod.ts";
import { figuresOf, page, picturesOf, report, type ReportOptions } from "../src/report/mod.ts";
import { svg } from "../src/report/plots/svg.ts";
import { viewerScan } from "../src/report/viewer/mod.ts";
import { readRunResult, type RunResult } from "../src/results/mod.ts";

/** A picture of one grey pixel. */
const PIXEL = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
);

/** The page of results; its pictures are one pixel each. */
export async function pageOf(
  results: readonly RunResult[],
  options: ReportOptions = {},
): Promise<string> {
  const compared = groupResults(results);
  return await pageOfBlocks(report(results, { hasPicture: () => true, compared, ...options }));
}

/** The page of blocks; its pictures are one pixel each. */
export async function pageOfBlocks(
  blocks: readonly Block[],
  options: Pick<PageParts, "files"> = {},
): Promise<string> {
  const figures = new Map<string, string>();
  for (const { name, specification } of figuresOf(blocks)) {
    figures.set(name, await svg(specification));
  }
  const pictures = new Map(picturesOf(blocks).map(({ name }) => [name, PIXEL]));
  return page(blocks, { figures, pictures, ...options });
}

/** A whole run of everything in small, as it was recorded. */
export function recordedResult(): RunResult {
  return readRunResult(
    new URL("../fixtures/results/run_result_v2.json", import.meta.url).pathname,
  );
}

/** What a scan for the viewer is made like. */
export interface ScanRequest {
  /** Index of its case. */
  readonly case: number;
  /** Voxels along z, y, x. */
  readonly shape: readonly [number, number, number];
  /** HU of a voxel. */
  readonly hu: (z: number, at: number) => number;
}

/** The truth, a 2-D and a 3-D mask: a square that grows with the slice, larger ones around it. */
export function scanForViewer({ case: index, shape, hu }: ScanRequest, side: number) {
  const [slices, height, width] = shape;
  const plane = height * width;
  const voxels = new Int16Array(slices * plane);
  for (let z = 0; z < slices; z++) {
    for (let at = 0; at < plane; at++) voxels[z * plane + at] = hu(z, at);
  }
  const square = (margin: number) => {
    const mask = new Uint8Array(slices * plane);
    for (let z = 1; z < slices; z++) {
      const half = Math.ceil(z / slices * height / 4) + margin;
      for (let y = height / 2 - half; y < height / 2 + half; y++) {
        const row = z * plane + y * width + width / 2;
        mask.fill(1, row - half, row + half);
      }
    }
    return mask;
  };
  return viewerScan({
    case: index,
    text: `scan ${index}`,
    volume: { voxels, shape, rescale: [{ slope: 1, intercept: 0 }], spacing: [5, 1, 1] },
    window: {
      from: "lung",
      windows: [{ center: -600, width: 1500, function: "LINEAR" }],
      scale: 1,
      warnings: [],
    },
    windowText: "lung -600/1500",
    truth: square(0),
    masks: [
      { text: "u (2D)", of: "2D", mask: square(1) },
      { text: "v (3D)", of: "3D", mask: square(2) },
    ],
  }, side);
}

/** The same as the viewers of a report that has one result. */
export function viewersOf(
  scans: Viewer["scans"],
): ReadonlyMap<number, Pick<Viewer, "scans" | "start">> {
  return new Map([[0, { scans, start: { case: scans[0].case } }]]);
}

/** What no name should be able to do: markup, scripts, marks of direction, control characters. */
export const HOSTILE = [
  `"><script>document.title = "taken"</script>`,
  `'><img src=x onerror="document.title='taken'">`,
  "</script><script>document.title = 'taken'</script>",
  "</style><style>body{display:none}</style>",
  "javascript:document.title='taken'",
  "\u202eevil\u202c right to left",
  "שלום עולם",
  "zero\u0000 bell\u0007 lone \ud800 surrogate",
  "=cmd|' /C calc'!A0",
  "| a | b |\n# not a title",
  "\\input{/etc/passwd} $x^2$ %",
  "x".repeat(400),
] as const;

/** A result whose every text that may be free is hostile, by turns. */
export function hostileResult(result: RunResult): RunResult {
  let turn = 0;
  const names = new Map<string, string>();
  // the same name is the same everywhere
  const hostile = (text: string) => {
    const known = names.get(text) ?? `${HOSTILE[turn++ % HOSTILE.length]} ${turn}`;
    names.set(text, known);
    return known;
  };
  const free = new Set(["id", "model", "name", "reason", "message", "advice", "window", "os"]);
  const models = new Set(result.models.map(({ id }) => id));
  const walk = (value: unknown, key = ""): unknown => {
    if (typeof value === "string") {
      return free.has(key) || models.has(value) ? hostile(value) : value;
    }
    if (Array.isArray(value)) return value.map((one) => walk(one, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([inner, one]) => [
        models.has(inner) ? hostile(inner) : inner,
        walk(one, inner),
      ]),
    );
  };
  return { ...walk(result) as RunResult, tool: result.tool };
}

/** A result of many scans, as many copies of the scans of a small one. */
export function manyScans(result: RunResult, count: number): RunResult {
  const { cases } = result.dataset;
  const copies = Array.from({ length: count }, (_, index) => ({
    ...cases[index % cases.length],
    index,
    id: `many-${String(index).padStart(3, "0")}`,
    patient: index,
  }));
  const spread = <T extends { readonly case: number }>(records: readonly T[]) =>
    copies.flatMap(({ index }) =>
      records.filter((one) => one.case === index % cases.length)
        .map((one) => ({ ...one, case: index }))
    );
  const { dice, area_plot, masks } = result.experiments;
  return {
    ...result,
    dataset: { ...result.dataset, cases: copies },
    predictions: spread(result.predictions),
    experiments: {
      ...result.experiments,
      ...(dice?.status === "done"
        ? {
          dice: {
            ...dice,
            models: dice.models.map((one) => ({ ...one, scans: spread(one.scans) })),
          },
        }
        : {}),
      ...(area_plot?.status === "done"
        ? { area_plot: { ...area_plot, scans: spread(area_plot.scans) } }
        : {}),
      ...(masks?.status === "done" ? { masks: { ...masks, panels: spread(masks.panels) } } : {}),
    },
    timing: { ...result.timing, cases: spread(result.timing.cases) },
  };
}
