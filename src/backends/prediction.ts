/**
 * Predictions: how long a plan may take on a device that is not there. Nothing in one is measured.
 *
 * @module
 */

/** One kernel of a pass. */
export interface PredictedKernel {
  /** Name of the step that it is of. */
  readonly step: string;
  /** What it is called. */
  readonly kernel: string;
  /** Bytes that it moves between the device and its memory. */
  readonly bytes: number;
  /** Floating-point operations. */
  readonly flops: number;
  /** Seconds that it is predicted to take, the gap before the next one included. */
  readonly seconds: number;
  /** What holds it back. */
  readonly bound: "compute" | "memory" | "launch";
}

/** A whole scan on a device that is not there, from stored voxels on the host to a mask there. */
export interface ScanPrediction {
  /** Slices that it has. */
  readonly slices: number;
  /** Executions of the network. */
  readonly executions: number;
  /** Seconds of all copies and kernels, were they done one after another. */
  readonly inTurn: number;
  /** Seconds as it is done: copies both ways, and the host's, while the network runs. */
  readonly seconds: number;
}

/** A pass on a device that is not there. */
export interface PassPrediction {
  /** Tells it from a measurement wherever it goes. */
  readonly prediction: true;
  /** Name of the device. */
  readonly device: string;
  /** What is assumed of the device and of kernels on it, in sentences. */
  readonly assumptions: readonly string[];
  /** Kernels in the order in which they run. */
  readonly kernels: readonly PredictedKernel[];
  /** Seconds of all of them. */
  readonly seconds: number;
  /** A scan that passes through it; null where none can. */
  readonly scan: ScanPrediction | null;
}
