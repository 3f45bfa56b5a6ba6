import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { createProgress, type Progress } from "./mod.ts";

/** What is told of a piece of work, with a clock that the work turns. */
function tell(
  options: { quiet?: boolean; terminal?: boolean; columns?: number },
  work: (progress: Progress, wait: (seconds: number) => void) => void,
): string[] {
  const told: string[] = [];
  let time = 0;
  using progress = createProgress({
    quiet: false,
    terminal: false,
    ...options,
    write: (text) => void told.push(text),
    now: () => time,
  });
  work(progress, (seconds) => time += seconds);
  return told;
}

const hundredSlices = (progress: Progress) => {
  progress.start("slices", 100);
  for (let i = 0; i < 100; i++) progress.advance();
  progress.note("a remark");
  progress.stop();
};

Deno.test("quiet is silent", () => {
  assert.deepEqual(tell({ quiet: true }, hundredSlices), []);
});

Deno.test("away from a terminal progress is a few plain lines", () => {
  assert.deepEqual(tell({}, hundredSlices), [
    "slices: 100 to do\n",
    "slices: 25 of 100\n",
    "slices: 50 of 100\n",
    "slices: 75 of 100\n",
    "a remark\n",
    "slices: done\n",
  ]);
});

Deno.test("slow work is told of each half minute, with its pace; nothing ends untold", () => {
  const told = tell({}, (progress, wait) => {
    progress.start("scans", 100);
    for (let i = 0; i < 4; i++) {
      wait(20);
      progress.advance();
    }
    progress.start("next", 1);
  });
  assert.deepEqual(told, [
    "scans: 100 to do\n",
    "scans: 2 of 100, 20 s each, 32:40 left\n",
    "scans: 4 of 100, 20 s each, 32:00 left\n",
    "scans: stopped at 4 of 100\n",
    "next: 1 to do\n",
    "next: stopped at 0 of 1\n",
  ]);
});

Deno.test("on a terminal a bar goes on after a remark, fits the width, and ends when disposed of", () => {
  const told = tell({ terminal: true, columns: 50 }, (progress, wait) => {
    progress.start("slices", 8);
    wait(2);
    progress.advance(4);
    progress.note("a remark");
    progress.advance(2);
    progress.note("another");
  });
  const shown = told.map(stripVTControlCharacters).filter((text) => text.trim());
  const half = "slices [===============---------------] 4/8, 2.0/s, 0:02 left";
  assert.deepEqual(shown.filter((text, i) => text !== shown[i - 1]), [
    "slices [------------------------------] 0/8",
    half.slice(0, 50),
    "a remark\n",
    half.slice(0, 50),
    "slices [=======================-------] 6/8, 3.0/s, 0:01 left".slice(0, 50),
    "another\n",
    "slices [=======================-------] 6/8, 3.0/s, 0:01 left".slice(0, 50),
  ]);
});
