/**
 * What the processor was doing beside us while something was timed.
 *
 * @module
 */

import process from "node:process";
import { readSpecial } from "./proc.ts";

/** Seconds of processor time since some fixed moment, summed over the cores that we may use. */
export interface CpuTimes {
  /** In which anything ran. */
  readonly busy: number;
  /** In which the machine below this virtual one ran something else. */
  readonly stolen: number;
  /** In which this process ran. */
  readonly own: number;
  /** All of it, idle time included. */
  readonly total: number;
  /** Clock of the cores in MHz, mean; null where the system does not tell. */
  readonly megahertz: number | null;
}

/** What went on between two moments. */
export interface Activity {
  /** Cores that others kept busy, on average. */
  readonly others: number;
  /** Share of our cores' time that was stolen, 0 to 1. */
  readonly stolen: number;
  /** Clock at the end over that at the beginning; null where it is not known. */
  readonly clockRatio: number | null;
}

/** Ticks a second in `/proc/stat` (`USER_HZ`, 100 on every Linux that Deno runs on). */
const TICKS = 100;

/** The processor times now; null where the system does not tell. */
export function cpuTimes(): CpuTimes | null {
  const [stat, status] = [readSpecial("/proc/stat"), readSpecial("/proc/self/status")];
  if (stat === null || status === null) return null;
  const { user, system } = process.cpuUsage();
  return cpuTimesOf(stat, allowedCores(status), (user + system) / 1e6, clockOf());
}

/**
 * Processor times from the text of `/proc/stat`; null where it lists none of the cores.
 *
 * @param cores that count
 * @param own seconds of this process
 * @param megahertz the clock
 */
export function cpuTimesOf(
  stat: string,
  cores: ReadonlySet<number>,
  own: number,
  megahertz: number | null,
): CpuTimes | null {
  let [busy, stolen, total, found] = [0, 0, 0, 0];
  for (const [, core, fields] of stat.matchAll(/^cpu(\d+) (.*)$/gm)) {
    if (!cores.has(Number(core))) continue;
    found++;
    const [user, nice, system, idle, wait, irq, soft, steal = 0] = fields.trim().split(/\s+/)
      .map((ticks) => Number(ticks) / TICKS);
    const working = user + nice + system + irq + soft;
    busy += working;
    stolen += steal;
    total += working + steal + idle + wait;
  }
  return found > 0 ? { busy, stolen, own, total, megahertz } : null;
}

/**
 * The cores that `/proc/self/status` allows.
 *
 * @example
 * ```ts
 * import { allowedCores } from "./activity.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...allowedCores("Cpus_allowed_list:\t0-2,8\n")], [0, 1, 2, 8]);
 * ```
 */
export function allowedCores(status: string): ReadonlySet<number> {
  const [, list = ""] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status) ?? [];
  const cores = new Set<number>();
  for (const part of list.split(",").filter((text) => text !== "")) {
    const [first, last = first] = part.split("-").map(Number);
    for (let core = first; core <= last; core++) cores.add(core);
  }
  return cores;
}

/**
 * What went on between two moments; null where no time has passed between them.
 *
 * @example
 * ```ts
 * import { activityBetween } from "./activity.ts";
 * import assert from "node:assert/strict";
 * const before = { busy: 10, stolen: 0, own: 5, total: 100, megahertz: null };
 * const after = { busy: 17, stolen: 1, own: 10, total: 110, megahertz: null };
 * // two cores over five seconds: we had one of them, others 0.4
 * assert.deepEqual(activityBetween(before, after, 2), { others: 0.4, stolen: 0.1, clockRatio: null });
 * ```
 */
export function activityBetween(
  before: CpuTimes,
  after: CpuTimes,
  cores: number,
): Activity | null {
  const total = after.total - before.total;
  if (!(total > 0)) return null;
  const seconds = total / cores;
  const others = (after.busy - before.busy - (after.own - before.own)) / seconds;
  return {
    others: Math.max(0, others),
    stolen: Math.max(0, (after.stolen - before.stolen) / total),
    clockRatio: before.megahertz !== null && after.megahertz !== null && before.megahertz > 0
      ? after.megahertz / before.megahertz
      : null,
  };
}

function clockOf(): number | null {
  const kilohertz = readSpecial("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq");
  if (kilohertz !== null && Number(kilohertz) > 0) return Number(kilohertz) / 1000;
  const clocks = [...(readSpecial("/proc/cpuinfo") ?? "").matchAll(/^cpu MHz\s*:\s*([\d.]+)$/gm)]
    .map(([, text]) => Number(text));
  return clocks.length > 0 ? clocks.reduce((sum, one) => sum + one, 0) / clocks.length : null;
}
