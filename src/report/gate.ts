/**
 * What a gate found, told.
 *
 * @module
 */

import type {
  FactDifference,
  GateAccuracy,
  GateResult,
  GateSide,
  GateTime,
  GateTimeRow,
} from "../results/mod.ts";
import { type Block, heading, list, paragraph, table } from "./document.ts";
import { differenceText, hashText, NOTHING, percentText } from "./format.ts";
import { metricTextOf } from "./metrics.ts";
import { tame } from "./tame.ts";

const HEADINGS: Readonly<Record<GateResult["verdict"], string>> = {
  pass: "Gate: pass",
  regression: "Gate: regression",
  undecided: "Gate: undecided",
};

/** A gate as blocks: what was seen in words, then a table for each layer. */
export function gateBlocks(found: GateResult): Block[] {
  const gate = tame(found);
  const { verdict, sides, facts, accuracy, time, notes } = gate;
  return [
    heading(1, HEADINGS[verdict]),
    paragraph(
      `${sides.map(sideText).join(", ")}; suite ${gate.settings.suite}, ` +
        `${gate.settings.models.join(" and ")}, ${gate.settings.backend}.`,
    ),
    ...list(findings(gate)),
    ...table(
      "facts",
      "Facts that differ, without a clock",
      ["model", "fact", "what", "base", "new", "verdict"],
      (facts ?? []).map((one) => [
        one.model ?? NOTHING,
        one.kind,
        one.what,
        factText(one, one.base),
        factText(one, one.new),
        one.verdict,
      ]),
    ),
    ...table(
      "accuracy",
      `Accuracy by scan; ${gate.settings.margin} may be lost on average`,
      ["model", "measure", "base", "new", "difference", "worst scan", "n", "same masks", "verdict"],
      (accuracy ?? []).map(accuracyCells),
    ),
    ...(time ? timeBlocks(gate, time) : []),
    ...list(notes),
  ];
}

/** What each layer says, a sentence each; what fails the gate comes first of its layer. */
export function findings({ settings, facts, accuracy, time }: GateResult): string[] {
  const said: string[] = [];
  if (facts) {
    const worse = facts.filter(({ verdict }) => verdict === "worse");
    const others = facts.length - worse.length;
    said.push(
      ...worse.map((one) => factSentence(one)),
      worse.length > 0
        ? `facts: ${worse.length} worse, ${others} only told; accept a kind with --allow`
        : others > 0
        ? `facts: nothing worse, ${others} differ and are told`
        : "facts: all the same",
    );
  }
  if (accuracy) {
    const worse = accuracy.filter((row) => row.worse);
    const same = accuracy.every((row) => row.same === row.scans);
    said.push(
      ...worse.map(accuracySentence),
      ...(worse.length === 0
        ? [same ? "accuracy: all masks are the same" : "accuracy: within the margin"]
        : []),
    );
  }
  if (time) {
    const seen = time.rows.filter(({ verdict, confirmed }) =>
      verdict === "slower" && confirmed !== false
    )
      .map(timeSentence);
    said.push(...seen);
    if (time.verdict === "pass") {
      said.push(
        `time: as fast as the base: by the leading clock less than ${
          percentText(settings.tolerated)
        } slower in every row`,
      );
    } else if (time.verdict === "undecided") {
      said.push(`time: undecided: ${time.reason}${time.advice ? `; ${time.advice}` : ""}`);
    }
  }
  return said;
}

function sideText({ role, from, commit, changed }: GateSide): string {
  const what = commit ? hashText(commit) : `a ${from}`;
  return `${role}: ${what}${changed ? ` with ${changed} changed files` : ""}`;
}

/** A difference in one sentence. */
export function factSentence(one: FactDifference): string {
  const model = one.model ? `${one.model}: ` : "";
  const [base, other] = [factText(one, one.base), factText(one, one.new)];
  if (one.base === null) return `${model}${one.what} is new: ${other}`;
  if (one.new === null) return `${model}${one.what} is gone: ${base}`;
  return `${model}${one.what} went from ${base} to ${other}`;
}

/** A row of accuracy in one sentence. */
export function accuracySentence(row: GateAccuracy): string {
  const name = metricTextOf(row.measure);
  const lost = row.lost > 0 ? `, undefined on ${row.lost} scans where the base has it` : "";
  return `${row.model}: ${name} went from ${numberText(row.base)} to ${numberText(row.new)}${lost}`;
}

/** A row of time in one sentence. */
export function timeSentence(row: GateTimeRow): string {
  const sure = row.low > 1 ? `, at least ${shareText(row.low)}` : "";
  return `${row.model}, ${row.scope}: slower by ${
    shareText(row.ratio)
  } in ${row.clock} time${sure}`;
}

function factText({ kind }: FactDifference, value: string | null): string {
  if (value === null) return NOTHING;
  return kind === "masks" || kind === "weights" ? hashText(value) : value;
}

function accuracyCells(row: GateAccuracy): string[] {
  return [
    row.model,
    metricTextOf(row.measure),
    numberText(row.base),
    numberText(row.new),
    row.difference === null ? NOTHING : differenceText(row.difference),
    row.worst === null ? NOTHING : differenceText(row.worst),
    String(row.n),
    `${row.same} of ${row.scans}`,
    row.worse ? "worse" : "ok",
  ];
}

function timeBlocks({ settings, sides: [base] }: GateResult, { rows, planned }: GateTime): Block[] {
  return [
    ...table(
      "time",
      "Time, new by base",
      ["model", "scope", "clock", "ratio", "bounds", "noise", "blocks", "verdict"],
      rows.map((row) => [
        row.model,
        row.scope,
        row.leading ? `${row.clock} (leads)` : row.clock,
        row.ratio.toFixed(3),
        `${row.low > 0 ? row.low.toFixed(3) : NOTHING} to ${row.high?.toFixed(3) ?? NOTHING}`,
        row.noise === null ? NOTHING : percentText(row.noise),
        `${row.blocks} of ${planned}`,
        verdictText(row),
      ]),
    ),
    paragraph(base.from === "result" ? storedText(settings) : liveText(settings)),
  ];
}

/** How times of a stored base are judged. */
function storedText({ tolerated }: GateResult["settings"]): string {
  return `Units are fresh processes of either run. Called slower is a row whose lower bound is ` +
    `above 1 and whose ratio is at least ${(1 + tolerated).toFixed(3)}, and as fast one whose ` +
    `upper bound is below that. Noise is that between the stored processes.`;
}

/** How times of live processes are judged. */
function liveText(settings: GateResult["settings"]): string {
  return (
    `A block is three fresh processes, base twice and new, that ran in turn. Called slower is a ` +
    `row whose lower bound is above 1 and whose ratio is at least ${
      (1 + settings.floor).toFixed(3)
    }, and as fast one whose upper bound is below ${(1 + settings.tolerated).toFixed(3)}; the ` +
    `chance of a false alarm is ${percentText(settings.alpha)} for the whole gate. Noise is ` +
    `that of the base by itself. Where two clocks are told, the one that leads must be shown ` +
    `to be as fast; of the other a slow-down is only noticed.`
  );
}

function verdictText({ verdict, twinFires, confirmed }: GateTimeRow): string {
  if (twinFires) return "base differs from itself";
  if (verdict === "slower") return confirmed === false ? "slower, not seen again" : "slower";
  return verdict;
}

function numberText(value: number | null): string {
  return value === null ? "undefined" : value.toFixed(4);
}

/** By how much a ratio is above 1. */
function shareText(ratio: number): string {
  return percentText(ratio - 1);
}
