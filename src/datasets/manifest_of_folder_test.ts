import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { InputError } from "../base/errors.ts";
import { affineOf } from "../imaging/affine.ts";
import { writeNifti } from "../imaging/nifti/write.ts";
import { fixture } from "../imaging/testing.ts";
import { loadManifest, writeManifest } from "./manifest_file.ts";
import { draftOfFolder, type FolderRules } from "./manifest_of_folder.ts";

const AFFINE = affineOf([-1, 0, 0], [0, -1, 0], [0, 0, 2], [0, 0, 0]);
const SHAPE = [4, 3, 2] as const;
const count = 4 * 3 * 2;
const hu = () => Int16Array.from({ length: count }, (_, at) => at < 9 ? -1000 : 10 * at);
const windowed = () => Uint8Array.from({ length: count }, (_, at) => 9 * at);
const labels = () => Uint8Array.from({ length: count }, (_, at) => at % 3);

/** Files to make: `hu`, `windowed` or `mask` voxels, text, or a folder or file of the fixtures. */
type Content = "hu" | "windowed" | "mask" | { readonly text: string } | { readonly from: string };

function withTree(
  tree: Readonly<Record<string, Content>>,
  work: (folder: string) => void,
): void {
  const folder = Deno.makeTempDirSync();
  try {
    for (const [path, content] of Object.entries(tree)) {
      const target = join(folder, path);
      Deno.mkdirSync(dirname(target), { recursive: true });
      if (typeof content === "string") {
        const voxels = content === "hu" ? hu() : content === "mask" ? labels() : windowed();
        writeNifti(target, { voxels, shape: SHAPE, affine: AFFINE });
      } else if ("text" in content) Deno.writeTextFileSync(target, content.text);
      else copy(fixture(content.from), target);
    }
    work(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function copy(from: string, to: string): void {
  if (!Deno.statSync(from).isDirectory) return Deno.copyFileSync(from, to);
  Deno.mkdirSync(to, { recursive: true });
  for (const { name } of Deno.readDirSync(from)) {
    Deno.copyFileSync(join(from, name), join(to, name));
  }
}

/** Image and truth of each case, and what was left out. */
function drafted(tree: Readonly<Record<string, Content>>, rules: FolderRules = {}) {
  let told!: { pairs: string[]; left: string[]; draft: ReturnType<typeof draftOfFolder> };
  withTree(tree, (folder) => {
    const draft = draftOfFolder(folder, rules);
    const path = join(folder, "manifest.json");
    writeManifest(path, draft.manifest);
    loadManifest(path);
    const pairs = draft.manifest.cases.map(({ image, truth }) => `${image} ${truth ?? "-"}`);
    told = { pairs, left: draft.left.map((each) => each.path).sort(), draft };
  });
  return told;
}

Deno.test("scans and masks of a flat folder are paired by exact names, in any script", () => {
  const { pairs, left, draft } = drafted({
    "Möller_mask.nii.gz": "mask",
    "Müller.nii.gz": "hu",
    "患者一.nii.gz": "hu",
    "患者一_seg.nii.gz": "mask",
    "a_ct.nii": "hu",
    "a_label.nii.gz": "mask",
    // the letter and its dots apart, as some file systems write them
    [`${"Ä b".normalize("NFD")}.nii`]: "hu",
    [`${"Ä b".normalize("NFC")}-gt.nii`]: "mask",
    "lungs_of_a.nii.gz": "mask",
    "notes.txt": { text: "no scan" },
  });
  assert.deepEqual(pairs, [
    `${"Ä b".normalize("NFD")}.nii ${"Ä b".normalize("NFC")}-gt.nii`,
    "Müller.nii.gz -",
    "a_ct.nii a_label.nii.gz",
    "患者一.nii.gz 患者一_seg.nii.gz",
  ]);
  assert.deepEqual(left, ["Möller_mask.nii.gz", "lungs_of_a.nii.gz"]);
  assert.equal(draft.manifest.window, "lung");
  assert.deepEqual(draft.manifest.cases.map(({ id }) => id), ["A_b", "Muller", "a", "scan"]);
});

Deno.test("the window is what the values suggest, case by case", () => {
  const { draft } = drafted({ "a.nii": "hu", "b.nii": "hu", "c.nii": "windowed" });
  assert.equal(draft.manifest.window, "lung");
  assert.deepEqual(draft.manifest.cases.map(({ window }) => window), [
    undefined,
    undefined,
    "none",
  ]);
  const said = drafted({ "a.nii": "hu", "c.nii": "windowed" }, { window: "mediastinal" });
  assert.equal(said.draft.manifest.window, "mediastinal");
});

Deno.test("masks lie in sibling folders, by nnU-Net's and MSD's rules too", () => {
  const siblings = drafted({ "images/x.nii.gz": "hu", "masks/x.nii.gz": "mask" });
  assert.deepEqual(siblings.pairs, ["images/x.nii.gz masks/x.nii.gz"]);
  const { pairs, left, draft } = drafted({
    "dataset.json": { text: '{"labels": {"background": 0, "lung": 1, "cancer": 2}}' },
    "imagesTr/lung_001_0000.nii.gz": "hu",
    "imagesTr/lung_001_0001.nii.gz": "hu",
    "imagesTs/lung_001_0000.nii.gz": "hu",
    "labelsTr/lung_001.nii.gz": "mask",
  });
  assert.deepEqual(pairs, [
    "imagesTr/lung_001_0000.nii.gz labelsTr/lung_001.nii.gz",
    "imagesTs/lung_001_0000.nii.gz -",
  ]);
  assert.deepEqual(left, ["imagesTr/lung_001_0001.nii.gz"]);
  assert.deepEqual(draft.manifest.labels, [2]);
  assert.deepEqual(draft.manifest.cases.map(({ split }) => split), ["train", "test"]);
  const msd = drafted({ "imagesTr/hepatic_1.nii.gz": "hu", "labelsTr/hepatic_1.nii.gz": "mask" });
  assert.deepEqual(msd.pairs, ["imagesTr/hepatic_1.nii.gz labelsTr/hepatic_1.nii.gz"]);
});

Deno.test("numbers of four digits are channels only where masks go without them", () => {
  const mosmed = drafted({
    "studies/CT-1/study_0000.nii.gz": "hu",
    "studies/CT-1/study_0001.nii.gz": "hu",
    "studies/CT-2/study_0002.nii.gz": "hu",
    "masks/study_0001_mask.nii.gz": "mask",
  });
  assert.deepEqual(mosmed.pairs, [
    "studies/CT-1/study_0000.nii.gz -",
    "studies/CT-1/study_0001.nii.gz masks/study_0001_mask.nii.gz",
    "studies/CT-2/study_0002.nii.gz -",
  ]);
  const numbered = drafted({
    "imagesTr/case_0000.nii.gz": "hu",
    "imagesTr/case_0001.nii.gz": "hu",
    "labelsTr/case_0001.nii.gz": "mask",
  });
  assert.deepEqual(numbered.pairs, [
    "imagesTr/case_0000.nii.gz -",
    "imagesTr/case_0001.nii.gz labelsTr/case_0001.nii.gz",
  ]);
});

Deno.test("words before numbers say what is what, and never hide whose mask it is", () => {
  const { pairs } = drafted({
    "imagesTr/img0001.nii.gz": "hu",
    "labelsTr/label0001.nii.gz": "mask",
  });
  assert.deepEqual(pairs, ["imagesTr/img0001.nii.gz labelsTr/label0001.nii.gz"]);
  const alike = drafted({ "1.nii": "hu", "ct_1.nii": "hu", "ct_1_seg.nii": "mask" });
  assert.deepEqual(alike.pairs, ["1.nii -", "ct_1.nii ct_1_seg.nii"]);
  // one of two patients of one name
  const twice = drafted({ "a/1.nii": "hu", "b/1.nii": "hu", "masks/1.nii": "mask" });
  assert.deepEqual(twice.pairs, ["a/1.nii -", "b/1.nii -"]);
  assert.deepEqual(twice.left, ["masks/1.nii"]);
});

Deno.test("of TotalSegmentator's structures the truth is named", () => {
  const tree = {
    "s0001/ct.nii.gz": "hu",
    "s0001/segmentations/heart.nii.gz": "mask",
    "s0001/segmentations/lung_nodule.nii.gz": "mask",
    "s0002/ct.nii.gz": "hu",
  } as const;
  const unnamed = drafted(tree);
  assert.deepEqual(unnamed.pairs, ["s0001/ct.nii.gz -", "s0002/ct.nii.gz -"]);
  assert.deepEqual(unnamed.left, ["s0001/segmentations"]);
  const { pairs, draft } = drafted(tree, { truth: "lung_nodule" });
  assert.equal(pairs[0], "s0001/ct.nii.gz s0001/segmentations/lung_nodule.nii.gz");
  assert.deepEqual(draft.manifest.cases.map(({ id }) => id), ["s0001", "s0002"]);
  const beside = {
    "1/image.nii": "hu",
    "1/lung_mask.nii": "mask",
    "1/lesion_mask.nii": "mask",
  } as const;
  assert.deepEqual(drafted(beside).left, ["1"]);
  assert.deepEqual(drafted(beside, { truth: "lesion_mask" }).pairs, [
    "1/image.nii 1/lesion_mask.nii",
  ]);
});

Deno.test("suffixes that the user says are the only ones", () => {
  const { pairs, left } = drafted({
    "b_ct8.nii.gz": "windowed",
    "b_infection.nii.gz": "mask",
    "b_lung.nii.gz": "mask",
  }, { imageSuffix: "_ct8", truthSuffix: "_infection" });
  assert.deepEqual(pairs, ["b_ct8.nii.gz b_infection.nii.gz"]);
  assert.deepEqual(left, ["b_lung.nii.gz"]);
});

Deno.test("DICOM trees, truths that refer to a series, masks named as their folder, and links", () => {
  const tree = {
    "p1/study/series": { from: "dicom/plain" },
    "p1/study/seg.dcm": { from: "masks/binary.dcm" },
    "p2": { from: "dicom/oblique" },
    "p2_mask.nii.gz": "mask",
    "p3": { from: "dicom/passes" },
    "p4/x.hdr": { from: "nifti/pair.hdr" },
    "p4/x.img": { from: "nifti/pair.img" },
    "p1/study/report.dcm": { from: "dicom/structures.dcm" },
  } as const;
  withTree(tree, (folder) => {
    Deno.symlinkSync(folder, join(folder, "round"));
    Deno.mkdirSync(join(folder, "p5"));
    Deno.symlinkSync(join(fixture("nifti"), "plain.nii"), join(folder, "p5", "linked.nii"));
    const { manifest, left } = draftOfFolder(folder);
    assert.deepEqual(
      manifest.cases.map(({ image, series, truth }) => [image, series, truth]),
      [
        ["p1/study/series", undefined, "p1/study/seg.dcm"],
        ["p2", undefined, "p2_mask.nii.gz"],
        ["p3", 1, undefined],
        ["p3", 2, undefined],
        ["p4/x.hdr", undefined, undefined],
        ["p5/linked.nii", undefined, undefined],
      ],
    );
    assert(left.some(({ path }) => path === "p1/study/report.dcm"));
  });
});

Deno.test("two files of one name, no scan, and no folder are told", () => {
  const { pairs, left } = drafted({ "a.nii": "hu", "a.nii.gz": "hu", "b.nii": "hu" });
  assert.deepEqual(pairs, ["b.nii -"]);
  assert.deepEqual(left, ["a.nii", "a.nii.gz"]);
  withTree({ "a_mask.nii": "mask" }, (folder) => {
    assert.throws(() => draftOfFolder(folder), /holds no scan/);
    assert.throws(() => draftOfFolder(join(folder, "absent")), InputError);
  });
});
