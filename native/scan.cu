// A scan on its way to the network and back. Slice z of the scan lies at place z % size wherever some
// slices are held. Sums are in double precision and in the order of the host's, products are never
// fused into them: masks are the same to the bit.

__device__ Index first_index() { return (Index)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ Index all_threads() { return (Index)gridDim.x * blockDim.x; }

// Slices as stored, windowed by a table and resized along each row.
extern "C" __global__ void window_rows(const void* codes, int wide, const float* table, double* y,
                                       long long n, int begin, int size, int height, int width,
                                       int target, const int* start, const int* first,
                                       const double* weights) {
  for (Index i = first_index(); i < n; i += all_threads()) {
    int x = (int)(i % target);
    Index row = i / target, slice = (begin + row / height) % size;
    Index at = (slice * height + row % height) * width + first[x];
    double sum = 0;
    for (int tap = start[x]; tap < start[x + 1]; tap++, at++) {
      int code = wide ? ((const unsigned short*)codes)[at] : ((const unsigned char*)codes)[at];
      sum += __dmul_rn(weights[tap], table[code]);
    }
    y[i] = sum;
  }
}

// The sum along a column of what was resized along rows.
__device__ double column(const double* rows, Index slice, int height, int width, int y, int x,
                         const int* start, const int* first, const double* weights) {
  const double* at = rows + (slice * height + first[y]) * width + x;
  double sum = 0;
  for (int tap = start[y]; tap < start[y + 1]; tap++, at += width) {
    sum += __dmul_rn(weights[tap], *at);
  }
  return sum;
}

// The network's input: slices resized along columns, in each channel; zeros behind the used ones.
extern "C" __global__ void fill_input(const double* rows, float* y, long long n, int used,
                                      int height, int width, int target, int channels,
                                      const int* start, const int* first, const double* weights) {
  Index plane = (Index)target * width;
  for (Index i = first_index(); i < n; i += all_threads()) {
    Index slice = i / plane, at = i % plane;
    float value = slice < used ? (float)column(rows, slice, height, width, (int)(at / width),
                                               (int)(at % width), start, first, weights)
                               : 0.0f;
    for (int c = 0; c < channels; c++) y[(slice * channels + c) * plane + at] = value;
  }
}

// Adds a group's probabilities to the sums of the scan, and divides those that are complete.
// shares holds weight, whether it is the first, and the total, for each slice.
extern "C" __global__ void stitch(const float* x, float* sums, long long n, int begin, int size,
                                  long long plane, long long from, long long stride,
                                  const double* shares) {
  for (Index i = first_index(); i < n; i += all_threads()) {
    Index slice = i / plane, at = i % plane;
    const double* share = shares + 3 * slice;
    float* sum = sums + (begin + slice) % size * plane + at;
    double product = __dmul_rn(share[0], x[from + slice * stride + at]);
    float value = share[1] != 0 ? (float)product : (float)(*sum + product);
    if (share[2] != 0 && share[2] != 1) value = (float)(value / share[2]);
    *sum = value;
  }
}

// Finished slices, resized along each row.
extern "C" __global__ void stretch_rows(const float* sums, double* y, long long n, int begin,
                                        int size, int height, int width, int target,
                                        const int* start, const int* first,
                                        const double* weights) {
  for (Index i = first_index(); i < n; i += all_threads()) {
    int x = (int)(i % target);
    Index row = i / target, slice = (begin + row / height) % size;
    const float* at = sums + (slice * height + row % height) * width + first[x];
    double sum = 0;
    for (int tap = start[x]; tap < start[x + 1]; tap++) {
      sum += __dmul_rn(weights[tap], *at++);
    }
    y[i] = sum;
  }
}

// The mask of finished slices, and their probabilities where there is room for them. What is not
// finite is 2, which the host refuses.
extern "C" __global__ void make_mask(const double* rows, unsigned char* mask, float* probabilities,
                                     long long n, int height, int width, int target, float limit,
                                     const int* start, const int* first, const double* weights) {
  Index plane = (Index)target * width;
  for (Index i = first_index(); i < n; i += all_threads()) {
    Index at = i % plane;
    float value = (float)column(rows, i / plane, height, width, (int)(at / width),
                                (int)(at % width), start, first, weights);
    mask[i] = value - value == 0 ? value >= limit : 2;
    if (probabilities) probabilities[i] = value;
  }
}
