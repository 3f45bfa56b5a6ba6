/**
 * The viewer of slices: which scans fit into a page, and how they are packed.
 *
 * @module
 */

export { viewerScan, type ViewerSource } from "./scan.ts";
export { expectedBytes, ROOM, type ViewerSize, viewerSize } from "./size.ts";
export {
  MOST_MASKS,
  type Sight,
  type Viewer,
  viewerBytes,
  type ViewerMask,
  type ViewerScan,
  type ViewerWindow,
} from "./viewer.ts";
