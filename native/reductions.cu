// Sums and maxima over voxels, in double precision and in an order that does not change: first a
// part a block, then the parts. A tensor is seen as groups x rows x C; each column of each group
// gives one number.

enum Kind { PLAIN, SQUARED_DISTANCE, TIMES_NORMALISED, TIMES_NEGATIVE, MAXIMUM };

struct Columns {
  long long rows;       // of a group
  long long C;
  long long statistic;  // rows that share a mean and a variance; 0 where all do
  int kind;
  float epsilon;
};

__device__ double term(const Columns& columns, const Element* x, const Element* other,
                       const float* mean, const float* variance, long long row, long long c) {
  long long i = row * columns.C + c;
  if (columns.kind == PLAIN || columns.kind == MAXIMUM) return x[i];
  if (columns.kind == TIMES_NEGATIVE) return (double)other[i] * fminf(x[i], 0.0f);
  long long s = columns.statistic ? row / columns.statistic * columns.C + c : c;
  double centred = (double)x[i] - mean[s];
  if (columns.kind == SQUARED_DISTANCE) return centred * centred;
  return other[i] * centred / sqrt((double)variance[s] + columns.epsilon);
}

__device__ double join(int kind, double a, double b) {
  if (kind == MAXIMUM) return a > b ? a : b;
  return a + b;
}

// What the threads of each column of a block have, joined; for those of the first row.
__device__ double joinRows(double* held, int kind, double own) {
  int here = threadIdx.y * blockDim.x + threadIdx.x;
  held[here] = own;
  __syncthreads();
  for (int half = blockDim.y / 2; half > 0; half /= 2) {
    if (threadIdx.y < half) held[here] = join(kind, held[here], held[here + half * blockDim.x]);
    __syncthreads();
  }
  return held[here];
}

// parts is groups x gridDim.y x C; blockDim.x * blockDim.y is 256, both powers of 2.
extern "C" __global__ void reduce_columns(const Element* x, const Element* other,
                                          const float* mean, const float* variance, double* parts,
                                          Columns columns) {
  __shared__ double sums[256];
  long long c = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  long long first = (long long)blockIdx.z * columns.rows;
  // a column that some threads have no row of starts from its first row, which changes no maximum
  double sum = 0.0;
  if (columns.kind == MAXIMUM && c < columns.C) sum = x[first * columns.C + c];
  if (c < columns.C) {
    long long step = (long long)gridDim.y * blockDim.y;
    for (long long r = (long long)blockIdx.y * blockDim.y + threadIdx.y; r < columns.rows;
         r += step) {
      sum = join(columns.kind, sum, term(columns, x, other, mean, variance, first + r, c));
    }
  }
  sum = joinRows(sums, columns.kind, sum);
  if (threadIdx.y == 0 && c < columns.C) {
    parts[((long long)blockIdx.z * gridDim.y + blockIdx.y) * columns.C + c] = sum;
  }
}

// Sums and maxima in one pass, with parts of each.
extern "C" __global__ void reduce_sums_and_maxima(const Element* x, double* sumParts,
                                                  double* maximumParts, long long rows,
                                                  long long C) {
  __shared__ double sums[256], maxima[256];
  long long c = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  const Element* first = x + (long long)blockIdx.z * rows * C;
  double sum = 0.0, most = c < C ? (double)first[c] : 0.0;
  if (c < C) {
    long long step = (long long)gridDim.y * blockDim.y;
    for (long long r = (long long)blockIdx.y * blockDim.y + threadIdx.y; r < rows; r += step) {
      double value = first[r * C + c];
      sum = join(PLAIN, sum, value);
      most = join(MAXIMUM, most, value);
    }
  }
  sum = joinRows(sums, PLAIN, sum);
  most = joinRows(maxima, MAXIMUM, most);
  if (threadIdx.y == 0 && c < C) {
    long long at = ((long long)blockIdx.z * gridDim.y + blockIdx.y) * C + c;
    sumParts[at] = sum;
    maximumParts[at] = most;
  }
}

// y[g, c] = scale * the sum of its parts, or the largest of them.
extern "C" __global__ void join_parts(const double* parts, Element* y, long long n, int splits,
                                      long long C, int maximum, double scale) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index i = (Index)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    const double* column = parts + i / C * splits * C + i % C;
    double sum = column[0];
    for (int s = 1; s < splits; s++) {
      double part = column[s * C];
      sum = maximum ? (sum > part ? sum : part) : sum + part;
    }
    y[i] = (float)(scale * sum);
  }
}

struct Box {
  long long sizes[5];    // of a box of x, or of the result
  long long strides[5];  // in x
};

__device__ long long offset(const Box& box, long long i) {
  long long at = 0;
  for (int axis = 4; axis >= 0; axis--) {
    at += i % box.sizes[axis] * box.strides[axis];
    i /= box.sizes[axis];
  }
  return at;
}

// y[i] = the sum of a box of x, of `count` elements, that starts where `kept` says: a block a sum.
extern "C" __global__ void sum_boxes(const Element* x, void* y, int single, long long n,
                                     long long count, Box kept, Box summed) {
  __shared__ double sums[64];
  for (long long i = blockIdx.x; i < n; i += gridDim.x) {
    long long start = offset(kept, i);
    double sum = 0.0;
    for (long long r = threadIdx.x; r < count; r += 64) sum += x[start + offset(summed, r)];
    sums[threadIdx.x] = sum;
    __syncthreads();
    for (int half = 32; half > 0; half /= 2) {
      if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
      __syncthreads();
    }
    if (threadIdx.x == 0) write(y, single, i, (float)sums[0]);
    __syncthreads();
  }
}

struct Gradient {
  int C, K, groups;
  int xD, xH, xW;
  int yD, yH, yW;
  int kD, kH, kW;
  int sD, sH, sW;
  int pD, pH, pW;
};

// dw[k, tap, c] where cuDNN has no engine: a block an element, positions in parallel.
extern "C" __global__ void direct_backward_weights(const Element* x, const Element* dy,
                                                   Element* dw, long long n, long long positions,
                                                   Gradient g) {
  __shared__ double sums[64];
  int inner = g.C / g.groups, outer = g.K / g.groups;
  for (long long i = blockIdx.x; i < n; i += gridDim.x) {
    long long at = i / inner;
    int e = (int)(at % g.kW), b = (int)(at / g.kW % g.kH), a = (int)(at / g.kW / g.kH % g.kD);
    int k = (int)(at / g.kW / g.kH / g.kD), c = k / outer * inner + (int)(i % inner);
    double sum = 0.0;
    for (long long p = threadIdx.x; p < positions; p += 64) {
      int w = (int)(p % g.yW) * g.sW - g.pW + e;
      int h = (int)(p / g.yW % g.yH) * g.sH - g.pH + b;
      int d = (int)(p / g.yW / g.yH % g.yD) * g.sD - g.pD + a;
      long long sample = p / g.yW / g.yH / g.yD;
      if (d < 0 || d >= g.xD || h < 0 || h >= g.xH || w < 0 || w >= g.xW) continue;
      long long from = (((sample * g.xD + d) * g.xH + h) * g.xW + w) * g.C + c;
      sum += (double)x[from] * dy[p * g.K + k];
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    for (int half = 32; half > 0; half /= 2) {
      if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
      __syncthreads();
    }
    if (threadIdx.x == 0) dw[i] = (float)sums[0];
    __syncthreads();
  }
}
