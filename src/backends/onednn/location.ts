/**
 * Where the library is.
 *
 * @module
 */

/** The absolute path of the shared library; undefined where there is none. */
export function findLibrary(): string | undefined {
  return Deno.env.get("STACKBENCH_ONEDNN");
}
