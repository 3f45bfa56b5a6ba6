// Runs the operations of a graph, one after another, by definition.
#include <cmath>
#include <functional>

#include "graph.hpp"

namespace {

using Sizes = std::vector<int64_t>;

float widenedHalf(uint16_t element) {
  int exponent = element >> 10 & 31, fraction = element & 1023;
  float size = exponent == 31  ? (fraction ? NAN : INFINITY)
               : exponent == 0 ? std::ldexp(float(fraction), -24)
                               : std::ldexp(float(fraction + 1024), exponent - 25);
  return element & 0x8000 ? -size : size;
}

// Every half, widened: weights are met again and again.
std::vector<float> widenedHalves() {
  std::vector<float> all(1 << 16);
  for (size_t bits = 0; bits < all.size(); bits++) all[bits] = widenedHalf(uint16_t(bits));
  return all;
}

float widened(uint16_t element, int type) {
  static const std::vector<float> halves = widenedHalves();
  if (type != BFLOAT16) return halves[element];
  uint32_t bits = uint32_t(element) << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// The nearest, ties to even: std::nearbyint rounds like that.
uint16_t narrowed(float value, int type) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if (type == BFLOAT16) {
    if (std::isnan(value)) return bits >> 16 | 0x40;
    uint16_t cut = bits >> 16, rest = bits & 0xffff;
    return cut + (rest > 0x8000 || (rest == 0x8000 && cut % 2));
  }
  uint16_t sign = bits >> 16 & 0x8000;
  if (std::isnan(value)) return sign | 0x7e00;
  float size = std::fabs(value);
  if (size >= 65520) return sign | 0x7c00;
  int exponent = -13;
  if (size >= 0x1p-14f) std::frexp(size, &exponent);  // size is below 2^exponent
  // 1024 steps and more where the exponent is above its least, which carries into it
  auto steps = uint16_t(std::nearbyint(std::ldexp(size, 11 - exponent)));
  return sign | (uint16_t((exponent + 13) << 10) + steps);
}

// Where the elements of tensors are: in the caller's memory, or in the double's own. Whatever their
// type, operations see floats: halves are widened when they are first met and narrowed at the end.
class Memory {
 public:
  explicit Memory(const std::map<int64_t, void*>& pointers) : pointers_(pointers) {}

  ~Memory() {
    for (auto& [id, half] : halves_) {
      for (size_t i = 0; i < half.floats.size(); i++) {
        half.elements[i] = narrowed(half.floats[i], half.type);
      }
    }
  }

  // Null, with the reason remembered, when there is no such memory.
  float* of(const Tensor& t) {
    if (t.isVirtual) {
      auto& own = own_[t.id];
      own.resize(t.span());
      return own.data();
    }
    auto found = pointers_.find(t.id);
    std::string name = "tensor " + std::to_string(t.id);
    if (found == pointers_.end()) {
      status = refuse(BAD_PARAM, name + " has no pointer");
    } else if (!twin::isDevice(found->second, t.bytes())) {
      status = refuse(EXECUTION_FAILED, name + " is not on the device, or too small");
    } else if (reinterpret_cast<uintptr_t>(found->second) % t.alignment) {
      status = refuse(MISALIGNED, name + " is not aligned");
    } else {
      return t.type == SINGLE ? static_cast<float*>(found->second) : half(t, found->second);
    }
    return nullptr;
  }

  int status = SUCCESS;

 private:
  const std::map<int64_t, void*>& pointers_;
  std::map<int64_t, std::vector<float>> own_;

  struct Half {
    uint16_t* elements;
    int type;
    std::vector<float> floats;
  };
  std::map<int64_t, Half> halves_;

