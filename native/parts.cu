// The second half of a reduction: joins the parts that the blocks made.

// y[g, c] = scale * the sum of its parts, or the largest of them.
extern "C" __global__ void join_parts(const double* parts, Element* y, long long n, int splits,
                                      long long C, int maximum, double scale) {
  long long step = (long long)gridDim.x * blockDim.x;
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    const double* column = parts + i / C * splits * C + i % C;
    double sum = column[0];
    for (int s = 1; s < splits; s++) {
      double part = column[s * C];
      sum = maximum ? (sum > part ? sum : part) : sum + part;
    }
    y[i] = (float)(scale * sum);
  }
}
