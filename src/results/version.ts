/**
 * The version of the results schema.
 *
 * A minor version adds keys and nothing else: whoever reads an older one loses nothing, and whoever
 * reads a newer one keeps what it does not know. Whatever else changes makes a new version, with a
 * migration (`migrations.ts`) and a fixture of the old one (`fixtures/results/`).
 *
 * @module
 */

/** The version that this program writes. */
export const VERSION = 2;
/** Its minor version: goes up with the first key that is added after a release. */
export const MINOR = 0;

/** Version of a file. */
export interface SchemaVersion {
  /** What it reads with. */
  readonly version: number;
  /** Keys that were added since. */
  readonly minor: number;
}

/** The version that this program writes. */
export const CURRENT: SchemaVersion = { version: VERSION, minor: MINOR };

/** A version in words, such as `2.0`; version 1 had no minor ones. */
export function versionText({ version, minor }: SchemaVersion): string {
  return version === 1 ? "1" : `${version}.${minor}`;
}
