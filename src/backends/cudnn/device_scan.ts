/**
 * A whole scan on the GPU: while one group of slices is in the network, the next one comes up and
 * the mask of the one before goes down.
 *
 * @module
 */

import type { AxisTaps, FinishedSlices, ScanPlan } from "../scan.ts";
import {
  address,
  type Argument,
  f32,
  i32,
  i64,
  packArguments,
  type PackedArguments,
} from "./cuda/arguments.ts";
import { CopyStreams, type Pair } from "./cuda/copy_streams.ts";
import type { Gpu } from "./cuda/gpu.ts";
import { launchKernel, overElements } from "./cuda/launch.ts";
import type { PinnedMemory } from "./cuda/memory.ts";
import { type Program, PROGRAMS } from "./cuda/programs.ts";
import type { Resource } from "./cuda/resource.ts";
import type { CudaEvent } from "./cuda/stream.ts";
import { takeMask } from "./take_mask.ts";

/** The network that a scan passes through. */
export interface ScanNetwork {
  /** Where its input lies, floats in logical order. */
  readonly input: bigint;
  /** Where its output lies, likewise. */
  readonly output: bigint;
  /** Submits an execution. */
  compute(): void;
}

/**
 * A scan on its way through a network: what each group of slices finished, in order.
 *
 * @throws MissingError when the GPU has no room
 */
export function* scanThrough(
  gpu: Gpu,
  network: ScanNetwork,
  plan: ScanPlan,
): Generator<FinishedSlices, void> {
  gpu.makeCurrent();
  using scan = new DeviceScan(gpu, network, plan);
  // who asks for probabilities stops the watch meanwhile: nothing may go on behind its back
  const ahead = plan.probabilities ? 0 : 1;
  for (let group = 0; group < plan.groups.length + ahead; group++) {
    gpu.makeCurrent();
    if (group < plan.groups.length) scan.submit(group);
    if (plan.probabilities) scan.settle();
    if (group >= ahead) yield scan.finish(group - ahead);
  }
}

/** The kernels of scans, compiled and loaded ahead of the first one. */
export function prepareScans({ modules }: Gpu): void {
  for (const kernel of PROGRAMS.scan.kernels) modules.kernel("scan", kernel, { type: "f32" });
}

/** Taps on the device, as kernels take them. */
type DeviceTaps = readonly [start: Argument, first: Argument, weights: Argument];

/** Numbers that say what a slice adds: its weight, whether it is the first, the total. */
const SHARE_NUMBERS = 3;
const SHARE_BYTES = SHARE_NUMBERS * Float64Array.BYTES_PER_ELEMENT;

/** Elements from which on an index takes 64 bits. */
const MANY = 2 ** 30;

class DeviceScan implements Disposable {
  readonly #gpu: Gpu;
  readonly #network: ScanNetwork;
  readonly #plan: ScanPlan;
  readonly #owned: DisposableStack;
  readonly #copies: CopyStreams;
  /** Stored slices, and what carries them there. */
  readonly #codes: Resource;
  readonly #carriers: Pair<PinnedMemory>;
  readonly #uploaded: Pair<CudaEvent>;
  /** The slices of a group were read; the mask of one is made. */
  readonly #read: CudaEvent;
  readonly #made: CudaEvent;
  /** Masks of finished slices, what brings them back, and their probabilities. */
  readonly #masks: Pair<Resource>;
  readonly #returns: Pair<PinnedMemory>;
  readonly #downloaded: Pair<CudaEvent>;
  readonly #probabilities: Pair<Resource> | null;
  /** Slices resized along rows; sums of probabilities. */
  readonly #between: Resource;
  readonly #sums: Resource;
  /** What a kernel is being launched with, which must not be collected meanwhile. */
  #arguments: PackedArguments | undefined;
  readonly #table: bigint;
  readonly #shares: bigint;
  readonly #shrink: { readonly rows: DeviceTaps; readonly columns: DeviceTaps };
  readonly #stretch: { readonly rows: DeviceTaps; readonly columns: DeviceTaps };

