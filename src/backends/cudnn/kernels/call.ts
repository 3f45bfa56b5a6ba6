/**
 * Calls: what an executable does whenever it runs, one after another.
 *
 * @module
 */

import type { NamedWork } from "./work.ts";

/** Something to do whenever the executable runs. */
export interface Call {
  /** What does it. */
  readonly implementation: string;
  /** Bytes of scratch memory that it needs, by slot. */
  readonly scratch: readonly number[];
  /** What its kernels do, one after another. */
  readonly work: readonly NamedWork[];
  /**
   * Tells it where scratch memory is; it may be told again.
   *
   * @param addresses by slot
   * @param owned takes over what is made for that
   */
  place(addresses: readonly bigint[], owned: DisposableStack): void;
  /** Submits it to the stream. */
  run(): void;
}

/** Bytes of scratch memory, by slot, that serve each of some calls. */
export function scratchFor(calls: readonly Pick<Call, "scratch">[]): number[] {
  const most: number[] = [];
  for (const { scratch } of calls) {
    scratch.forEach((bytes, slot) => most[slot] = Math.max(most[slot] ?? 0, bytes));
  }
  return Array.from(most, (bytes) => bytes ?? 0);
}

/** Calls as one. */
export function together(calls: readonly Call[]): Call {
  return {
    implementation: calls.map(({ implementation }) => implementation).join(" + "),
    scratch: scratchFor(calls),
    work: calls.flatMap(({ work }) => work),
    place: (addresses, owned) => calls.forEach((call) => call.place(addresses, owned)),
    run: () => calls.forEach((call) => call.run()),
  };
}
