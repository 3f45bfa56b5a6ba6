// What acts on each element by itself, for kernels that are written for one chain of operations
// (kernels/chain_code.ts): neighbouring elements are read and written as one.

template <int N, class T>
__device__ Pack<T, N> load(const T* from) {
  return *reinterpret_cast<const Pack<T, N>*>(from);
}

template <int N, class T>
__device__ void store(T* to, const float* values) {
  Pack<T, N> pack;
  for (int l = 0; l < N; l++) pack.at[l] = values[l];
  *reinterpret_cast<Pack<T, N>*>(to) = pack;
}

// The largest power of two that divides both.
__device__ constexpr int common(int a, int b) { return (a | b) & -(a | b); }

// N neighbouring channels of a voxel of two tensors that stand beside each other, of FIRST and SECOND
// channels, 0 where there is no second one; `channel` is a multiple of N.
template <int N, int FIRST, int SECOND, class T, class Place>
__device__ Pack<T, N> loadBeside(const T* first, const T* second, Place voxel, int channel) {
  constexpr int PIECE = common(common(FIRST, SECOND), N);
  Pack<T, N> all;
#pragma unroll
  for (int at = 0; at < N; at += PIECE) {
    int c = channel + at;
    bool inFirst = SECOND == 0 || c < FIRST;
    Pack<T, PIECE> piece = load<PIECE>(inFirst ? first + voxel * FIRST + c
                                               : second + voxel * SECOND + c - FIRST);
#pragma unroll
    for (int l = 0; l < PIECE; l++) all.at[at + l] = piece.at[l];
  }
  return all;
}

// The same by the place in the whole; all of one voxel.
template <int N, int FIRST, int SECOND, class T>
__device__ Pack<T, N> loadJoined(const T* first, const T* second, Index i) {
  constexpr int ALL = FIRST + SECOND;
  return loadBeside<N, FIRST, SECOND>(first, second, i / ALL, int(i % ALL));
}

// Sizes of a result, N, D, H, W, C, and elements of an operand from one index of it to the next,
// 0 where it is repeated.
template <class Index>
struct Strides {
  Index sizes[5], strides[5];
};

template <class Index>
__device__ Index place(const Strides<Index>& all, Index i) {
  Index at = 0;
  for (int axis = 4; axis >= 0; axis--) {
    at += i % all.sizes[axis] * all.strides[axis];
    i /= all.sizes[axis];
  }
  return at;
}

__device__ float elu(float v) { return v > 0.0f ? v : expm1f(v); }
__device__ float sigmoid(float v) { return 1.0f / (1.0f + expf(-v)); }
__device__ float softplus(float v) { return fmaxf(v, 0.0f) + log1pf(expf(-fabsf(v))); }
__device__ float leaky(float v, float slope) { return v > 0.0f ? v : slope * v; }
__device__ float prelu(float v, float slope) { return fmaxf(v, 0.0f) + slope * fminf(v, 0.0f); }
// The gradient of a leaky unit, by the sign of what it was given.
__device__ float gate(float v, float given, float slope) { return given > 0.0f ? v : slope * v; }
