/**
 * Data sets: manifests of scans with their truths, and the seeded phantom.
 *
 * @module
 */

export * from "./phantom/mod.ts";
export {
  type Caveat,
  CAVEATS,
  type Manifest,
  type ManifestCase,
  type ManifestInput,
  manifestSha256,
  type ManifestWindow,
  parseManifest,
  type Split,
  SPLITS,
} from "./manifest.ts";
export {
  type LoadedCase,
  type LoadedManifest,
  loadManifest,
  writeManifest,
} from "./manifest_file.ts";
export {
  type CaseFault,
  type CaseWarning,
  checkCases,
  faultsError,
  inWords as faultInWords,
  type Preflight,
  type PreflightOptions,
} from "./preflight.ts";
export { readCaseScan, readCaseTruth } from "./reading.ts";
export { type ShardRequest, shardsOf } from "./shards.ts";
export { casesOfFold, type FoldCase, type FoldRequest, foldsOf } from "./folds.ts";
export {
  draftOfFolder,
  type FolderDraft,
  type FolderRules,
  manifestOfFolder,
} from "./manifest_of_folder.ts";
export { type PhantomCase, type PhantomSetRequest, planPhantoms } from "./phantom_plan.ts";
export {
  PHANTOM_VERSION,
  type PhantomFormat,
  phantomLungs,
  type WritePhantomOptions,
  writePhantoms,
} from "./phantom_files.ts";
