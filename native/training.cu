// A step of Adam on weights that stay on the device. All is computed in double precision, products
// are never fused into sums: weights are those that the host computes, to the bit.

__device__ Index first_index() { return (Index)blockIdx.x * blockDim.x + threadIdx.x; }
__device__ Index all_threads() { return (Index)gridDim.x * blockDim.x; }

// rates: beta 1, beta 2, epsilon, the size of the step, the correction of the second moment. Says so
// where a weight is no number any more.
extern "C" __global__ void adam(float* weights, float* mean, float* square, const float* gradient,
                                long long n, const double* rates, int* failed) {
  double beta1 = rates[0], beta2 = rates[1], epsilon = rates[2], size = rates[3];
  double correction = rates[4];
  for (Index i = first_index(); i < n; i += all_threads()) {
    double g = gradient[i];
    double m = __dmul_rn(beta1, mean[i]) + __dmul_rn(1 - beta1, g);
    double v = __dmul_rn(beta2, square[i]) + __dmul_rn(__dmul_rn(1 - beta2, g), g);
    mean[i] = (float)m;
    square[i] = (float)v;
    double w = weights[i] - __dmul_rn(size, m) / (__dmul_rn(sqrt(v), correction) + epsilon);
    weights[i] = (float)w;
    if (w - w != 0) *failed = 1;
  }
}

// A parameter as kernels read it: (outer, C, inner) as (outer, inner, C).
extern "C" __global__ void pack_parameter(const float* x, Element* y, long long n, long long C,
                                          long long inner) {
  for (Index i = first_index(); i < n; i += all_threads()) {
    Index c = i % C, at = i / C % inner, outer = i / C / inner;
    y[i] = x[(outer * C + c) * inner + at];
  }
}

// What a step gave becomes what the next one takes.
extern "C" __global__ void carry(const float* x, float* y, long long n, int* failed) {
  for (Index i = first_index(); i < n; i += all_threads()) {
    y[i] = x[i];
    if (x[i] - x[i] != 0) *failed = 1;
  }
}
