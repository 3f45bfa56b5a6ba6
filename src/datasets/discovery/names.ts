/**
 * What names say of files: whether one is a mask, and of which scan.
 *
 * @module
 */

/** A file of voxels (NIfTI, NRRD, MetaImage) as its path tells of it. */
export interface NamedFile {
  /** Its path, relative to the folder that is searched. */
  readonly path: string;
  /** Whether its name or its folder says that it is a mask. */
  readonly mask: boolean;
  /** The folder that a scan and its mask share: its own, without folders that only say what is in it. */
  readonly place: string;
  /** Its name without what says what it is, in one normal form; empty where nothing is left. */
  readonly stem: string;
  /** Its name as it is, without extension. */
  readonly name: string;
  /** Its name without what says that it is a mask: the whole name of its scan, in most cases. */
  readonly bare: string;
  /** The part that its folder names: `Tr` or `Ts` of nnU-Net and MSD. */
  readonly part: "Tr" | "Ts" | null;
  /** Number of the channel, as nnU-Net writes it behind names; null where there is none. */
  readonly channel: number | null;
}

const VOXELS = /\.(nii|hdr|nrrd|nhdr|mha|mhd)(\.gz)?$/i;

/** Words that say that a file is a mask, at the end or the beginning of its name. */
const MASK_WORDS =
  "mask|masks|seg|segs|segmentation|label|labels|labelmap|gt|truth|groundtruth|ground_truth|lesion|lesions|annotation|annotations|roi";

/** Words that say that a file is a scan. */
const SCAN_WORDS = "ct|image|images|img|scan|volume|vol|data";

const MASK_END = new RegExp(`[._ -]+(?:${MASK_WORDS})$`, "i");
const MASK_BEGIN = new RegExp(`^(?:${MASK_WORDS})(?:[._ -]+|(?=\\d))`, "i");
const MASK_ONLY = new RegExp(`^(?:${MASK_WORDS})$`, "i");
const SCAN_END = new RegExp(`[._ -]+(?:${SCAN_WORDS})$`, "i");
const SCAN_BEGIN = new RegExp(`^(?:${SCAN_WORDS})(?:[._ -]+|(?=\\d))`, "i");
const SCAN_ONLY = new RegExp(`^(?:${SCAN_WORDS})$`, "i");

/** Folders that only say what is in them; nnU-Net and MSD put the part behind. */
const MASK_FOLDER = new RegExp(`^(?:${MASK_WORDS}|segmentations|truths)(Tr|Ts|Val)?$`, "i");
const SCAN_FOLDER = new RegExp(`^(?:${SCAN_WORDS}|scans|volumes|cts)(Tr|Ts|Val)?$`, "i");

/** nnU-Net's channel at the end of a scan's name. */
const CHANNEL = /_(\d{4})$/;

/** Whether a name is that of a file of voxels that is no DICOM. */
export function isVoxelFile(path: string): boolean {
  return VOXELS.test(path);
}

/**
 * What the path of a file of voxels says.
 *
 * @param suffixes ends of the names of scans and of masks, where the user says them
 *
 * @example
 * ```ts
 * import { namedFile } from "./names.ts";
 * import assert from "node:assert/strict";
 * const { mask, place, stem } = namedFile("site 1/masks/Müller_seg.nii.gz");
 * assert.deepEqual([mask, place, stem], [true, "site 1", "Müller"]);
 * ```
 */
export function namedFile(
  path: string,
  suffixes: { readonly image?: string; readonly truth?: string } = {},
): NamedFile {
  const folders = path.split("/");
  const file = folders.pop()!;
  // One name may be written in several ways in Unicode, and file systems do not agree on which.
  const name = file.replace(VOXELS, "").normalize("NFC");
  const inMasks = folders.some((folder) => MASK_FOLDER.test(folder));
  const part = folders.map((folder) => /^[a-z]+(Tr|Ts)$/.exec(folder)?.[1]).find((end) => end) ??
    null;
  const place = folders
    .filter((folder) => !MASK_FOLDER.test(folder) && !SCAN_FOLDER.test(folder))
    .map((folder) => folder.normalize("NFC")).join("/");
  const given = suffixes.truth !== undefined;
  const ends = (suffix: string | undefined) =>
    suffix !== undefined && suffix !== "" && name.endsWith(suffix.normalize("NFC"));
  const mask = given
    ? ends(suffixes.truth)
    : inMasks || MASK_END.test(name) || MASK_BEGIN.test(name) || MASK_ONLY.test(name);
  const bare = !mask
    ? name
    : given
    ? name.slice(0, -suffixes.truth!.length)
    : withoutMaskWord(name);
  const channel = mask ? null : CHANNEL.exec(name);
  const stem = mask && given
    ? bare
    : !mask && ends(suffixes.image)
    ? name.slice(0, -suffixes.image!.length)
    : withoutScanWord(bare);
  return {
    path,
    mask,
    place,
    stem,
    name,
    bare,
    part: part as NamedFile["part"],
    channel: channel === null ? null : Number(channel[1]),
  };
}

/**
 * Scans with their channels: numbers of four digits behind names are those of nnU-Net's channels
 * where a first one is there and masks go without them, else they are parts of the names.
 */
export function withChannels(
  scans: readonly NamedFile[],
  masks: readonly NamedFile[],
): readonly NamedFile[] {
  const names = masks.map(({ bare }) => bare);
  const plain = new Set(names);
  const numbered = new Set(names.filter((name) => CHANNEL.test(name)).map(withoutChannel));
  const ofCase = ({ path, name }: NamedFile) =>
    [...path.split("/").slice(0, -1), withoutChannel(name)].join("/");
  const firsts = new Set(scans.filter(({ channel }) => channel === 0).map(ofCase));
  return scans.map((scan): NamedFile => {
    const base = withoutChannel(scan.name);
    const isChannel = scan.channel !== null && firsts.has(ofCase(scan)) && !numbered.has(base) &&
      (scan.part !== null || plain.has(base));
    return isChannel ? { ...scan, stem: withoutScanWord(base) } : { ...scan, channel: null };
  });
}

function withoutChannel(name: string): string {
  return name.replace(CHANNEL, "");
}

function withoutMaskWord(name: string): string {
  return MASK_ONLY.test(name) ? "" : name.replace(MASK_END, "").replace(MASK_BEGIN, "");
}

function withoutScanWord(name: string): string {
  if (SCAN_ONLY.test(name)) return "";
  return name.replace(SCAN_END, "").replace(SCAN_BEGIN, "");
}

/**
 * Ids that manifests allow, made of names in any script: letters lose their marks, everything else
 * that an id may not have becomes `_`, and what is then the same gets a number.
 *
 * @example
 * ```ts
 * import { distinctIds } from "./names.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(distinctIds(["Müller", "Muller", "患者一", "患者二"]),
 *   ["Muller", "Muller-2", "scan", "scan-2"]);
 * ```
 */
export function distinctIds(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name.replaceAll("ß", "ss").normalize("NFKD").replace(/\p{Mark}/gu, "")
      .replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^[^A-Za-z0-9]+|[_.-]+$/g, "").slice(0, 90);
    const id = plain === "" ? "scan" : plain;
    let distinct = id;
    for (let number = 2; taken.has(distinct); number++) distinct = `${id}-${number}`;
    taken.add(distinct);
    return distinct;
  });
}
