// Convolutions of few channels at stride 1 on tensor cores, of halves: a product of 16 voxels along W
// with 8 channels of y, 16 factors deep, which are channels of x of neighbouring taps as they lie in
// memory. Known beforehand: C and K (channels of x and y, C 8, 16 or 32, K a multiple of 8), FIRST
// (channels of x that are in its first tensor; the others are in `rest`, which is not read where there
// are none), KD, KH, KW (the kernel), PD, PH, PW (padding before), ROWS (of y that a warp computes) and
// DEPTH (groups of factors whose weights a block holds at a time).

constexpr int WARPS = 4;      // two beside each other, two below
constexpr int THREADS = 32 * WARPS;
constexpr int BLOCKS = K / 8;               // of channels of y
constexpr int GROUPS = (KW * C + 15) / 16;  // of 16 factors of a row of taps
constexpr int TILE_ROWS = 2 * ROWS;
constexpr int TILE_COLUMNS = 32;
constexpr int HELD_ROWS = TILE_ROWS + KH - 1;
constexpr int HELD_COLUMNS = TILE_COLUMNS + (GROUPS * 16 + C - 1) / C - 1;
constexpr int PARTS = C / 8;                // of 16 bytes that a voxel is made of

typedef Pack<Element, 8> Part;

struct Field {
  int xD, xH, xW;
  int yD, yH, yW;
};

// Where a part of a voxel is held: the parts of voxels that are read at once lie in other banks.
__device__ int placeOf(int row, int column, int part) {
  return (row * HELD_COLUMNS + column) * PARTS + (part ^ column * PARTS / 8 % PARTS);
}

// The rows that a block needs of one plane; zeros outside.
__device__ void hold(Part* held, const Element* x, const Element* rest, const Field& field,
                     int sample, int plane, int firstRow, int firstColumn) {
  for (int i = threadIdx.x; i < HELD_ROWS * HELD_COLUMNS * PARTS; i += THREADS) {
    int part = i % PARTS, c = i / PARTS % HELD_COLUMNS, r = i / PARTS / HELD_COLUMNS;
    int row = firstRow + r - PH, column = firstColumn + c - PW;
    Part found;
    for (int l = 0; l < 8; l++) found.at[l].bits = 0;
    if (row >= 0 && row < field.xH && column >= 0 && column < field.xW) {
      long long voxel = ((long long)sample * field.xD + plane) * field.xH + row;
      found = loadBeside<8, FIRST, C - FIRST>(x, rest, voxel * field.xW + column, part * 8);
    }
    held[placeOf(r, c, part)] = found;
  }
}

// The weights of some groups of factors for one plane of taps, as the threads of a warp need them: two
// words for each row of taps and block of channels.
__device__ void holdWeights(uint2* held, const Element* w, int depth, int group) {
  for (int i = threadIdx.x; i < DEPTH * KH * BLOCKS * 32; i += THREADS) {
    int lane = i % 32, block = i / 32 % BLOCKS, a = i / 32 / BLOCKS % KH;
    int first = (group + i / 32 / BLOCKS / KH) * 16 + lane % 4 * 2;
    const Element* row = w + (((block * 8 + lane / 4) * KD + depth) * KH + a) * KW * C;
    uint2 words = {0u, 0u};
    // behind the last tap there is nothing
    if (first < KW * C) words.x = *reinterpret_cast<const unsigned*>(row + first);
    if (first + 8 < KW * C) words.y = *reinterpret_cast<const unsigned*>(row + first + 8);
    held[i] = words;
  }
}

#ifdef __CUDA_ARCH__

// A quarter of 16 voxels x 16 factors for each word: `row` is where this thread's eight factors are.
__device__ void loadFactors(unsigned (&a)[4], const Part* row) {
  unsigned at = (unsigned)__cvta_generic_to_shared(row);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(a[0]), "=r"(a[1]), "=r"(a[2]), "=r"(a[3])
               : "r"(at));
}

__device__ void multiply(float (&sums)[4], const unsigned (&a)[4], uint2 b) {
#if ELEMENT == 1
  asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
#else
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
#endif
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b.x), "r"(b.y));
}

