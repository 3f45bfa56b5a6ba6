// Convolutions of many channels in single precision as products of matrices, with tensors as they lie
// in memory: voxels of y by channels of y, and as many terms as there are taps and channels of x.
// Known beforehand are SIDE (voxels, and channels, of a block's result) and JOINED (whether the last
// channels of x are in a tensor of their own, `rest`): one program serves every convolution with the
// same epilogue. Channels of x, in each of its tensors, and of y are multiples of 4.

constexpr int HALF = SIDE / 2;
constexpr int ACROSS = SIDE / 8;             // threads along the channels, and along the voxels
constexpr int THREADS = ACROSS * ACROSS;
constexpr int TERMS = 8;                     // that a block holds at a time
constexpr int LOADS = SIDE * 2 / THREADS;    // packs of four terms that a thread loads of each side
constexpr int PITCH = SIDE + 4;              // so that terms of one row lie in different banks

struct Field {
  int voxels;      // of y, in all samples
  int C, K;        // channels of x, of y
  int first;       // channels of x that are in its first tensor
  int xD, xH, xW;
  int yD, yH, yW;
  int kD, kH, kW;
  int sD, sH, sW;  // strides
  int pD, pH, pW;  // padding before
};

typedef Pack<float, 4> Four;

// A thread computes 4 voxels from `voxel` on and 4 from HALF behind, by channels likewise.
struct Mine {
  int voxel, channel;
};

__device__ Mine myPlace() {
  return {int(blockIdx.x) * SIDE + int(threadIdx.x) / ACROSS * 4,
          int(blockIdx.y) * SIDE + int(threadIdx.x) % ACROSS * 4};
}

constexpr int NOWHERE = -1;

// Where the taps of one voxel of y begin in x: the first plane of its sample, and from there.
struct Corner {
  int plane, d, h, w;  // the plane is NOWHERE where there is no such voxel
};

__device__ Corner cornerOf(int voxel, const Field& field) {
  Corner corner;
  bool inside = voxel < field.voxels;
  corner.w = voxel % field.yW * field.sW - field.pW;
  voxel /= field.yW;
  corner.h = voxel % field.yH * field.sH - field.pH;
  voxel /= field.yH;
  corner.d = voxel % field.yD * field.sD - field.pD;
  corner.plane = inside ? voxel / field.yD * field.xD : NOWHERE;
  return corner;
}

// Where the voxel of x under a tap begins, or, where x is two tensors, its number; NOWHERE outside.
__device__ int under(const Corner& corner, const Field& field, int tap) {
  int d = corner.d + tap / field.kW / field.kH, h = corner.h + tap / field.kW % field.kH;
  int w = corner.w + tap % field.kW;
  bool inside = corner.plane != NOWHERE && d >= 0 && d < field.xD && h >= 0 && h < field.xH &&
                w >= 0 && w < field.xW;
  int voxel = ((corner.plane + d) * field.xH + h) * field.xW + w;
  return !inside ? NOWHERE : JOINED ? voxel : voxel * field.C;
}

__device__ Four fetch(const Element* place, bool inside) {
  Four four;
  for (int l = 0; l < 4; l++) four.at[l] = 0.0f;
  if (inside) {
    Pack<Element, 4> found = load<4>(place);
    for (int l = 0; l < 4; l++) four.at[l] = (float)found.at[l];
  }
  return four;
}

__device__ Four fetchVoxel(const Element* x, const Element* rest, int from, int channel,
                           const Field& field) {
  int second = field.C - field.first;
  const Element* place = !JOINED                 ? x + from + channel
                         : channel < field.first ? x + from * field.first + channel
                                                 : rest + from * second + channel - field.first;
  return fetch(place, from != NOWHERE && channel < field.C);
}

__device__ Four fetchFactors(const Element* w, int from, int channel, const Field& field) {
  return fetch(w + from + channel, from != NOWHERE && channel < field.C);
}

__device__ void keep(float* held, const Four& four, int row, int term) {
#pragma unroll
  for (int l = 0; l < 4; l++) held[(term + l) * PITCH + row] = four.at[l];
}

__device__ void addTerms(float (&sums)[8][8], const float* voxels, const float* channels) {
#pragma unroll
  for (int term = 0; term < TERMS; term++) {
    float a[8], b[8];
#pragma unroll
    for (int half = 0; half < 2; half++) {
      Four left = load<4>(voxels + term * PITCH + half * HALF);
      Four right = load<4>(channels + term * PITCH + half * HALF);
#pragma unroll
      for (int l = 0; l < 4; l++) {
        a[4 * half + l] = left.at[l];
        b[4 * half + l] = right.at[l];
      }
    }
#pragma unroll
    for (int i = 0; i < 8; i++) {
#pragma unroll
      for (int k = 0; k < 8; k++) sums[i][k] += a[i] * b[k];
    }
  }
}

__device__ void convolve(float (&sums)[8][8], const Element* x, const Element* rest,
                         const Element* w, const Field& field) {
  alignas(16) __shared__ float voxels[2][TERMS * PITCH], channels[2][TERMS * PITCH];
#pragma unroll
  for (int i = 0; i < 8; i++) {
#pragma unroll
    for (int k = 0; k < 8; k++) sums[i][k] = 0.0f;
  }
  const int C = field.C, taps = field.kD * field.kH * field.kW, steps = (C + TERMS - 1) / TERMS;
  // what this thread brings: four terms of some rows of both sides
  int row = threadIdx.x / 2, term = threadIdx.x % 2 * 4;
  Corner corners[LOADS];
  int from[LOADS], factors[LOADS];
#pragma unroll
  for (int i = 0; i < LOADS; i++) {
    corners[i] = cornerOf(int(blockIdx.x) * SIDE + row + i * (THREADS / 2), field);
    int channel = int(blockIdx.y) * SIDE + row + i * (THREADS / 2);
    factors[i] = channel < field.K ? channel * taps * C : NOWHERE;
    from[i] = under(corners[i], field, 0);
  }
  Four nextVoxels[LOADS], nextChannels[LOADS];
#pragma unroll
  for (int i = 0; i < LOADS; i++) {
    nextVoxels[i] = fetchVoxel(x, rest, from[i], term, field);
    nextChannels[i] = fetchFactors(w, factors[i], term, field);
  }
  int tap = 0, step = 0, buffer = 0;
  const int mineVoxel = threadIdx.x / ACROSS * 4, mineChannel = threadIdx.x % ACROSS * 4;
  for (int left = taps * steps; left > 0; left--) {
#pragma unroll
    for (int i = 0; i < LOADS; i++) {
      keep(voxels[buffer], nextVoxels[i], row + i * (THREADS / 2), term);
      keep(channels[buffer], nextChannels[i], row + i * (THREADS / 2), term);
    }
    __syncthreads();
    if (left > 1) {
      if (++step == steps) {
        step = 0;
        tap++;
#pragma unroll
        for (int i = 0; i < LOADS; i++) {
          from[i] = under(corners[i], field, tap);
          if (factors[i] != NOWHERE) factors[i] += C;
        }
      }
#pragma unroll
      for (int i = 0; i < LOADS; i++) {
        nextVoxels[i] = fetchVoxel(x, rest, from[i], step * TERMS + term, field);
        nextChannels[i] = fetchFactors(w, factors[i], step * TERMS + term, field);
      }
    }
    addTerms(sums, voxels[buffer] + mineVoxel, channels[buffer] + mineChannel);
    buffer ^= 1;
  }
}
