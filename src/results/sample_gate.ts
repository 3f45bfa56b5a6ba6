/**
 * A small complete gate, for tests.
 *
 * @module
 */

import type { GateResult, GateTimeRow } from "./records.ts";

const HASH = "0123456789abcdef".repeat(4);

/** A gate of one model that found something in every layer. */
export function sampleGate(): GateResult {
  const row: GateTimeRow = {
    model: "vnet:small",
    scope: "network",
    clock: "processor",
    leading: true,
    blocks: 7,
    ratio: 1.0534,
    low: 1.021,
    high: 1.081,
    noise: 0.013,
    twinFires: false,
    verdict: "slower",
    confirmed: true,
  };
  const run = (role: "base" | "twin" | "new", elapsed: number) => ({
    role,
    elapsed,
    processor: elapsed / 2,
  });
  const runs = [run("base", 0.1), run("new", 0.11), run("twin", 0.1), run("new", 0.13)];
  return {
    schema: "stackbench/gate",
    version: 1,
    tool: { name: "stackbench", version: "0.1.0", commit: null },
    verdict: "regression",
    sides: [
      { role: "base", from: "commit", commit: HASH.slice(0, 40), changed: 0 },
      { role: "new", from: "folder", commit: HASH.slice(0, 40), changed: 2 },
    ],
    settings: {
      suite: "quick",
      models: ["vnet:small"],
      layers: ["facts", "accuracy", "time"],
      scopes: ["network"],
      backend: "onednn",
      precision: "fp32",
      margin: 0.005,
      tolerated: 0.05,
      floor: 0.02,
      alpha: 0.01,
      budgetMinutes: 10,
      allowed: ["memory"],
      seed: 1,
      injected: null,
    },
    facts: [
      {
        model: "vnet:small",
        kind: "kernels",
        what: 'step 12 (conv: "3x3" & more)',
        base: "brgconv:avx512_core",
        new: "ref:any",
        verdict: "worse",
      },
      {
        model: "vnet:small",
        kind: "memory",
        what: "bytes of activations",
        base: "100",
        new: "200",
        verdict: "allowed",
      },
    ],
    accuracy: [{
      model: "vnet:small",
      measure: "dice",
      scans: 2,
      same: 0,
      n: 2,
      base: 0.8,
      new: 0.7,
      difference: -0.1,
      worst: -0.2,
      lost: 0,
      worse: true,
    }],
    time: {
      verdict: "slower",
      reason: "slower: vnet:small, network, by processor time",
      advice: null,
      planned: 12,
      rows: [row, {
        ...row,
        clock: "elapsed",
        leading: false,
        low: 0,
        high: null,
        verdict: "open",
        confirmed: null,
      }],
      blocks: [{
        model: "vnet:small",
        confirming: false,
        others: 0.5,
        scopes: [{ scope: "network", runs }],
      }],
    },
    notes: [],
  };
}
