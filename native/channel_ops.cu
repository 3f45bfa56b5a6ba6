// What goes over the channels of each voxel: a thread a voxel, which reads C neighbours in memory.

extern "C" __global__ void softmax(const Element* x, Element* y, long long voxels, int C) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index v = (Index)blockIdx.x * blockDim.x + threadIdx.x; v < voxels; v += step) {
    const Element* row = x + v * C;
    float most = row[0], sum = 0.0f;
    for (int c = 1; c < C; c++) most = fmaxf(most, row[c]);
    for (int c = 0; c < C; c++) sum += expf(row[c] - most);
    for (int c = 0; c < C; c++) y[v * C + c] = expf(row[c] - most) / sum;
  }
}

extern "C" __global__ void channel_mean(const Element* x, Element* y, long long voxels, int C) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index v = (Index)blockIdx.x * blockDim.x + threadIdx.x; v < voxels; v += step) {
    double sum = 0.0;
    for (int c = 0; c < C; c++) sum += x[v * C + c];
    y[v] = (float)(sum / C);
  }
}

extern "C" __global__ void channel_max(const Element* x, Element* y, long long voxels, int C) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index v = (Index)blockIdx.x * blockDim.x + threadIdx.x; v < voxels; v += step) {
    float most = x[v * C];
    for (int c = 1; c < C; c++) most = fmaxf(most, x[v * C + c]);
    y[v] = most;
  }
}

// Both in one pass, LANES channels at a time: a voxel has so many packs of them.
extern "C" __global__ void channel_mean_and_max(const Pack<Element, LANES>* x, Element* mean,
                                                Element* most, long long voxels, int packs) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index v = (Index)blockIdx.x * blockDim.x + threadIdx.x; v < voxels; v += step) {
    const Pack<Element, LANES>* row = x + v * packs;
    double sum = 0.0;
    float largest = row[0].at[0];
    for (int p = 0; p < packs; p++) {
      Pack<Element, LANES> pack = row[p];
#pragma unroll
      for (int l = 0; l < LANES; l++) {
        float value = pack.at[l];
        sum += value;
        largest = fmaxf(largest, value);
      }
    }
    mean[v] = (float)(sum / (packs * LANES));
    most[v] = largest;
  }
}

// dx = dy at the first channel that has the maximum.
extern "C" __global__ void channel_max_backward(const Element* x, const Element* dy, Element* dx,
                                                long long voxels, int C) {
  Index step = (Index)gridDim.x * blockDim.x;
  for (Index v = (Index)blockIdx.x * blockDim.x + threadIdx.x; v < voxels; v += step) {
    int first = 0;
    for (int c = 1; c < C; c++) {
      if (x[v * C + c] > x[v * C + first]) first = c;
    }
    for (int c = 0; c < C; c++) dx[v * C + c] = c == first ? dy[v] : 0.0f;
  }
}
