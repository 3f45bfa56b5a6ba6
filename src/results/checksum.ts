/**
 * What a record says of itself.
 *
 * @module
 */

import { canonicalJson, sha256 } from "../base/hashing.ts";
import type { PredictionRecord } from "./records.ts";

/** The checksum of a prediction: SHA-256 of the canonical JSON of all else that it says. */
export function checksumOf({ checksum: _, ...rest }: PredictionRecord): string {
  return sha256(canonicalJson(rest));
}
