// Descriptors of cuDNN's graph API: bags of attributes.
#pragma once

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "double.hpp"

// cudnnBackendDescriptorType_t
enum DescriptorType {
  POINTWISE = 0, CONVOLUTION = 1, ENGINE = 2, ENGINE_CONFIGURATION = 3, HEURISTICS = 4, PLAN = 5,
  FORWARD = 10, BACKWARD_WEIGHTS = 11, BACKWARD_DATA = 12, POINTWISE_OPERATION = 13, GRAPH = 15,
  VARIANT_PACK = 16, TENSOR = 17, RESAMPLE = 24, RESAMPLE_FORWARD = 25, DEVICE_PROPERTIES = 38
};

// cudnnStatus_t
enum Status {
  SUCCESS = 0, NOT_INITIALIZED = 1001, BAD_PARAM = 2000, NULL_POINTER = 2002, MISALIGNED = 2003,
  NOT_FINALIZED = 2004, BAD_SHAPE = 2008, BAD_TYPE = 2010, NOT_SUPPORTED = 3000, INTERNAL = 4000,
  EXECUTION_FAILED = 5000
};

struct Attribute {
  int type;
  int64_t count;
  std::vector<char> bytes;
};

struct Descriptor {
  int type;
  bool finalized = false;
  std::map<int, Attribute> attributes;

  bool has(int name) const { return attributes.count(name) > 0; }

  template <class T>
  std::vector<T> all(int name) const {
    auto found = attributes.find(name);
    if (found == attributes.end()) return {};
    std::vector<T> values(found->second.count);
    memcpy(values.data(), found->second.bytes.data(), values.size() * sizeof(T));
    return values;
  }

  template <class T>
  T one(int name, T otherwise) const {
    auto values = all<T>(name);
    return values.empty() ? otherwise : values[0];
  }

  Descriptor* descriptor(int name) const { return one<Descriptor*>(name, nullptr); }
};

// cudnnDataType_t
enum DataType { SINGLE = 0, HALF = 2, BFLOAT16 = 9 };

struct Tensor {
  int64_t id;
  int64_t alignment;
  std::vector<int64_t> sizes, strides;
  int type;
  bool isVirtual;

  explicit Tensor(const Descriptor* d)
      : id(d->one<int64_t>(906, 0)), alignment(d->one<int64_t>(900, 1)),
        sizes(d->all<int64_t>(902)), strides(d->all<int64_t>(903)), type(d->one<int>(901, SINGLE)),
        isVirtual(d->one<char>(907, 0) != 0) {}

  // Elements from the first to the last, both included.
  int64_t span() const {
    int64_t last = 0;
    for (size_t i = 0; i < sizes.size(); i++) last += (sizes[i] - 1) * strides[i];
    return last + 1;
  }

  int64_t bytes() const { return span() * (type == SINGLE ? 4 : 2); }
};

// An engine as heuristics list it.
struct Engine {
  int64_t number;
  std::vector<int32_t> numericalNotes, behaviorNotes;
  int64_t copies;  // of a graph's tensors, that it needs scratch space for

  // Reads factors with 10 bits behind the first.
  bool coarse() const { return !numericalNotes.empty() && numericalNotes[0] == 0; }
};

// The engines of a graph: the best ones first, or what works where nothing else does.
std::vector<Engine> enginesOf(const Descriptor* graph, bool best);

// Remembers why, for cudnnGetLastErrorString.
int refuse(int status, const std::string& why);

// Runs a graph; `coarse` as tensor cores do, with 10 bits of each factor.
int execute(const Descriptor* graph, const std::map<int64_t, void*>& pointers, bool coarse);
