/**
 * Streams, in which work is done one piece after another, and events: points in them.
 *
 * @module
 */

import type { Driver } from "./driver.ts";
import { OUT } from "./foreign.ts";
import { Resource } from "./resource.ts";
import { EVENT_RECORD_EXTERNAL, STREAM_NON_BLOCKING } from "./symbols/driver.ts";

export class Stream implements Disposable {
  /** The driver that it is of. */
  readonly driver: Driver;
  readonly #resource: Resource;

  /**
   * Creates one in the current context.
   *
   * @param context what it is for, to be named in an error
   */
  constructor(driver: Driver, context: string) {
    this.driver = driver;
    const { cuStreamCreate, cuStreamDestroy_v2 } = driver.symbols;
    driver.check(cuStreamCreate(OUT, STREAM_NON_BLOCKING), "cuStreamCreate", context);
    this.#resource = new Resource(
      "stream",
      OUT[0],
      (id) => driver.check(cuStreamDestroy_v2(id), "cuStreamDestroy", "disposal"),
    );
  }

  get id(): bigint {
    return this.#resource.id;
  }

  /** Waits until everything in it is done. */
  synchronize(context: string): void {
    const status = this.driver.symbols.cuStreamSynchronize(this.id);
    this.driver.check(status, "cuStreamSynchronize", context);
  }

  /** Lets it wait for what was recorded last by an event; for nothing if it never was. */
  waitEvent(event: CudaEvent): void {
    const status = this.driver.symbols.cuStreamWaitEvent(this.id, event.id, 0);
    this.driver.check(status, "cuStreamWaitEvent", "an event");
  }

  /** Lets an event happen when everything before it is done. */
  recordEvent(event: CudaEvent): void {
    const status = this.driver.symbols.cuEventRecord(event.id, this.id);
    this.driver.check(status, "cuEventRecord", "an event");
  }

  /** As {@linkcode recordEvent}, but while work is captured: it happens in each launch of that. */
  captureEvent(event: CudaEvent): void {
    const { cuEventRecordWithFlags } = this.driver.symbols;
    const status = cuEventRecordWithFlags(event.id, this.id, EVENT_RECORD_EXTERNAL);
    this.driver.check(status, "cuEventRecordWithFlags", "an event");
  }

  /** Copies within the device. */
  copy(from: bigint, to: bigint, bytes: number, what: string): void {
    const status = this.driver.symbols.cuMemcpyDtoDAsync_v2(to, from, BigInt(bytes), this.id);
    this.driver.check(status, "cuMemcpyDtoDAsync", what);
  }

  /**
   * Copies to the device; the elements must stay as they are until the stream is waited for.
   *
   * @param what is copied, to be named in an error
   */
  upload(elements: BufferSource & { byteLength: number }, address: bigint, what: string): void {
    const bytes = BigInt(elements.byteLength);
    const status = this.driver.symbols.cuMemcpyHtoDAsync_v2(address, elements, bytes, this.id);
    this.driver.check(status, "cuMemcpyHtoDAsync", what);
  }

  /**
   * Copies from the device; the elements are there once the stream was waited for.
   *
   * @param what is copied, to be named in an error
   */
  download(address: bigint, elements: BufferSource & { byteLength: number }, what: string): void {
    const bytes = BigInt(elements.byteLength);
    const status = this.driver.symbols.cuMemcpyDtoHAsync_v2(elements, address, bytes, this.id);
    this.driver.check(status, "cuMemcpyDtoHAsync", what);
  }

  [Symbol.dispose](): void {
    this.#resource[Symbol.dispose]();
  }
}

/** A point in a stream, whose time can be taken. */
export class CudaEvent implements Disposable {
  readonly #driver: Driver;
  readonly #resource: Resource;

  /**
   * Creates one in the current context.
   *
   * @param context what it is for, to be named in an error
   */
  constructor(driver: Driver, context: string) {
    this.#driver = driver;
    const { cuEventCreate, cuEventDestroy_v2 } = driver.symbols;
    driver.check(cuEventCreate(OUT, 0), "cuEventCreate", context);
    this.#resource = new Resource(
      "event",
      OUT[0],
      (id) => driver.check(cuEventDestroy_v2(id), "cuEventDestroy", "disposal"),
    );
  }

  get id(): bigint {
    return this.#resource.id;
  }

  /** Waits until it has happened. */
  synchronize(context: string): void {
    const status = this.#driver.symbols.cuEventSynchronize(this.id);
    this.#driver.check(status, "cuEventSynchronize", context);
  }

  /** Seconds that passed since another event; both must have happened. */
  secondsSince(start: CudaEvent): number {
    const milliseconds = new Float32Array(1);
    const status = this.#driver.symbols.cuEventElapsedTime(milliseconds, start.id, this.id);
    this.#driver.check(status, "cuEventElapsedTime", "timing");
    return milliseconds[0] / 1000;
  }

  [Symbol.dispose](): void {
    this.#resource[Symbol.dispose]();
  }
}
