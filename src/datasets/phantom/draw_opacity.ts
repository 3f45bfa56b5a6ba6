/**
 * Draws opacities into one slice of lung tissue.
 *
 * @module
 */

import type { Frame } from "./frame.ts";
import { type NoisePlane, noisePlane } from "./hash_noise.ts";
import { isLesion, type Opacity } from "./opacity.ts";

/**
 * Blends one opacity into slice `k`: `tissue` moves towards its HU, and where it is a lesion and
 * a voxel's centre lies inside its surface, `truth` becomes 1. Voxels outside the lung may be
 * written too; the caller cuts them off.
 */
export function drawOpacity(
  frame: Frame,
  opacity: Opacity,
  k: number,
  tissue: Float32Array,
  truth: Uint8Array,
): void {
  const { center, axes, radii, edge, rough } = opacity;
  const mean = Math.cbrt(radii[0] * radii[1] * radii[2]);
  // Inside is level > 0, with level = 1 - q + rough * noise; beyond `bound` it stays below -edge.
  const bound = 1 + rough.share + edge / mean;
  const dz = frame.z(k) - center[2];
  const reach = bound * Math.max(...radii);
  if (Math.abs(dz) > reach) return;
  const surface = noisePlane(opacity.seed, rough.period, dz, reach + rough.period);
  const finer = noisePlane(opacity.seed + 1, rough.period / 3, dz, reach + rough.period);
  const texture = opacity.edge > 1 ? textureOf(opacity, dz, reach) : null;
  const lesion = isLesion(opacity);
  const [a, b, c] = axes;
  const { left, right, top, bottom } = frame.box(
    center[0] - reach,
    center[0] + reach,
    center[1] - reach,
    center[1] + reach,
  );
  for (let j = top; j < bottom; j++) {
    const dy = frame.y(j) - center[1];
    for (let i = left; i < right; i++) {
      const dx = frame.x(i) - center[0];
      const u = (dx * a[0] + dy * a[1] + dz * a[2]) / radii[0];
      const v = (dx * b[0] + dy * b[1] + dz * b[2]) / radii[1];
      const w = (dx * c[0] + dy * c[1] + dz * c[2]) / radii[2];
      const q = Math.sqrt(u * u + v * v + w * w);
      if (q > bound) continue;
      const level = 1 - q + rough.share * (0.7 * surface(dx, dy) + 0.3 * finer(dx, dy));
      const share = smooth(0.5 + (level * mean) / (2 * edge));
      if (share === 0) continue;
      const at = j * frame.columns + i;
      if (lesion && level > 0) truth[at] = 1;
      const core = opacity.kind === "cored" ? smooth((level - 0.45) * 5) : 0;
      let hu = opacity.hu.outer + core * (opacity.hu.core - opacity.hu.outer);
      if (texture !== null) hu += (1 - core) * texture(dx, dy);
      // An opacity only adds density to what is there already.
      if (hu > tissue[at]) tissue[at] += share * (hu - tissue[at]);
    }
  }
}

/** Uneven density inside a lesion, and the net of crazy paving where it has one. */
function textureOf(opacity: Opacity, dz: number, reach: number): NoisePlane {
  const cloud = noisePlane(opacity.seed + 2, 8, dz, reach + 8);
  const cells = noisePlane(opacity.seed + 3, 5, dz, reach + 8);
  const grain = opacity.kind === "consolidation" ? 25 : 90;
  return (x, y) => {
    const ridge = 1 - Math.min(1, Math.abs(cells(x, y)) * 6);
    return grain * cloud(x, y) + opacity.net * ridge;
  };
}

/** The smooth step of a share, cut to 0 and 1. */
function smooth(t: number): number {
  return t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t);
}
