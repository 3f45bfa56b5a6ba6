// Everything that acts on each element by itself: a chain of links, applied in one pass over memory.
// Tensors are channels-last, N, D, H, W, C; 2-D tensors have D = 1.

enum Op {
  LOAD, ADD, SUB, MUL, RELU, LEAKY_RELU, ELU, SIGMOID, AFFINE, RECIPROCAL, SOFTPLUS, PRELU, GATE,
  ONE_ABOVE, OVER_SPREAD
};

enum Index { SAME, MODULO, STRIDED };

// How one operand is read and what is done with it.
struct Link {
  int op;
  int index;
  int single;            // whether the operand is of floats, else of elements
  int unused;
  float alpha;
  float beta;
  const void* operand;
  long long modulus;     // MODULO: the operand repeats after this many elements
  long long strides[5];  // STRIDED: elements from one index of the result to the next, 0 to repeat
};

struct Chain {
  long long sizes[5];
  Link links[10];
  int count;
  int single;  // whether the result is of floats
};

__device__ long long place(const Chain& chain, const Link& link, long long i) {
  if (link.index == SAME) return i;
  if (link.index == MODULO) return i % link.modulus;
  long long at = 0;
  for (int axis = 4; axis >= 0; axis--) {
    at += i % chain.sizes[axis] * link.strides[axis];
    i /= chain.sizes[axis];
  }
  return at;
}

__device__ float apply(const Link& link, float v, float o) {
  switch (link.op) {
    case LOAD: return o;
    case ADD: return v + o;
    case SUB: return v - o;
    case MUL: return v * o;
    case RELU: return fmaxf(v, 0.0f);
    case LEAKY_RELU: return v > 0.0f ? v : link.alpha * v;
    case ELU: return v > 0.0f ? v : expm1f(v);
    case SIGMOID: return 1.0f / (1.0f + expf(-v));
    case AFFINE: return link.alpha * v + link.beta;
    case RECIPROCAL: return 1.0f / v;
    case SOFTPLUS: return fmaxf(v, 0.0f) + log1pf(expf(-fabsf(v)));
    case PRELU: return fmaxf(v, 0.0f) + o * fminf(v, 0.0f);
    // the gradient of a leaky unit, by the sign of what it was given
    case GATE: return o > 0.0f ? v : link.alpha * v;
    case ONE_ABOVE: return o > 0.0f ? 1.0f : v;
    // o is a variance
    case OVER_SPREAD: return v / sqrtf(o + link.alpha);
  }
  return v;
}

extern "C" __global__ void chain(void* y, long long n, Chain chain) {
  long long step = (long long)gridDim.x * blockDim.x;
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += step) {
    float v = 0.0f;
    for (int l = 0; l < chain.count; l++) {
      const Link& link = chain.links[l];
      float o = link.operand ? read(link.operand, link.single, place(chain, link, i)) : 0.0f;
      v = apply(link, v, o);
    }
    write(y, chain.single, i, v);
  }
}
