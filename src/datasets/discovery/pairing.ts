/**
 * Which mask belongs to which scan, by their names and places alone.
 *
 * @module
 */

import { isVoxelFile, type NamedFile } from "./names.ts";

/** A scan that masks are sought for. */
export interface Scan {
  /** What it is called in lists: its path. */
  readonly path: string;
  /** The folder that it shares with its mask. */
  readonly place: string;
  /** Its name without what says that it is a scan; empty where its folder is its name. */
  readonly stem: string;
  /** Its name as it is. */
  readonly name: string;
  /** The part that its folder names. */
  readonly part: NamedFile["part"];
}

/** What was found for scans. */
export interface Pairing {
  /** Masks by the paths of their scans. */
  readonly truths: ReadonlyMap<string, string>;
  /** What could not be paired, and why. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Pairs scans with masks: names must be the same to the letter, in the same place. A mask without a
 * name of its own belongs to the only scan of its folder or of a folder below it.
 *
 * @param structure of several masks in a folder of one scan (TotalSegmentator), the name to take
 */
export function pair(
  scans: readonly Scan[],
  masks: readonly NamedFile[],
  structure: string | undefined,
): Pairing {
  const candidates = new Map<string, NamedFile[]>();
  const left: { path: string; why: string }[] = [];
  const several = new Map<string, number>();
  for (const mask of masks) {
    const found = scansOf(mask, scans, structure);
    if (found.length === 1) {
      candidates.set(found[0].path, [...candidates.get(found[0].path) ?? [], mask]);
    } else if (found.length > 1) {
      left.push({
        path: mask.path,
        why: `a mask that may belong to ${found.map(({ path }) => path).join(" or ")}`,
      });
    } else if (isOfStructures(mask, scans)) {
      const folder = folderOf(mask.path);
      several.set(folder, (several.get(folder) ?? 0) + 1);
    } else left.push({ path: mask.path, why: "a mask without a scan of its name" });
  }
  const truths = new Map<string, string>();
  for (const [scan, found] of candidates) {
    if (found.length === 1) truths.set(scan, found[0].path);
    else {
      left.push({
        path: scan,
        why: `its truth may be ${found.map(({ path }) => path).join(" or ")}: name the end of ` +
          "the names of masks (--truth-suffix)",
      });
    }
  }
  for (const [folder, count] of several) {
    left.push({
      path: folder,
      why: `${count} mask${count === 1 ? "" : "s"} of structures: name the one that is the truth ` +
        "(--truth NAME)",
    });
  }
  return { truths, left };
}

/** The scans that a mask may belong to: those of its name, else the only one of its folder. */
function scansOf(
  mask: NamedFile,
  scans: readonly Scan[],
  structure: string | undefined,
): readonly Scan[] {
  const inPart = scans.filter(({ part }) =>
    part === mask.part || part === null || mask.part === null
  );
  const here = inPart.filter(({ place }) => place === mask.place);
  const named = here.filter(({ stem, name }) =>
    (mask.stem !== "" && (stem === mask.stem || name === mask.stem)) || name === mask.name
  );
  if (named.length > 0) return exact(named, mask);
  // the folder of a DICOM scan carries its name
  const byFolder = inPart.filter(({ place, stem }) =>
    stem === "" && mask.stem !== "" && place === joined(mask.place, mask.stem)
  );
  if (byFolder.length > 0) return byFolder;
  const alone = here.length === 1 && here[0].stem === "" && mask.place !== "";
  if (structure !== undefined && mask.name === structure.normalize("NFC") && here.length === 1) {
    return here;
  }
  if (mask.stem !== "") return scansBelow(mask, inPart);
  if (alone || (here.length === 1 && mask.place !== "")) return here;
  const below = inPart.filter(({ place }) =>
    mask.place !== "" && place.startsWith(`${mask.place}/`)
  );
  return here.length === 0 && below.length === 1 ? below : [];
}

/** Scans of a mask's whole name in folders beside the one that holds masks of all of them. */
function scansBelow(mask: NamedFile, scans: readonly Scan[]): readonly Scan[] {
  if (folderOf(mask.path) === mask.place) return [];
  return scans.filter(({ place, name }) =>
    name === mask.bare && (mask.place === "" || place.startsWith(`${mask.place}/`))
  );
}

/** Of several scans of one name, the one whose whole name the mask has. */
function exact(scans: readonly Scan[], mask: NamedFile): readonly Scan[] {
  const whole = scans.filter(({ name }) => name === mask.bare || name === mask.name);
  return whole.length === 1 ? whole : scans;
}

/** Whether a mask, of another name, lies beside the only scan of a folder or in a folder of masks. */
function isOfStructures(mask: NamedFile, scans: readonly Scan[]): boolean {
  const here = scans.filter(({ place }) => place === mask.place);
  const own = folderOf(mask.path) !== mask.place || mask.place !== "";
  return here.length === 1 && here[0].stem === "" && own;
}

function joined(place: string, name: string): string {
  return place === "" ? name : `${place}/${name}`;
}

function folderOf(path: string): string {
  return path.split("/").slice(0, -1).join("/");
}

/** Whether a path is that of one half of a pair whose other half is there: `.img` beside `.hdr`. */
export function isSecondHalf(path: string, all: ReadonlySet<string>): boolean {
  if (isVoxelFile(path)) return false;
  const [, stem] = /^(.*)\.(?:img|raw|zraw)(?:\.gz)?$/i.exec(path) ?? [];
  return stem !== undefined &&
    ["hdr", "hdr.gz", "mhd", "nhdr"].some((end) => all.has(`${stem}.${end}`));
}
