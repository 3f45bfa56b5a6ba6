/**
 * What two programs import at their start, compared.
 *
 * @module
 */

import { changed, type Difference } from "./compare_plans.ts";

/**
 * Modules that only one of both imports at its start. One more of a package is worse: it is read
 * and run before anything else, by every process. Files of the program itself are only told, since
 * whoever splits one changes nothing.
 */
export function compareImports(base: readonly string[], other: readonly string[]): Difference[] {
  const [before, after] = [new Set(base), new Set(other)];
  return [
    ...other.filter((one) => !before.has(one)).flatMap((one) =>
      changed("imports", "imported at the start", null, one, isPackage(one))
    ),
    ...base.filter((one) => !after.has(one)).flatMap((one) =>
      changed("imports", "imported at the start", one, null, false)
    ),
  ];
}

/** Whether a module comes from a registry. */
function isPackage(specifier: string): boolean {
  return /^(npm|jsr|https?):/.test(specifier);
}
