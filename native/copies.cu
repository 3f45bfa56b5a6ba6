// What moves elements and computes nothing. Tensors are channels-last unless said; the caller's are
// of floats.

// The caller's order (N, C, voxels) to channels-last.
extern "C" __global__ void to_channels_last(const float* x, Element* y, long long n, int C,
                                            long long voxels) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index i = (Index)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    Index c = i % C, v = i / C % voxels, sample = i / C / voxels;
    y[i] = x[(sample * C + c) * voxels + v];
  }
}

// Channels-last to the caller's order.
extern "C" __global__ void from_channels_last(const Element* x, float* y, long long n, int C,
                                              long long voxels) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index i = (Index)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    Index v = i % voxels, c = i / voxels % C, sample = i / voxels / C;
    y[i] = x[(sample * voxels + v) * C + c];
  }
}

// count packs of channels of every voxel, from pack from of xC to pack to of yC.
extern "C" __global__ void copy_channels(const Pack<Element, LANES>* x, Pack<Element, LANES>* y,
                                         long long voxels, int xC, int from, int yC, int to,
                                         int count) {
  Index n = voxels * count, step = (Index)gridDim.x * blockDim.x;
  for (Index i = (Index)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    Index v = i / count;
    int c = (int)(i % count);
    y[v * yC + to + c] = x[v * xC + from + c];
  }
}

struct Box {
  int C;
  int xD, xH, xW;
  int yD, yH, yW;
  int d, h, w;  // where the first voxel of y lies in x
};

// y = x seen through a box that may stick out: zeros there. Pads and crops.
extern "C" __global__ void shift(const Element* x, Element* y, long long n, Box box) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index i = (Index)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    int c = (int)(i % box.C);
    Index at = i / box.C;
    int w = (int)(at % box.yW) + box.w;
    at /= box.yW;
    int h = (int)(at % box.yH) + box.h;
    at /= box.yH;
    int d = (int)(at % box.yD) + box.d;
    Index sample = at / box.yD;
    bool inside = d >= 0 && d < box.xD && h >= 0 && h < box.xH && w >= 0 && w < box.xW;
    y[i] = inside ? x[(((sample * box.xD + d) * box.xH + h) * box.xW + w) * box.C + c] : 0.0f;
  }
}