#else

// The same where a warp is 32 fibers: what threads exchange passes through memory.
struct Exchange {
  const Part* rows[32];
  unsigned a[32][4];
  uint2 b[32];
};

inline Exchange& exchange() {
  static Exchange all[WARPS];
  return all[threadIdx.x / 32];
}

inline void loadFactors(unsigned (&a)[4], const Part* row) {
  int lane = threadIdx.x % 32;
  exchange().rows[lane] = row;
  __syncthreads();
  for (int i = 0; i < 4; i++) {
    const Part& part = *exchange().rows[8 * i + lane / 4];
    a[i] = part.at[lane % 4 * 2].bits | (unsigned)part.at[lane % 4 * 2 + 1].bits << 16;
  }
  __syncthreads();
}

inline float half(unsigned word, int upper) { return widen((unsigned short)(word >> 16 * upper)); }

inline void multiply(float (&sums)[4], const unsigned (&a)[4], uint2 b) {
  int lane = threadIdx.x % 32;
  Exchange& all = exchange();
  for (int i = 0; i < 4; i++) all.a[lane][i] = a[i];
  all.b[lane] = b;
  __syncthreads();
  for (int i = 0; i < 4; i++) {
    int row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2;
    for (int k = 0; k < 16; k++) {
      unsigned left = all.a[row % 8 * 4 + k % 8 / 2][row / 8 + k / 8 * 2];
      uint2 right = all.b[column * 4 + k % 8 / 2];
      sums[i] += half(left, k % 2) * half(k / 8 ? right.y : right.x, k % 2);
    }
  }
  __syncthreads();
}

#endif

// Sums of this thread: for each row and block of channels, two channels of voxel lane / 4 and of the
// eighth behind it, from channel lane % 4 * 2 on.
__device__ void convolve(float (&sums)[ROWS][BLOCKS][4], const Element* x, const Element* rest,
                         const Element* w, const Field& field) {
  alignas(16) __shared__ Part held[HELD_ROWS * HELD_COLUMNS * PARTS];
  alignas(16) __shared__ uint2 weights[DEPTH * KH * BLOCKS * 32];
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
#pragma unroll
    for (int block = 0; block < BLOCKS; block++) {
#pragma unroll
      for (int i = 0; i < 4; i++) sums[r][block][i] = 0.0f;
    }
  }
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  int firstRow = warp / 2 * ROWS, column = warp % 2 * 16 + lane % 16;
  int sample = blockIdx.z / field.yD;
  for (int depth = 0; depth < KD; depth++) {
    int plane = blockIdx.z % field.yD + depth - PD;
    // the whole block is of one plane, so that it skips what lies outside together
    if (plane < 0 || plane >= field.xD) continue;
    for (int group = 0; group < GROUPS; group += DEPTH) {
      __syncthreads();
      if (group == 0) {
        hold(held, x, rest, field, sample, plane, blockIdx.y * TILE_ROWS,
             blockIdx.x * TILE_COLUMNS);
      }
      holdWeights(weights, w, depth, group);
      __syncthreads();
#pragma unroll 1
      for (int one = 0; one < DEPTH && group + one < GROUPS; one++) {
        uint2 factors[KH][BLOCKS];
#pragma unroll
        for (int a = 0; a < KH; a++) {
#pragma unroll
          for (int block = 0; block < BLOCKS; block++) {
            factors[a][block] = weights[((one * KH + a) * BLOCKS + block) * 32 + lane];
          }
        }
        // eight factors of a voxel: the channels of one tap, or some of them
        int eighth = (group + one) * 2 + lane / 16;
#pragma unroll
        for (int r = 0; r < ROWS + KH - 1; r++) {
          unsigned voxels[4];
          loadFactors(voxels, held + placeOf(firstRow + r, column + eighth / PARTS, eighth % PARTS));
#pragma unroll
          for (int a = 0; a < KH; a++) {
            if (r - a < 0 || r - a >= ROWS) continue;
#pragma unroll
            for (int block = 0; block < BLOCKS; block++) {
              multiply(sums[r - a][block], voxels, factors[a][block]);
            }
          }
        }
      }
    }
  }
}
