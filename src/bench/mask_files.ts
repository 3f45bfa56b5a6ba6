/**
 * Where a run leaves the masks of its models.
 *
 * @module
 */

import { join } from "node:path";
import type { LoadedCase } from "../datasets/mod.ts";

/** What a case goes by. */
export type NamedCase = Pick<LoadedCase, "index" | "id">;

/** Folder of the masks of a model. */
export function maskFolder(out: string, model: string): string {
  return join(out, "masks", model.replaceAll(/[:#@]/g, "-"));
}

/** Masks go by the id only where the manifest is public. */
export function maskPath(
  folder: string,
  one: NamedCase,
  isPublic: boolean,
): string {
  return join(folder, `${caseName(one, isPublic)}.nii.gz`);
}

/** What files of a case are called. */
export function caseName(
  { index, id }: NamedCase,
  isPublic: boolean,
): string {
  return isPublic ? id : `case-${String(index).padStart(3, "0")}`;
}