  constructor(gpu: Gpu, network: ScanNetwork, plan: ScanPlan) {
    this.#gpu = gpu;
    this.#network = network;
    this.#plan = plan;
    const { codes, slice: [height, width], plane: [rows, columns], size } = plan;
    using stack = new DisposableStack();
    const room = (bytes: number, what: string) => stack.use(gpu.memory.allocate(bytes, what));
    const pinned = (bytes: number) => stack.use(gpu.pinned.take(bytes, "slices of the scan"));
    const event = () => stack.use(gpu.newEvent());
    const pair = <T>(make: () => T): Pair<T> => [make(), make()];
    const slices = size * height * width;
    this.#copies = new CopyStreams(gpu, stack);
    this.#codes = room(slices * codes.BYTES_PER_ELEMENT, "slices of the scan");
    this.#carriers = pair(() => pinned(slices * codes.BYTES_PER_ELEMENT));
    this.#uploaded = pair(event);
    [this.#read, this.#made] = [event(), event()];
    this.#masks = pair(() => room(slices, "a mask"));
    this.#returns = pair(() => pinned(slices));
    this.#downloaded = pair(event);
    this.#probabilities = plan.probabilities
      ? pair(() => room(slices * Float32Array.BYTES_PER_ELEMENT, "probabilities"))
      : null;
    this.#between = room(
      size * Math.max(height * columns, rows * width) * Float64Array.BYTES_PER_ELEMENT,
      "slices that are resized",
    );
    this.#sums = room(
      size * rows * columns * Float32Array.BYTES_PER_ELEMENT,
      "sums of probabilities",
    );
    const constant = (elements: BufferSource & { byteLength: number }, what: string) => {
      const memory = room(elements.byteLength, what);
      gpu.stream.upload(elements, memory.id, what);
      return memory.id;
    };
    const taps = ({ start, first, weights }: AxisTaps): DeviceTaps => [
      address(constant(start, "taps")),
      address(constant(first, "taps")),
      address(constant(weights, "taps")),
    ];
    const both = (of: ScanPlan["shrink"]) => ({ rows: taps(of.rows), columns: taps(of.columns) });
    const shares = new Float64Array(plan.groups.length * size * SHARE_NUMBERS);
    plan.groups.forEach((group, i) =>
      shares.set(
        group.shares.flatMap(({ weight, first, total }) => [weight, Number(first), total]),
        i * size * SHARE_NUMBERS,
      )
    );
    this.#table = constant(plan.table, "the window");
    this.#shares = constant(shares, "shares of slices");
    this.#shrink = both(plan.shrink);
    this.#stretch = both(plan.stretch);
    gpu.stream.synchronize("the tables of a scan");
    this.#copies.settleBeforeFreeing(stack);
    this.#owned = stack.move();
  }

  /** Submits a group, and all copies that its neighbours need meanwhile. */
  submit(group: number): void {
    if (group === 0) this.#upload(0);
    this.#compute(group);
    if (group + 1 < this.#plan.groups.length) this.#upload(group + 1);
    this.#download(group);
  }

  /** Waits for everything that was submitted. */
  settle(): void {
    this.#copies.settle("a scan");
  }

  /** Waits for the mask of a group. */
  finish(group: number): FinishedSlices {
    const { slice: [height, width], mask } = this.#plan;
    const { start, stop } = this.#finished(group);
    const size = height * width;
    this.#of(this.#downloaded, group).synchronize("a mask");
    const done = this.#of(this.#returns, group).bytes.subarray(0, (stop - start) * size);
    const finite = takeMask(done, mask.subarray(start * size, stop * size));
    return { start, stop, finite, probabilities: () => this.#downloadProbabilities(group) };
  }

  #of<T>(pair: Pair<T>, group: number): T {
    return pair[group % 2];
  }

  /** Slices that no group behind one touches. */
  #finished(group: number): { readonly start: number; readonly stop: number } {
    const { groups } = this.#plan;
    const { start, stop } = groups[group];
    return { start, stop: groups[group + 1]?.start ?? stop };
  }

  /** Brings up the slices that no group before one had, once their places are free. */
  #upload(group: number): void {
    const { codes, slice: [height, width], groups, size } = this.#plan;
    const bytes = height * width * codes.BYTES_PER_ELEMENT;
    const carrier = this.#of(this.#carriers, group);
    const uploaded = this.#of(this.#uploaded, group);
    uploaded.synchronize("slices of the scan");
    const from = group === 0 ? 0 : groups[group - 1].stop;
    const { stop } = groups[group];
    const source = new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
    carrier.bytes.set(source.subarray(from * bytes, stop * bytes));
    this.#copies.up.waitEvent(this.#read);
    // the places of a group's slices may go round the end of the ring
    for (let z = from; z < stop;) {
      const place = z % size;
      const count = Math.min(stop - z, size - place);
      this.#copies.up.upload(
        carrier.bytes.subarray((z - from) * bytes, (z - from + count) * bytes),
        this.#codes.id + BigInt(place * bytes),
        "slices of the scan",
      );
      z += count;
    }
    this.#copies.up.recordEvent(uploaded);
  }

  #compute(group: number): void {
    const { codes, slice: [height, width], plane: [rows, columns], size } = this.#plan;
    const { start: begin, stop } = this.#plan.groups[group];
    const { channels, foreground } = this.#plan;
    const used = stop - begin;
    const done = this.#finished(group).stop - begin;
    const wide = Number(codes.BYTES_PER_ELEMENT === 2);
    const [between, sums] = [address(this.#between.id), address(this.#sums.id)];
    const { input, output } = this.#network;
    const { stream } = this.#gpu;
    stream.waitEvent(this.#of(this.#uploaded, group));
    this.#over("window_rows", used * height * columns, (n) => [
      ...[address(this.#codes.id), i32(wide), address(this.#table), between, n],
      ...[i32(begin), i32(size), i32(height), i32(width), i32(columns)],
      ...this.#shrink.columns,
    ]);
    stream.recordEvent(this.#read);
    this.#over("fill_input", size * rows * columns, (n) => [
      ...[between, address(input), n, i32(used), i32(height), i32(columns), i32(rows)],
      ...[i32(channels), ...this.#shrink.rows],
    ]);
    this.#network.compute();
    // of every group there are as many as slices fit in
    const shares = this.#shares + BigInt(group * size * SHARE_BYTES);
    this.#over("stitch", used * rows * columns, (n) => [
      ...[address(output), sums, n, i32(begin), i32(size), i64(rows * columns)],
      ...[i64(foreground.from), i64(foreground.stride), address(shares)],
    ]);
    this.#over("stretch_rows", done * rows * width, (n) => [
      ...[sums, between, n, i32(begin), i32(size), i32(rows), i32(columns), i32(width)],
      ...this.#stretch.columns,
    ]);
    const probabilities = this.#probabilities && this.#of(this.#probabilities, group).id;
    this.#over("make_mask", done * height * width, (n) => [
      ...[between, address(this.#of(this.#masks, group).id), address(probabilities ?? 0n), n],
      ...[i32(rows), i32(width), i32(height), f32(this.#plan.threshold), ...this.#stretch.rows],
    ]);
    stream.recordEvent(this.#made);
  }

  #download(group: number): void {
    const { slice: [height, width] } = this.#plan;
    const { start, stop } = this.#finished(group);
    const there = this.#of(this.#returns, group).bytes.subarray(0, (stop - start) * height * width);
    this.#copies.down.waitEvent(this.#made);
    this.#copies.down.download(this.#of(this.#masks, group).id, there, "a mask");
    this.#copies.down.recordEvent(this.#of(this.#downloaded, group));
  }

  #downloadProbabilities(group: number): Float32Array<ArrayBuffer> {
    const { slice: [height, width] } = this.#plan;
    const { start, stop } = this.#finished(group);
    const found = new Float32Array(this.#probabilities ? (stop - start) * height * width : 0);
    if (!this.#probabilities) return found;
    this.#gpu.makeCurrent();
    const { id } = this.#of(this.#probabilities, group);
    this.#gpu.downloads.run(this.#copies.down, [{ from: id, to: found, what: "probabilities" }]);
    return found;
  }

  #over(kernel: Program<"scan">, n: number, args: (n: Argument) => readonly Argument[]): void {
    const { stream, modules, facts } = this.#gpu;
    const { size, slice: [height, width], plane: [rows, columns], channels } = this.#plan;
    const most = size * Math.max(height, rows) * Math.max(width, columns) * channels;
    const wide = most >= MANY;
    this.#arguments = packArguments(args(i64(n)), () => 0n);
    launchKernel(stream, {
      context: "a scan",
      kernel,
      id: modules.kernel("scan", kernel, { type: "f32", wide }),
      ...overElements(n, facts.multiprocessors),
      args: this.#arguments,
    });
  }

  /** Frees everything, once nothing runs any more. */
  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}
