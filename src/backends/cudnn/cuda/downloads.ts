/**
 * Downloads through pinned memory, which a GPU writes by itself; memory of any other kind it leaves
 * to the driver, piece by piece, while the caller waits.
 *
 * @module
 */

import type { Memory, PinnedMemory } from "./memory.ts";
import type { CudaEvent, Stream } from "./stream.ts";

/** Bytes of the device, and where they go. */
export interface Download {
  /** Address on the device. */
  readonly from: bigint;
  readonly to: ArrayBufferView<ArrayBuffer>;
  /** What it is, to be named in an error. */
  readonly what: string;
}

/** Bytes of each of two buffers at most: while one is filled, the other one is emptied. */
const LARGEST = 16 << 20;

/** A piece of a download, and where in a buffer it comes to lie. */
interface Piece {
  readonly download: Download;
  readonly start: number;
  readonly stop: number;
  readonly place: number;
}

/** Two buffers for downloads, made when they are first needed. */
export class Downloads implements Disposable {
  readonly #memory: Memory;
  readonly #newEvent: () => CudaEvent;
  #owned = new DisposableStack();
  #buffers: readonly PinnedMemory[] = [];
  #filled: readonly CudaEvent[] = [];

  /** @param newEvent makes an event of the memory's GPU */
  constructor(memory: Memory, newEvent: () => CudaEvent) {
    this.#memory = memory;
    this.#newEvent = newEvent;
  }

  /**
   * Downloads behind what was submitted to a stream, and waits.
   *
   * @throws MissingError when the host has no room for the buffers
   */
  run(stream: Stream, downloads: readonly Download[]): void {
    const loads = loadsOf(downloads);
    this.#grow(Math.max(0, ...loads.map(sizeOf)));
    loads.forEach((load, i) => {
      this.#submit(stream, load, i);
      if (i > 0) {
        const [what] = loads[i - 1];
        this.#filled[(i - 1) % 2].synchronize(what.download.what);
        this.#empty(loads[i - 1], i - 1);
      }
    });
    stream.synchronize(downloads.map(({ what }) => what).join(", "));
    if (loads.length > 0) this.#empty(loads[loads.length - 1], loads.length - 1);
  }

  #submit(stream: Stream, load: readonly Piece[], turn: number): void {
    const { bytes } = this.#buffers[turn % 2];
    for (const { download: { from, what }, start, stop, place } of load) {
      stream.download(from + BigInt(start), bytes.subarray(place, place + stop - start), what);
    }
    if (this.#filled.length > 0) stream.recordEvent(this.#filled[turn % 2]);
  }

  #empty(load: readonly Piece[], turn: number): void {
    const { bytes } = this.#buffers[turn % 2];
    for (const { download: { to }, start, stop, place } of load) {
      new Uint8Array(to.buffer, to.byteOffset, to.byteLength)
        .set(bytes.subarray(place, place + stop - start), start);
    }
  }

  /** Makes the buffers large enough; events are needed where one does not suffice. */
  #grow(size: number): void {
    if ((this.#buffers[0]?.bytes.length ?? 0) >= size) return;
    this.#owned.dispose();
    using owned = new DisposableStack();
    [this.#buffers, this.#filled] = [[], []];
    const several = size === LARGEST;
    const buffers = (several ? [0, 1] : [0])
      .map(() => owned.use(this.#memory.allocatePinned(size, "downloads")));
    const filled = several ? buffers.map(() => owned.use(this.#newEvent())) : [];
    [this.#buffers, this.#filled, this.#owned] = [buffers, filled, owned.move()];
  }

  /** Frees the buffers. */
  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}

/** Pieces that fill a buffer each. */
function loadsOf(downloads: readonly Download[]): Piece[][] {
  const loads: Piece[][] = [];
  let place = LARGEST;
  for (const download of downloads) {
    for (let start = 0; start < download.to.byteLength;) {
      if (place === LARGEST) {
        loads.push([]);
        place = 0;
      }
      const stop = Math.min(download.to.byteLength, start + LARGEST - place);
      loads[loads.length - 1].push({ download, start, stop, place });
      place += stop - start;
      start = stop;
    }
  }
  return loads;
}

function sizeOf(load: readonly Piece[]): number {
  const { place, start, stop } = load[load.length - 1];
  return place + stop - start;
}
