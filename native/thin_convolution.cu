// Convolutions of few channels at stride 1: what cuDNN's engines are not made for. Known beforehand:
// C and K (channels of x and y), FIRST (channels of x that are in its first tensor; the others are in
// `rest`, which is not read where there are none), KD, KH, KW (the kernel), PD, PH, PW (padding
// before), and how the work is cut: a thread computes TX neighbouring voxels along W in KT neighbouring
// channels, a warp 32 voxels along W and TX rows, all of them in the same channels; a block has KG x
// SUB warps, the groups of channels of SUB warps' rows, and holds CC channels of what it reads at a
// time.

constexpr int ROWS = TX * SUB;            // of a block's result
constexpr int COLUMNS = 32;
constexpr int THREADS = 32 * KG * SUB;
constexpr int READ = (TX + KW - 1 + 3) / 4;  // packs of four that a thread reads of a row
constexpr int HELD_ROWS = ROWS + KH - 1;
constexpr int HELD_COLUMNS = COLUMNS - TX + 4 * READ;

// Rows of eight threads that read at once lie in other banks when their distance is 4 more than a
// multiple of 16.
constexpr int PITCH = (HELD_COLUMNS + 11) / 16 * 16 + 4;

struct Field {
  int xD, xH, xW;
  int yD, yH, yW;
};

struct Here {
  int sample, plane, row, column;  // of the first voxel of this thread
  int first;                       // of its channels
  int blockRow, blockColumn;       // of the first voxel of the block
};

__device__ Here whereAmI(const Field& field) {
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  Here here;
  here.sample = blockIdx.z / field.yD;
  here.plane = blockIdx.z % field.yD;
  here.blockRow = blockIdx.y * ROWS;
  here.blockColumn = blockIdx.x * COLUMNS;
  here.row = here.blockRow + warp / KG * TX + lane / (32 / TX);
  here.column = here.blockColumn + lane % (32 / TX) * TX;
  here.first = warp % KG * KT;
  return here;
}

// CC channels of the rows that a block needs of one plane, channel by channel; zeros outside.
__device__ void hold(float* held, const Element* x, const Element* rest, const Field& field,
                     const Here& here, int plane, int channel) {
  for (int i = threadIdx.x; i < HELD_ROWS * HELD_COLUMNS; i += THREADS) {
    int r = i / HELD_COLUMNS, c = i % HELD_COLUMNS;
    int row = here.blockRow + r - PH, column = here.blockColumn + c - PW;
    bool inside = row >= 0 && row < field.xH && column >= 0 && column < field.xW;
    Pack<Element, CC> found;
    if (inside) {
      long long voxel = ((long long)here.sample * field.xD + plane) * field.xH + row;
      found = loadBeside<CC, FIRST, C - FIRST>(x, rest, voxel * field.xW + column, channel);
    }
    for (int one = 0; one < CC; one++) {
      held[(one * HELD_ROWS + r) * PITCH + c] = inside ? (float)found.at[one] : 0.0f;
    }
  }
}

// The weights of one plane of taps for CC channels: channel, tap, then all channels of y.
__device__ void holdWeights(float* held, const Element* w, int depth, int channel) {
  // more at once would want registers that there are not beside the sums, with halves on Ampere
#pragma unroll 2
  for (int i = threadIdx.x; i < CC * KH * KW * K; i += THREADS) {
    int k = i % K, tap = i / K % (KH * KW), one = i / K / (KH * KW);
    held[i] = (float)w[((k * KD + depth) * (KH * KW) + tap) * C + channel + one];
  }
}

// Adds the products of one channel with one row of taps.
__device__ void addRow(float (&sums)[TX][KT], const float* row, const float* weights) {
  float x[4 * READ];
#pragma unroll
  for (int i = 0; i < READ; i++) {
    Pack<float, 4> four = load<4>(row + 4 * i);
#pragma unroll
    for (int l = 0; l < 4; l++) x[4 * i + l] = four.at[l];
  }
#pragma unroll
  for (int b = 0; b < KW; b++) {
    Pack<float, KT> factors = load<KT>(weights + b * K);
#pragma unroll
    for (int t = 0; t < TX; t++) {
#pragma unroll
      for (int k = 0; k < KT; k++) sums[t][k] += x[t + b] * factors.at[k];
    }
  }
}

__device__ void convolve(float (&sums)[TX][KT], const Element* x, const Element* rest,
                         const Element* w, const Field& field, const Here& here) {
  alignas(16) __shared__ float held[CC * HELD_ROWS * PITCH];
  alignas(16) __shared__ float weights[CC * KH * KW * K];
#pragma unroll
  for (int t = 0; t < TX; t++) {
#pragma unroll
    for (int k = 0; k < KT; k++) sums[t][k] = 0.0f;
  }
  const float* mine = held + (here.row - here.blockRow) * PITCH + here.column - here.blockColumn;
  for (int depth = 0; depth < KD; depth++) {
    int plane = here.plane + depth - PD;
    // the whole block is of one plane, so that it skips what lies outside together
    if (plane < 0 || plane >= field.xD) continue;
    for (int channel = 0; channel < C; channel += CC) {
      __syncthreads();
      hold(held, x, rest, field, here, plane, channel);
      holdWeights(weights, w, depth, channel);
      __syncthreads();
#pragma unroll 1
      for (int one = 0; one < CC; one++) {
#pragma unroll 1
        for (int a = 0; a < KH; a++) {
          addRow(sums, mine + (one * HELD_ROWS + a) * PITCH,
                 weights + (one * KH + a) * KW * K + here.first);
        }
      }
    }
  }
}
