/**
 * Capturing what is submitted to a stream as one CUDA graph.
 *
 * @module
 */

import { NativeError } from "../../../base/errors.ts";
import { OUT } from "./foreign.ts";
import { Resource } from "./resource.ts";
import type { Stream } from "./stream.ts";
import { CAPTURE_RELAXED, CUDA_STATUS } from "./symbols/driver.ts";

/**
 * A graph of what a function submits to a stream, which is not run meanwhile.
 *
 * @returns the graph, or null where the work cannot be captured, as that of some of cuDNN's engines:
 *   it can still be submitted piece by piece
 */
export function captureGraph(stream: Stream, submit: () => void): Resource | null {
  if (!beginCapture(stream)) return null;
  let [whole, ended] = [false, 0];
  try {
    submit();
    whole = true;
  } catch (error) {
    if (!(error instanceof NativeError)) throw error;
  } finally {
    ended = endCapture(stream);
  }
  const captured = OUT[0];
  if (captured === 0n) return null;
  const { symbols } = stream.driver;
  using made = new DisposableStack();
  const graph = whole && ended === CUDA_STATUS.success ? instantiate(stream, captured) : null;
  if (graph) made.use(graph);
  stream.driver.check(symbols.cuGraphDestroy(captured), "cuGraphDestroy", "disposal");
  // a device without room for it runs the work piece by piece
  const uploaded = graph && symbols.cuGraphUpload(graph.id, stream.id);
  if (uploaded !== CUDA_STATUS.success) return null;
  made.move();
  return graph;
}

/** Submits a graph to a stream. */
export function launchGraph(stream: Stream, graph: Resource, context: string): void {
  const status = stream.driver.symbols.cuGraphLaunch(graph.id, stream.id);
  stream.driver.check(status, "cuGraphLaunch", context);
}

function beginCapture({ driver, id }: Stream): boolean {
  const status = driver.symbols.cuStreamBeginCapture_v2(id, CAPTURE_RELAXED);
  return status === CUDA_STATUS.success;
}

/** Status of the end; the captured work is in `OUT`, 0 where there is none. */
function endCapture({ driver, id }: Stream): number {
  OUT[0] = 0n;
  return driver.symbols.cuStreamEndCapture(id, OUT);
}

/** An executable graph; null where none can be made. */
function instantiate({ driver }: Stream, captured: bigint): Resource | null {
  const { cuGraphInstantiateWithFlags, cuGraphExecDestroy } = driver.symbols;
  const status = cuGraphInstantiateWithFlags(OUT, captured, 0n);
  if (status !== CUDA_STATUS.success) return null;
  return new Resource(
    "graph",
    OUT[0],
    (id) => driver.check(cuGraphExecDestroy(id), "cuGraphExecDestroy", "disposal"),
  );
}
