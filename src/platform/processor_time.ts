/**
 * Processor time of this process and of the thread that leads it.
 *
 * Where other programs share the cores, the time that something takes by the wall says as much of
 * them as of it; the time that its threads ran does not.
 *
 * @module
 */

/** Seconds of processor time since some fixed moment. */
export interface ProcessorTimes {
  /** Of the thread that asks, which leads the threads of native code. */
  readonly lead: number;
  /** Of all threads of this process. */
  readonly all: number;
}

/** `CLOCK_PROCESS_CPUTIME_ID` and `CLOCK_THREAD_CPUTIME_ID`. */
const CLOCKS = { all: 2, lead: 3 } as const;

const LIBC = {
  // int clock_gettime(clockid_t clock, struct timespec *time)
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Opened once and kept: it is read around every timed run. */
let libc: Deno.DynamicLibrary<typeof LIBC> | null | undefined;

/** Seconds and nanoseconds. */
const time = new BigInt64Array(2);

/**
 * The processor times now; null where the system does not tell them to the nanosecond, or without
 * leave. Node's own function counts a thread's in hundredths of a second.
 */
export function processorTimes(): ProcessorTimes | null {
  if (libc === undefined) libc = opened();
  if (libc === null) return null;
  const [lead, all] = [secondsOf(libc, CLOCKS.lead), secondsOf(libc, CLOCKS.all)];
  return lead === null || all === null ? null : { lead, all };
}

function secondsOf({ symbols }: Deno.DynamicLibrary<typeof LIBC>, clock: number): number | null {
  if (symbols.clock_gettime(clock, time) !== 0) return null;
  return Number(time[0]) + Number(time[1]) / 1e9;
}

function opened(): Deno.DynamicLibrary<typeof LIBC> | null {
  if (Deno.build.os !== "linux") return null;
  try {
    return Deno.dlopen("libc.so.6", LIBC);
  } catch {
    // without --allow-ffi, or with another C library, it stays unknown
    return null;
  }
}
