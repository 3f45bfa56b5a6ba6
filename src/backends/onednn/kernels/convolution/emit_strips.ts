/**
 * Steps in strips along their outermost spatial axis.
 *
 * @module
 */

import type { Emission } from "../../lowering/emission.ts";
import type { Epilogue } from "../../lowering/epilogue.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import { allOrNone, type Piece, range } from "../../lowering/pieces.ts";

/** A step that can be done strip by strip. */
export interface Strips {
  /** Samples, each in the same strips. */
  readonly samples: number;
  /** Lines of the output. */
  readonly height: number;
  /** Lines of each strip. */
  readonly strips: readonly Piece[];
  /** What does a strip of a sample; the epilogue is undefined where the library has none such. */
  emission(
    stack: DisposableStack,
    sample: number,
    strip: Piece,
  ): { readonly primitive: Emission; readonly epilogue: Epilogue | undefined };
}

/**
 * Emits a step in strips, where the library does each by what it would do the whole by.
 *
 * @returns whether anything was emitted
 */
export function emitStrips(
  context: string,
  lowering: Lowering,
  { samples, height, strips, emission }: Strips,
): boolean {
  using stack = new DisposableStack();
  const whole = emission(stack, 0, { first: 0, count: height });
  if (!whole.epilogue) return false;
  const only = lowering.implementationOf(whole.primitive, whole.epilogue);
  const emit = (n: number, strip: Piece) => {
    using stack = new DisposableStack();
    const { primitive, epilogue } = emission(stack, n, strip);
    return lowering.attempted(primitive, epilogue, only);
  };
  const calls = () => allOrNone(range(samples).flatMap((n) => strips.map((one) => emit(n, one))));
  return lowering.emitDivided(context, calls);
}
