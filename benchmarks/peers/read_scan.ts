/**
 * Seconds that a scan takes from files to HU, those of all processors, and the sum of its HU.
 *
 *     deno run --allow-read --allow-env --allow-sys benchmarks/peers/read_scan.ts SCAN
 *
 * The scan is read twice; the second time counts, as with peers whose imports are not counted.
 *
 * @module
 */

import process from "node:process";
import { hounsfieldSlice, readScan } from "../../src/imaging/mod.ts";

const [path] = Deno.args;

const warm = readScan(path);
hounsfieldSlice(warm, 0);
const used = process.cpuUsage();
const start = performance.now();
const volume = readScan(path);
const slices = Array.from(
  { length: volume.shape[0] },
  (_, index) => hounsfieldSlice(volume, index),
);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(used);
const sum = slices.reduce((all, hu) => hu.reduce((total, value) => total + value, all), 0);
const text = JSON.stringify({ seconds, cpu: (user + system) / 1e6, sum });
Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