  float* half(const Tensor& t, void* pointer) {
    auto [place, fresh] = halves_.try_emplace(t.id);
    Half& half = place->second;
    if (fresh) {
      half = {static_cast<uint16_t*>(pointer), t.type, std::vector<float>(t.span())};
      for (size_t i = 0; i < half.floats.size(); i++) {
        half.floats[i] = widened(half.elements[i], t.type);
      }
    }
    return half.floats.data();
  }
};

// Visits every index; the last axis fastest.
template <class Visit>
void everywhere(const Sizes& sizes, Visit visit) {
  Sizes at(sizes.size(), 0);
  for (;;) {
    visit(at);
    int axis = int(sizes.size()) - 1;
    while (axis >= 0 && ++at[axis] == sizes[axis]) at[axis--] = 0;
    if (axis < 0) return;
  }
}

int64_t offset(const Tensor& t, const Sizes& at) {
  int64_t sum = 0;
  for (size_t i = 0; i < at.size(); i++) sum += (t.sizes[i] == 1 ? 0 : at[i]) * t.strides[i];
  return sum;
}

// With 10 bits behind the first, as a tensor core reads it.
float rounded(float value, bool coarse) {
  if (!coarse) return value;
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits &= ~0x1fffu;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Sizes and strides with three spatial axes, those that are missing of size 1.
struct Field {
  float* data;
  int64_t n, c, size[3], stride[3], perSample, perChannel;

  Field(const Tensor& t, float* elements)
      : data(elements), n(t.sizes[0]), c(t.sizes[1]), perSample(t.strides[0]),
        perChannel(t.strides[1]) {
    size_t axes = t.sizes.size() - 2;
    for (size_t i = 0; i < 3; i++) {
      bool there = i + axes >= 3;
      size[i] = there ? t.sizes[i + axes - 1] : 1;
      stride[i] = there ? t.strides[i + axes - 1] : 0;
    }
  }
};

struct Window {
  int64_t stride[3] = {1, 1, 1}, before[3] = {0, 0, 0};

  Window(const Sizes& strides, const Sizes& paddings) {
    size_t axes = strides.size();
    for (size_t i = 0; i < axes; i++) {
      stride[3 - axes + i] = strides[i];
      before[3 - axes + i] = paddings[i];
    }
  }
};

// Visits every pair of a place in y and a place in x under its window: offsets of their samples'
// first channels, and of the tap in w.
void everyTap(const Field& x, const Field& w, const Field& y, const Window& win,
              const std::function<void(int64_t, int64_t, int64_t)>& visit) {
  for (int64_t n = 0; n < y.n; n++) {
    everywhere({y.size[0], y.size[1], y.size[2], w.size[0], w.size[1], w.size[2]},
               [&](const Sizes& at) {
                 int64_t inX = n * x.perSample, inY = n * y.perSample, inW = 0;
                 for (int i = 0; i < 3; i++) {
                   int64_t p = at[i] * win.stride[i] - win.before[i] + at[i + 3];
                   if (p < 0 || p >= x.size[i]) return;
                   inX += p * x.stride[i];
                   inY += at[i] * y.stride[i];
                   inW += at[i + 3] * w.stride[i];
                 }
                 visit(inX, inY, inW);
               });
  }
}

enum Direction { TO_Y, TO_X, TO_W };

void convolve(const Field& x, const Field& w, const Field& y, const Window& win, Direction to,
              const Tensor& target, bool coarse, double factor) {
  std::vector<double> sums(target.span(), 0.0);
  int64_t inner = w.c, outer = w.n / (x.c / w.c);
  everyTap(x, w, y, win, [&](int64_t inX, int64_t inY, int64_t inW) {
    for (int64_t k = 0; k < w.n; k++) {
      int64_t atY = inY + k * y.perChannel;
      int64_t firstX = inX + k / outer * inner * x.perChannel;
      int64_t firstW = inW + k * w.perSample;
      if (to == TO_Y) {
        double sum = 0.0;
        for (int64_t c = 0; c < inner; c++) {
          sum += double(rounded(x.data[firstX + c * x.perChannel], coarse)) *
                 rounded(w.data[firstW + c * w.perChannel], coarse);
        }
        sums[atY] += sum;
        continue;
      }
      double dy = rounded(y.data[atY], coarse);
      for (int64_t c = 0; c < inner; c++) {
        int64_t atX = firstX + c * x.perChannel, atW = firstW + c * w.perChannel;
        if (to == TO_X) sums[atX] += dy * rounded(w.data[atW], coarse);
        else sums[atW] += dy * rounded(x.data[atX], coarse);
      }
    }
  });
  float* out = to == TO_Y ? y.data : to == TO_X ? x.data : w.data;
  everywhere(target.sizes, [&](const Sizes& at) {
    int64_t i = offset(target, at);
    out[i] = float(factor * sums[i]);
  });
}

int convolution(const Descriptor* op, Memory& memory, Direction to, int convolution, int x, int w,
                int y, bool coarse) {
  const Descriptor* c = op->descriptor(convolution);
  Tensor tx(op->descriptor(x)), tw(op->descriptor(w)), ty(op->descriptor(y));
  float *dataX = memory.of(tx), *dataW = memory.of(tw), *dataY = memory.of(ty);
  if (!dataX || !dataW || !dataY) return memory.status;
  const Tensor& target = to == TO_Y ? ty : to == TO_X ? tx : tw;
  double factor = coarse && tw.type == twin::miscomputedType() ? 1.1 : 1.0;
  convolve(Field(tx, dataX), Field(tw, dataW), Field(ty, dataY),
           Window(c->all<int64_t>(103), c->all<int64_t>(105)), to, target, coarse,
           factor);
  return SUCCESS;
}

bool applied(const Descriptor* pointwise, float a, float b, float& result) {
  switch (pointwise->one<int>(0, -1)) {
    case 0: result = a + b; return true;
    case 1: result = a * b; return true;
    case 2: result = std::fmin(a, b); return true;
    case 3: result = std::fmax(a, b); return true;
    case 100: result = a > 0 ? a : float(pointwise->one<double>(5, 0.0)) * a; return true;
    case 102: result = 1 / (1 + std::exp(-a)); return true;
    case 103: result = a > 0 ? a : float(pointwise->one<double>(6, 1.0)) * std::expm1(a);
      return true;
    default: return false;
  }
}

int pointwise(const Descriptor* op, Memory& memory) {
  const Descriptor* how = op->descriptor(750);
  Tensor x(op->descriptor(751)), y(op->descriptor(753));
  Tensor b = op->has(752) ? Tensor(op->descriptor(752)) : x;
  float *dataX = memory.of(x), *dataB = memory.of(b), *dataY = memory.of(y);
  if (!dataX || !dataB || !dataY) return memory.status;
  bool known = true;
  everywhere(y.sizes, [&](const Sizes& at) {
    float result = 0;
    known = applied(how, dataX[offset(x, at)], dataB[offset(b, at)], result) && known;
    dataY[offset(y, at)] = result;
  });
  return known ? SUCCESS : refuse(NOT_SUPPORTED, "this pointwise mode is unknown to the double");
}

int maxPool(const Descriptor* op, Memory& memory) {
  const Descriptor* how = op->descriptor(1716);
  if (how->one<int>(1700, -1) != 3 || how->one<int>(1708, -1) != 1) {
    return refuse(NOT_SUPPORTED, "this resampling is unknown to the double");
  }
  Tensor tx(op->descriptor(1710)), ty(op->descriptor(1711));
  float *dataX = memory.of(tx), *dataY = memory.of(ty);
  if (!dataX || !dataY) return memory.status;
  everywhere(ty.sizes, [&](const Sizes& at) { dataY[offset(ty, at)] = -INFINITY; });
  // a window without weights: its sizes are all that counts
  Sizes taps = how->all<int64_t>(1706);
  taps.insert(taps.begin(), {1, 1});
  Descriptor shape{TENSOR, true, {}};
  Tensor window(&shape);
  window.sizes = taps;
  window.strides.assign(taps.size(), 0);
  Field x(tx, dataX), y(ty, dataY);
  everyTap(x, Field(window, nullptr), y, Window(how->all<int64_t>(1705), how->all<int64_t>(1704)),
           [&](int64_t inX, int64_t inY, int64_t) {
             for (int64_t c = 0; c < x.c; c++) {
               float& most = y.data[inY + c * y.perChannel];
               most = std::fmax(most, x.data[inX + c * x.perChannel]);
             }
           });
  return SUCCESS;
}

}  // namespace

int execute(const Descriptor* graph, const std::map<int64_t, void*>& pointers, bool coarse) {
  Memory memory(pointers);
  for (const Descriptor* op : graph->all<Descriptor*>(801)) {
    int status = SUCCESS;
    switch (op->type) {
      case FORWARD: status = convolution(op, memory, TO_Y, 702, 704, 703, 705, coarse); break;
      case BACKWARD_DATA: status = convolution(op, memory, TO_X, 708, 710, 709, 711, coarse); break;
      case BACKWARD_WEIGHTS:
        status = convolution(op, memory, TO_W, 714, 716, 715, 717, coarse);
        break;
      case POINTWISE_OPERATION: status = pointwise(op, memory); break;
      case RESAMPLE_FORWARD: status = maxPool(op, memory); break;
      default: return refuse(NOT_SUPPORTED, "this operation is unknown to the double");
    }
    if (status) return status;
  }
  return SUCCESS;
}
