/**
 * The parts of the check, in order of worth: what time does not suffice for is at the end.
 *
 * @module
 */

import type { NetworkRequest, Request, ScanRequest } from "./request.ts";

/** Tests to run on the GPU. */
export interface TestsRequest {
  readonly kind: "tests";
  /** The file, in the checkout. */
  readonly file: string;
  /** A regular expression of their names. */
  readonly filter: string;
  /** The tool of compute-sanitizer that watches; null for none. */
  readonly watchedBy: "memcheck" | "racecheck" | null;
}

/** A part: what is asked for, and the seconds that it may take at most. */
export interface Part {
  readonly name: string;
  /** What is asked for. */
  readonly request: TestsRequest | Exclude<Request, { kind: "device" }>;
  /** Seconds; below a tenth of this left, it is not begun. */
  readonly most: number;
}

/** Sizes and repetitions. */
interface Settings {
  readonly models: readonly { model: string; spatial: readonly number[]; batches: number[] }[];
  readonly scan: ScanRequest["shape"];
  readonly network: Pick<NetworkRequest, "rounds" | "runs" | "modes" | "patience">;
  readonly scans: Pick<ScanRequest, "rounds" | "runs" | "modes" | "patience">;
  readonly suite: string;
  readonly golden: string;
  readonly watched: string;
  /** Seconds that a part may take at most. */
  readonly most: Readonly<Record<Part["request"]["kind"], number>>;
}

/** Ops that between them launch every program of `native/`. */
const OWN_KERNELS = "chains|concat|pad|softmax|channel_|max_pool|sum|variance|instance_norm|prelu";

/** As in the paper, and for trying the check itself. */
const SETTINGS: Readonly<Record<"full" | "tiny", Settings>> = {
  full: {
    models: [
      { model: "vnet:paper206", spatial: [32, 512, 512], batches: [1] },
      { model: "unet", spatial: [512, 512], batches: [1, 16] },
    ],
    scan: [709, 512, 512],
    network: { rounds: 5, runs: 10, modes: ["eager", "compile"], patience: 240 },
    scans: { rounds: 3, runs: 1, modes: ["eager", "compile"], patience: 240 },
    suite: "/^cudnn \\w+: /",
    golden: "/^golden .* on cudnn$/",
    watched: `/^cudnn fp32: (${OWN_KERNELS})/`,
    most: { tests: 300, network: 330, scan: 330 },
  },
  tiny: {
    models: [{ model: "vnet:small", spatial: [16, 16, 16], batches: [1] }],
    scan: [19, 16, 16],
    network: { rounds: 2, runs: 1, modes: ["eager"], patience: 300 },
    scans: { rounds: 1, runs: 1, modes: ["eager"], patience: 300 },
    suite: "/^cudnn fp32: (relu|concat)$/",
    golden: "/^golden vnet-small-a on cudnn$/",
    watched: "/^cudnn fp32: relu$/",
    // the double computes on a processor that may be busy
    most: { tests: 900, network: 900, scan: 900 },
  },
};

/** Precisions that are timed, those that matter most first. */
const PRECISIONS = ["fp32", "bf16", "fp16", "tf32"];

/**
 * The parts of a check.
 *
 * @param precisions those that the backend computes in on this GPU
 * @param python the Python that has PyTorch; null where there is none
 */
export function partsOf(
  settings: "full" | "tiny",
  precisions: readonly string[],
  python: string | null,
): Part[] {
  const { models, scan, network, scans, suite, golden, watched, most } = SETTINGS[settings];
  const tests = (
    name: string,
    file: string,
    filter: string,
    watchedBy: TestsRequest["watchedBy"],
  ) => ({ name, request: { kind: "tests", file, filter, watchedBy }, most: most.tests }) as const;
  const timed = PRECISIONS.filter((one) => precisions.includes(one)).map((precision): Part[] => {
    const shared = { precision, python };
    const networks = models.flatMap(({ model, spatial, batches }) =>
      batches.map((batch): Part => ({
        name: `network ${model} ${precision}${batch === 1 ? "" : ` batch ${batch}`}`,
        request: { kind: "network", model, spatial: [...spatial], batch, ...shared, ...network },
        most: most.network,
      }))
    );
    const whole = models.map(({ model, spatial, batches }): Part => ({
      name: `scan ${model} ${precision}`,
      request: {
        kind: "scan",
        model,
        spatial: [...spatial],
        batch: batches[batches.length - 1],
        shape: scan,
        ...shared,
        ...scans,
      },
      most: most.scan,
    }));
    return [...networks, ...whole];
  });
  const [first = [], ...others] = timed;
  return [
    ...first,
    tests("backend suite", "tests/backend_suite_test.ts", suite, null),
    tests("golden numbers", "tests/golden_test.ts", golden, null),
    tests("kernels under memcheck", "tests/backend_suite_test.ts", watched, "memcheck"),
    ...others.flat(),
    tests("kernels under racecheck", "tests/backend_suite_test.ts", watched, "racecheck"),
  ];
}
