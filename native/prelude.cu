// The element type of activations and weights, put before every program: ELEMENT is 0 for float, 1
// for half precision and 2 for bfloat16. Whatever is computed is computed in float or better; an
// element is converted when it is read, and rounded to the nearest, ties to even, when it is
// written: by an instruction where the GPU has one, else by bits, for NVRTC has no headers and a host
// compiles this too. Index is what elements are counted with, int or long long; LANES how many of
// them a kernel that can moves at once.

#if ELEMENT == 0
typedef float Element;
#else

union Word {
  float number;
  unsigned bits;
};

__device__ float number(unsigned bits) {
  Word word;
  word.bits = bits;
  return word.number;
}

__device__ unsigned bits(float number) {
  Word word;
  word.number = number;
  return word.bits;
}

#if ELEMENT == 1 && defined(__CUDA_ARCH__)

__device__ float widen(unsigned short half) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(half));
  return value;
}

__device__ unsigned short narrow(float value) {
  unsigned short half;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half) : "f"(value));
  return half;
}

#elif ELEMENT == 1

// The exponent is moved by a factor, which makes normal numbers of subnormal ones as well.
__device__ float widen(unsigned short half) {
  unsigned magnitude = (half & 0x7fffu) << 13, sign = (half & 0x8000u) << 16;
  unsigned wide = magnitude >= 0x0f800000u ? magnitude + 0x70000000u
                                           : bits(number(magnitude) * number(0x77800000u));
  return number(wide | sign);
}

__device__ unsigned short narrow(float value) {
  unsigned magnitude = bits(value) & 0x7fffffffu, sign = bits(value) >> 16 & 0x8000u;
  if (magnitude > 0x7f800000u) return (unsigned short)(sign | 0x7e00u);
  // what rounds to 2^16 or more is infinite
  if (magnitude >= 0x477ff000u) return (unsigned short)(sign | 0x7c00u);
  // below 2^-14 a half has steps of 2^-24, as a float between 0.5 and 1 has
  if (magnitude < 0x38800000u) {
    return (unsigned short)(sign | (bits(number(magnitude) + 0.5f) - 0x3f000000u));
  }
  unsigned even = magnitude >> 13 & 1u;
  return (unsigned short)(sign | (magnitude - 0x38000000u + 0x0fffu + even) >> 13);
}

#else

__device__ float widen(unsigned short high) { return number((unsigned)high << 16); }

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800

__device__ unsigned short narrow(float value) {
  unsigned short half;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(half) : "f"(value));
  return half;
}

#else

__device__ unsigned short narrow(float value) {
  unsigned all = bits(value);
  if ((all & 0x7fffffffu) > 0x7f800000u) return (unsigned short)(all >> 16 | 0x0040u);
  return (unsigned short)((all + 0x7fffu + (all >> 16 & 1u)) >> 16);
}

#endif
#endif

struct Element {
  unsigned short bits;

  __device__ operator float() const { return widen(bits); }
  __device__ Element& operator=(float value) {
    bits = narrow(value);
    return *this;
  }
};

#endif

// Elements that lie beside each other, moved by 16 bytes at a time.
template <class T, int N>
struct alignas(sizeof(T) * N < 16 ? sizeof(T) * N : 16) Pack {
  T at[N];
};

// What may be of elements or, in the midst of them, of floats: statistics, one number a channel.
__device__ float read(const void* x, int single, long long i) {
  if (single) return ((const float*)x)[i];
  return ((const Element*)x)[i];
}

__device__ void write(void* y, int single, long long i, float value) {
  if (single) ((float*)y)[i] = value;
  else ((Element*)y)[i] = value;
}
