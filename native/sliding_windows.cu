// Sliding windows where cuDNN has no engine: pooling, and convolutions by definition. The latter are
// slow, and there so that every network runs on every device.

struct Window {
  int C, K;           // channels of x, of y
  int groups;
  int xD, xH, xW;
  int yD, yH, yW;
  int kD, kH, kW;
  int sD, sH, sW;     // strides
  int pD, pH, pW;     // padding before
};

__device__ Index voxel(Index sample, int d, int h, int w, int D, int H, int W) {
  return ((sample * D + d) * H + h) * W + w;
}

// Position of voxel i of a tensor of D x H x W voxels a sample.
struct Position {
  Index sample;
  int d, h, w;
};

__device__ Position position(Index i, int D, int H, int W) {
  Position p;
  p.w = (int)(i % W);
  i /= W;
  p.h = (int)(i % H);
  i /= H;
  p.d = (int)(i % D);
  p.sample = i / D;
  return p;
}

// The place in x of the first maximum under the window of a voxel of y.
__device__ Index first_maximum(const Element* x, const Window& win, const Position& p, int c) {
  Index best = -1;
  for (int a = 0; a < win.kD; a++) {
    int d = p.d * win.sD - win.pD + a;
    if (d < 0 || d >= win.xD) continue;
    for (int b = 0; b < win.kH; b++) {
      int h = p.h * win.sH - win.pH + b;
      if (h < 0 || h >= win.xH) continue;
      for (int e = 0; e < win.kW; e++) {
        int w = p.w * win.sW - win.pW + e;
        if (w < 0 || w >= win.xW) continue;
        Index at = voxel(p.sample, d, h, w, win.xD, win.xH, win.xW) * win.C + c;
        if (best < 0 || x[at] > x[best]) best = at;
      }
    }
  }
  return best;
}

extern "C" __global__ void max_pool(const Element* x, Element* y, long long n, Window win) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index i = (Index)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    Position p = position(i / win.C, win.yD, win.yH, win.yW);
    y[i] = x[first_maximum(x, win, p, (int)(i % win.C))];
  }
}

// The positions q of a window, on one axis, that reach place p: q * stride - pad <= p < ... + kernel.
__device__ int first_reaching(int p, int kernel, int stride, int pad) {
  int least = p + pad - kernel + 1;
  return least <= 0 ? 0 : (least + stride - 1) / stride;
}

__device__ int last_reaching(int p, int stride, int pad, int positions) {
  int most = (p + pad) / stride;
  return most < positions ? most : positions - 1;
}

// dx = the sum of the dy whose window has its first maximum here.
extern "C" __global__ void max_pool_backward(const Element* x, const Element* dy, Element* dx,
                                             long long n, Window win) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index i = (Index)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    int c = (int)(i % win.C);
    Position p = position(i / win.C, win.xD, win.xH, win.xW);
    double sum = 0.0;
    Position q;
    q.sample = p.sample;
    for (q.d = first_reaching(p.d, win.kD, win.sD, win.pD);
         q.d <= last_reaching(p.d, win.sD, win.pD, win.yD); q.d++) {
      for (q.h = first_reaching(p.h, win.kH, win.sH, win.pH);
           q.h <= last_reaching(p.h, win.sH, win.pH, win.yH); q.h++) {
        for (q.w = first_reaching(p.w, win.kW, win.sW, win.pW);
             q.w <= last_reaching(p.w, win.sW, win.pW, win.yW); q.w++) {
          if (first_maximum(x, win, q, c) == i) {
            sum += dy[voxel(q.sample, q.d, q.h, q.w, win.yD, win.yH, win.yW) * win.C + c];
          }
        }
      }
    }
    dx[i] = (float)sum;
  }
}

// Weights are (K, taps, C / groups).
extern "C" __global__ void direct_forward(const Element* x, const Element* w, Element* y,
                                          long long n, Window win) {
  int inner = win.C / win.groups, outer = win.K / win.groups;
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index i = (Index)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    int k = (int)(i % win.K), first = k / outer * inner;
    Position p = position(i / win.K, win.yD, win.yH, win.yW);
    double sum = 0.0;
    for (int a = 0; a < win.kD; a++) {
      int d = p.d * win.sD - win.pD + a;
      if (d < 0 || d >= win.xD) continue;
      for (int b = 0; b < win.kH; b++) {
        int h = p.h * win.sH - win.pH + b;
        if (h < 0 || h >= win.xH) continue;
        for (int e = 0; e < win.kW; e++) {
          int column = p.w * win.sW - win.pW + e;
          if (column < 0 || column >= win.xW) continue;
          Index at = voxel(p.sample, d, h, column, win.xD, win.xH, win.xW) * win.C + first;
          Index tap = ((Index)k * win.kD + a) * win.kH + b;
          const Element* row = w + (tap * win.kW + e) * inner;
          for (int c = 0; c < inner; c++) sum += (double)x[at + c] * row[c];
        }
      }
    }
    y[i] = (float)sum;
  }
}

extern "C" __global__ void direct_backward_data(const Element* dy, const Element* w, Element* dx,
                                                long long n, Window win) {
  int inner = win.C / win.groups, outer = win.K / win.groups;
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index i = (Index)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    int channel = (int)(i % win.C), c = channel % inner, first = channel / inner * outer;
    Position p = position(i / win.C, win.xD, win.xH, win.xW);
    double sum = 0.0;
    for (int d = first_reaching(p.d, win.kD, win.sD, win.pD);
         d <= last_reaching(p.d, win.sD, win.pD, win.yD); d++) {
      int a = p.d + win.pD - d * win.sD;
      for (int h = first_reaching(p.h, win.kH, win.sH, win.pH);
           h <= last_reaching(p.h, win.sH, win.pH, win.yH); h++) {
        int b = p.h + win.pH - h * win.sH;
        for (int column = first_reaching(p.w, win.kW, win.sW, win.pW);
             column <= last_reaching(p.w, win.sW, win.pW, win.yW); column++) {
          int e = p.w + win.pW - column * win.sW;
          const Element* row =
              dy + voxel(p.sample, d, h, column, win.yD, win.yH, win.yW) * win.K + first;
          for (int k = 0; k < outer; k++) {
            Index tap = ((Index)(first + k) * win.kD + a) * win.kH + b;
            sum += (double)row[k] * w[(tap * win.kW + e) * inner + c];
          }
        }
      }
    }
    dx[i] = (float)sum;
  }
}
