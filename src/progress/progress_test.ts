import assert from "node:assert/strict";
import { createProgress } from "./mod.ts";

Deno.test("away from a terminal progress is a few plain lines, and quiet is silent", () => {
  const told: string[] = [];
  const write = (text: string) => void told.push(text);
  const work = (quiet: boolean) => {
    const progress = createProgress({ quiet, terminal: false, write });
    progress.start("slices", 100);
    for (let i = 0; i < 100; i++) progress.advance();
    progress.note("a remark");
    progress.stop();
  };
  work(true);
  assert.deepEqual(told, []);
  work(false);
  assert.deepEqual(told, [
    "slices: 100 to do\n",
    "slices: 25 of 100\n",
    "slices: 50 of 100\n",
    "slices: 75 of 100\n",
    "a remark\n",
    "slices: done\n",
  ]);
});
