/**
 * What stands around a network, in words and numbers: for programs that run it without this one.
 *
 * @module
 */

import { type Window, WINDOW_PRESETS, type WindowChoice } from "../imaging/mod.ts";
import type { PreparedModel } from "./segmenter.ts";

/** From a scan to the mask of it, in the order of the steps. */
export interface Protocol {
  /** Name and version of this form. */
  readonly schema: "stackbench/protocol";
  /** Raised when what is said changes its meaning: 2 where short scans fill their stacks. */
  readonly version: 1 | 2;
  /** The network. */
  readonly model: {
    readonly name: string;
    /** (N, C, (D,) H, W). */
    readonly inputShape: readonly number[];
    /** (N, C, (D,) H, W). */
    readonly outputShape: readonly number[];
    /** Channel of the output with the probability of foreground. */
    readonly foreground: number;
  };
  /** How slices lie. */
  readonly orientation: {
    /** Axes of a scan. */
    readonly axes: readonly ["z", "y", "x"];
    /** Where each runs to. */
    readonly towards: readonly ["superior", "posterior", "left"];
    /** What else must be known. */
    readonly note: string;
  };
  /** Hounsfield units to [0, 1]. */
  readonly window: {
    /** A preset's name, `metadata` (what the file says), `none` or `given`. */
    readonly from: string;
    /** Centre and width in HU; null where each scan has its own. */
    readonly values: Window | null;
    /** The formula. */
    readonly note: string;
  };
  /** Slices to the plane of the network and back. */
  readonly resize: {
    /** What is seen of a slice. */
    readonly field: string;
    /** Rows and columns. */
    readonly plane: readonly [number, number];
    /** From a slice to the plane. */
    readonly image: string;
    /** From the plane to a slice. */
    readonly probabilities: string;
  };
  /** Slices an execution takes. */
  readonly grouping: {
    /** Stacks of one volume, or slices side by side. */
    readonly of: "stacks" | "slices";
    /** Slices that one execution takes. */
    readonly size: number;
    /** Slices that two neighbouring executions share. */
    readonly overlap: number;
    /** How shared slices are averaged. */
    readonly weighting: string;
    /** What fills stacks that reach past the end of a scan; zeros where it does not stand here. */
    readonly filling?: string;
    /** What else must be known. */
    readonly note: string;
  };
  /** Probability from which on a voxel is foreground. */
  readonly threshold: number;
}

/** The protocol of a network whose scans are windowed and thresholded so. */
export function protocolOf(
  { model, plane, grouping, field = "whole" }: Pick<
    PreparedModel,
    "model" | "plane" | "grouping" | "field"
  >,
  { window, threshold }: { readonly window: WindowChoice; readonly threshold: number },
): Protocol {
  const { name, inputShape, outputShape, foreground, dimensions } = model;
  const channels = inputShape[1];
  return {
    schema: "stackbench/protocol",
    version: grouping.filling === undefined ? 1 : 2,
    model: { name, inputShape, outputShape, foreground },
    orientation: {
      axes: ["z", "y", "x"],
      towards: ["superior", "posterior", "left"],
      note:
        "each axis of the scan's grid is the one of these that it is closest to, turned round " +
        "where needed; no voxel is interpolated",
    },
    window: windowOf(window),
    resize: {
      field,
      plane,
      image:
        "pixels are areas: the area average along an axis that shrinks, linear between centres " +
        "along one that grows; rows first, then columns",
      probabilities: "linear between centres of pixels, the outermost ones repeated",
    },
    grouping: {
      of: dimensions === 3 ? "stacks" : "slices",
      ...grouping,
      note: [
        "the first begins at slice 0, each next one size - overlap slices further on, until all " +
        "slices are in one; behind the last slice stand zeros",
        ...(grouping.filling
          ? [
            "instead, of a scan with less than size slices, place i shows slice floor(i * slices / " +
            "size), and the probabilities of a slice's places are averaged with their weights",
          ]
          : []),
        ...(grouping.filling === "shift"
          ? ["of a longer scan the last begins at the size-th slice from its end"]
          : []),
        ...(channels > 1 ? [`a slice is repeated to ${channels} channels`] : []),
        ...(grouping.weighting === "gaussian"
          ? ["weights of slices: exp(-((i - (size - 1) / 2) / (size / 8))^2 / 2)"]
          : []),
      ].join("; "),
    },
    threshold,
  };
}

/** A window by its name and in numbers. */
function windowOf(choice: WindowChoice): Protocol["window"] {
  if (choice === "none") {
    return {
      from: "none",
      values: null,
      note:
        "values are in [0, 1], or unsigned integers that are divided by the largest of their type",
    };
  }
  if (choice === "metadata" || (typeof choice === "object" && "metadata" in choice)) {
    const which = choice === "metadata" ? 1 : choice.metadata;
    return {
      from: "metadata",
      values: null,
      note: `window ${which} of the scan's own, by DICOM PS3.3 C.11.2.1.2`,
    };
  }
  const values = typeof choice === "string" ? WINDOW_PRESETS[choice] : choice;
  return {
    from: typeof choice === "string" ? choice : "given",
    values,
    note: "clip((HU - (center - 0.5)) / (width - 1) + 0.5, 0, 1), the function LINEAR of DICOM " +
      "PS3.3 C.11.2.1.2",
  };
}
