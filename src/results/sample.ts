/**
 * A small complete RunResult, for tests.
 *
 * @module
 */

import type { RunResult } from "./records.ts";

const HASH = "0123456789abcdef".repeat(4);

/** Results of one public scan of three slices, on one model of each kind. */
export function sampleRunResult(): RunResult {
  const prediction = {
    case: 0,
    executions: 1,
    maskSha256: HASH,
    voxels: 3,
    slicePixels: [0, 1, 2],
    truePositives: 2,
    metrics: { dice: { value: 0.8 }, hd95: { value: null, reason: "no spacing" } },
    runs: [],
  };
  const model = {
    options: {},
    parameters: 10,
    flops: 1e9,
    graphHash: HASH,
    weights: { source: "file", sha256: HASH },
  } as const;
  return {
    schema: "stackbench/run-result",
    version: 2,
    minor: 0,
    status: "partial",
    tool: { name: "stackbench", version: "0.1.0", commit: null },
    suite: { name: "sample", sha256: HASH, seed: 1, threshold: 0.2, precision: "fp32" },
    environment: {
      os: "linux",
      arch: "x86_64",
      deno: "2.9.6",
      v8: "15.0",
      cpu: { model: "a processor", cores: 2 },
      memory: 8e9,
      backend: { name: "onednn", device: "cpu", isa: "avx2", threads: 2, libraries: { x: "3.2" } },
    },
    models: [
      {
        ...model,
        id: "u",
        name: "unet:small",
        dimensions: 2,
        input: [8, 1, 128, 128],
        stack: null,
      },
      {
        ...model,
        id: "v",
        name: "vnet:small",
        dimensions: 3,
        input: [1, 1, 32, 128, 128],
        stack: { size: 32, overlap: 0, stitching: "mean" },
      },
    ],
    dataset: {
      name: "sample",
      manifestSha256: HASH,
      cases: [{
        index: 0,
        id: "a",
        split: "test",
        patient: 0,
        shape: [3, 2, 2],
        spacing: null,
        voxelsSha256: HASH,
        window: "lung (-600/1500)",
        notes: [{ kind: "found", rule: "sorted-by-position", message: "sorted by position" }],
        truth: { sha256: HASH, voxels: 2, slicePixels: [0, 1, 1] },
      }],
    },
    predictions: [{ ...prediction, model: "u" }, { ...prediction, model: "v" }],
    failures: [],
    experiments: {
      dataset: {
        status: "done",
        splits: [{
          split: "test",
          scans: 1,
          patients: 1,
          slices: 3,
          positiveSlices: 2,
          prevalence: 2 / 3,
          slicesPerScan: [3],
          histogram: { from: 0, width: 50, counts: [1] },
        }],
      },
      dice: {
        status: "done",
        splits: ["test"],
        models: ["u", "v"].map((model) => ({
          model,
          mean: { value: 0.8 },
          pooled: { value: 0.8 },
          undefinedScans: 0,
          scans: [{ case: 0, value: 0.8 }],
        })),
      },
      consecutive: { status: "refused", reason: "no run of four positive slices" },
    },
    warnings: [{ code: "few-processes", message: "3 processes", advice: "ask for 5" }],
    timing: {
      cases: [{
        model: "u",
        case: 0,
        phases: { read: 0.1, execute: 2 },
        caseSeconds: 2.2,
        endToEndSeconds: 2.4,
        peakRss: 1e9,
      }],
      inference: [],
      warnings: [],
    },
    volatile: {
      startedAt: "2026-01-01T00:00:00.000Z",
      writtenAt: "2026-01-01T00:00:01.000Z",
      loadAverage: 0.5,
      memoryAvailable: 4e9,
    },
  };
}
