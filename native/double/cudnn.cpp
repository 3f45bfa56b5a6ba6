// cuDNN's graph API: creating, checking and finalising descriptors.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>
#include <thread>

#include "graph.hpp"

namespace {

std::set<Descriptor*> alive;
std::map<void*, void*> handles;  // and their streams
std::string lastError;

// Bytes of an element by attribute type.
size_t width(int type) {
  switch (type) {
    case 0: case 3: case 5: case 6: case 15: return 8;
    case 2: case 24: return 1;
    default: return 4;
  }
}

// The type that an attribute must be set with.
const std::map<int, int> TYPES = {
    {0, 14}, {1, 1}, {5, 5}, {6, 5}, {100, 1}, {101, 7}, {102, 3}, {103, 3}, {104, 3}, {105, 3},
    {106, 3}, {200, 8}, {201, 15}, {204, 15}, {400, 0}, {401, 15}, {407, 15}, {700, 4}, {701, 4},
    {702, 15}, {703, 15}, {704, 15}, {705, 15}, {706, 4}, {707, 4}, {708, 15}, {709, 15},
    {710, 15}, {711, 15}, {712, 4}, {713, 4}, {714, 15}, {715, 15}, {716, 15}, {717, 15},
    {750, 15}, {751, 15}, {752, 15}, {753, 15}, {800, 0}, {801, 15}, {900, 3}, {901, 1}, {902, 3},
    {903, 3}, {906, 3}, {907, 2}, {1000, 3}, {1001, 6}, {1003, 6}, {1700, 21}, {1701, 1},
    {1702, 3}, {1703, 3}, {1704, 3}, {1705, 3}, {1706, 3}, {1708, 22}, {1710, 15}, {1711, 15},
    {1716, 15}, {2702, 24}};

// What a descriptor cannot do without.
const std::map<int, std::vector<int>> NEEDS = {
    {POINTWISE, {0, 1}},
    {CONVOLUTION, {100, 101, 102, 103, 104, 105, 106}},
    {HEURISTICS, {200, 201}},
    {PLAN, {401}},
    {FORWARD, {700, 701, 702, 703, 704, 705}},
    {BACKWARD_DATA, {706, 707, 708, 709, 710, 711}},
    {BACKWARD_WEIGHTS, {712, 713, 714, 715, 716, 717}},
    {POINTWISE_OPERATION, {750, 751, 753}},
    {GRAPH, {801}},
    {VARIANT_PACK, {1000, 1001, 1003}},
    {TENSOR, {900, 901, 902, 903, 906}},
    {RESAMPLE, {1700, 1701, 1702, 1703, 1704, 1705, 1706, 1708}},
    {RESAMPLE_FORWARD, {1710, 1711, 1716}},
    {DEVICE_PROPERTIES, {2702}}};

// Attributes that the double keeps in configurations for itself: the graph, and which of its engines.
enum { OWN_GRAPH = -1, OWN_MODE = -2, OWN_PLACE = -3 };

// cudnnBackendHeurMode_t
constexpr int BEST = 3;

Engine engineOf(const Descriptor* d) {
  bool best = d->one<int64_t>(OWN_MODE, 0) == BEST;
  return enginesOf(d->descriptor(OWN_GRAPH), best)[d->one<int64_t>(OWN_PLACE, 0)];
}

int64_t workspaceOf(const Descriptor* plan) {
  const Descriptor* configuration = plan->descriptor(401);
  int64_t bytes = 0;
  const Descriptor* graph = configuration->descriptor(OWN_GRAPH);
  for (const Descriptor* operation : graph->all<Descriptor*>(801)) {
    for (int name : {703, 704, 705, 709, 710, 711, 715, 716, 717, 1710, 1711}) {
      if (operation->has(name)) bytes += Tensor(operation->descriptor(name)).bytes();
    }
  }
  return bytes * engineOf(configuration).copies;
}

// Addresses that the real library takes in silence, to compute nonsense with or to break the context.
int checkPack(const Descriptor* plan, const Descriptor* pack) {
  void* workspace = pack->one<void*>(1003, nullptr);
  if (!workspace) return refuse(BAD_PARAM, "the workspace is null");
  if (reinterpret_cast<uintptr_t>(workspace) % 16) return refuse(MISALIGNED, "the workspace");
  int64_t bytes = workspaceOf(plan);
  if (bytes && !twin::isDevice(workspace, bytes)) {
    return refuse(BAD_PARAM, "the workspace is not on the device, or too small");
  }
  for (void* address : pack->all<void*>(1001)) {
    if (!twin::isDevice(address, 1)) return refuse(BAD_PARAM, "a tensor is not on the device");
    if (reinterpret_cast<uintptr_t>(address) % 16) return refuse(MISALIGNED, "a tensor");
  }
  return SUCCESS;
}

int checkWindow(const Tensor& x, const Tensor& y, const std::vector<int64_t>& window,
                const std::vector<int64_t>& strides, const std::vector<int64_t>& before,
                const std::vector<int64_t>& after) {
  size_t axes = strides.size();
  if (x.sizes.size() != axes + 2 || y.sizes.size() != axes + 2 || window.size() != axes) {
    return refuse(BAD_SHAPE, "ranks differ");
  }
  if (x.sizes[0] != y.sizes[0]) return refuse(BAD_SHAPE, "batches differ");
  for (size_t i = 0; i < axes; i++) {
    int64_t positions = (x.sizes[i + 2] + before[i] + after[i] - window[i]) / strides[i] + 1;
    if (positions != y.sizes[i + 2]) return refuse(BAD_SHAPE, "positions of the window differ");
  }
  return SUCCESS;
}

// No engine is ready for tensors in memory whose types differ, or for sums in less than floats.
int checkTypes(const std::vector<Tensor>& tensors, int computeType) {
  if (computeType != SINGLE) return refuse(NOT_SUPPORTED, "it computes in floats only");
  int type = -1;
  for (const Tensor& t : tensors) {
    if (t.type != SINGLE && t.type != HALF && t.type != BFLOAT16) {
      return refuse(NOT_SUPPORTED, "this element type is unknown to the double");
    }
    if (t.isVirtual ? t.type != SINGLE : type >= 0 && t.type != type) {
      return refuse(NOT_SUPPORTED, "element types differ");
    }
    if (!t.isVirtual) type = t.type;
  }
  return SUCCESS;
}

int checkConvolution(const Descriptor* d, int convolution, int x, int w, int y) {
  const Descriptor* c = d->descriptor(convolution);
  Tensor tx(d->descriptor(x)), tw(d->descriptor(w)), ty(d->descriptor(y));
  int types = checkTypes({tx, tw, ty}, c->one<int>(100, SINGLE));
  if (types) return types;
  std::vector<int64_t> window(tw.sizes.begin() + 2, tw.sizes.end());
  int status = checkWindow(tx, ty, window, c->all<int64_t>(103), c->all<int64_t>(105),
                           c->all<int64_t>(104));
  if (status) return status;
  int64_t groups = tw.sizes[1] > 0 ? tx.sizes[1] / tw.sizes[1] : 0;
  bool fits = groups > 0 && groups * tw.sizes[1] == tx.sizes[1] && tw.sizes[0] % groups == 0 &&
              ty.sizes[1] == tw.sizes[0];
  return fits ? SUCCESS : refuse(BAD_SHAPE, "channels of x, w and y do not fit");
}

int checkTensor(const Descriptor* d) {
  Tensor t(d);
  if (t.sizes.size() != t.strides.size() || t.sizes.size() < 3) return refuse(BAD_PARAM, "rank");
  for (int64_t size : t.sizes) {
    if (size <= 0) return refuse(BAD_PARAM, "a size is not positive");
  }
  return SUCCESS;
}

int checkPointwise(const Descriptor* d) {
  Tensor y(d->descriptor(753));
  for (int name : {751, 752}) {
    if (!d->has(name)) continue;
    Tensor x(d->descriptor(name));
    if (x.sizes.size() != y.sizes.size()) return refuse(BAD_SHAPE, "ranks differ");
    for (size_t i = 0; i < y.sizes.size(); i++) {
      if (x.sizes[i] != y.sizes[i] && x.sizes[i] != 1) return refuse(BAD_SHAPE, "no broadcast");
    }
  }
  return SUCCESS;
}

int check(const Descriptor* d) {
  switch (d->type) {
    case TENSOR: return checkTensor(d);
    case FORWARD: return checkConvolution(d, 702, 704, 703, 705);
    case BACKWARD_DATA: return checkConvolution(d, 708, 710, 709, 711);
    case BACKWARD_WEIGHTS: return checkConvolution(d, 714, 716, 715, 717);
    case POINTWISE_OPERATION: return checkPointwise(d);
    case RESAMPLE_FORWARD: {
      const Descriptor* r = d->descriptor(1716);
      return checkWindow(Tensor(d->descriptor(1710)), Tensor(d->descriptor(1711)),
                         r->all<int64_t>(1706), r->all<int64_t>(1705), r->all<int64_t>(1704),
                         r->all<int64_t>(1703));
    }
    case PLAN:
      if (!d->has(400) && !d->has(407)) return refuse(BAD_PARAM, "neither handle nor device");
      if (twin::engines() == 2) return refuse(NOT_SUPPORTED, "the double plays dead");
      if (twin::engines() == 3 && d->has(401) && engineOf(d->descriptor(401)).number != 0) {
        return refuse(NOT_SUPPORTED, "only the generic engine makes plans");
      }
      return SUCCESS;
    default: return SUCCESS;
  }
}

void give(int64_t value, int64_t* count, void* out) {
  *count = 1;
  if (out) memcpy(out, &value, sizeof value);
}

void giveNotes(const std::vector<int32_t>& notes, int64_t wanted, int64_t* count, void* out) {
  *count = int64_t(notes.size());
  if (out) memcpy(out, notes.data(), 4 * std::min(wanted, *count));
}

Attribute number(int64_t value) {
  const char* bytes = reinterpret_cast<const char*>(&value);
  return {3, 1, {bytes, bytes + sizeof value}};
}

}  // namespace

int refuse(int status, const std::string& why) {
  lastError = why;
  return status;
}

API size_t cudnnGetVersion() { return twin::cudnnVersion(); }
// Built with no version of CUDA, so it needs none of its libraries.
API size_t cudnnGetCudartVersion() { return 0; }
API const char* cudnnGetErrorString(int status) {
  static thread_local char text[48];
  snprintf(text, sizeof text, "CUDNN_STATUS_%d", status);
  return text;
}
API void cudnnGetLastErrorString(char* text, size_t bytes) {
  snprintf(text, bytes, "%s", lastError.c_str());
}
API int cudnnCreate(void** out) {
  MAY_FAIL(NOT_INITIALIZED)
  if (!twin::hasContext()) return refuse(NOT_INITIALIZED, "this thread has no context");
  *out = malloc(1);
  handles[*out] = nullptr;
  twin::born();
  return SUCCESS;
}
API int cudnnDestroy(void* handle) {
  if (!handles.erase(handle)) return refuse(BAD_PARAM, "not a handle");
  free(handle);
  twin::died();
  MAY_FAIL(INTERNAL)
  return SUCCESS;
}
API int cudnnSetStream(void* handle, void* stream) {
  MAY_FAIL(INTERNAL)
  if (!handles.count(handle)) return refuse(BAD_PARAM, "not a handle");
  handles[handle] = stream;
  return SUCCESS;
}

API int cudnnBackendCreateDescriptor(int type, Descriptor** out) {
  MAY_FAIL(INTERNAL)
  *out = new Descriptor{type, false, {}};
  alive.insert(*out);
  twin::born();
  return SUCCESS;
}
API int cudnnBackendDestroyDescriptor(Descriptor* d) {
  if (!alive.count(d)) return refuse(BAD_PARAM, "not a descriptor");
  alive.erase(d);
  twin::whenIdle([d] { delete d; });  // work that waits may read it
  twin::died();
  MAY_FAIL(INTERNAL)
  return SUCCESS;
}
API int cudnnBackendSetAttribute(Descriptor* d, int name, int type, int64_t count,
                                 const void* values) {
  MAY_FAIL(INTERNAL)
  if (!alive.count(d)) return refuse(BAD_PARAM, "not a descriptor");
  if (d->finalized) return refuse(BAD_PARAM, "set after finalize");
  if (count < 0 || (count > 0 && !values)) return refuse(NULL_POINTER, "no values");
  auto wanted = TYPES.find(name);
  if (wanted == TYPES.end() || wanted->second != type) {
    return refuse(BAD_TYPE, "attribute " + std::to_string(name) + " of type " +
                                std::to_string(type));
  }
  if (type == 15) {
    for (int64_t i = 0; i < count; i++) {
      Descriptor* other = static_cast<Descriptor* const*>(values)[i];
      if (!alive.count(other)) return refuse(BAD_PARAM, "a value is not a descriptor");
      if (!other->finalized) return refuse(NOT_FINALIZED, "a value is not finalized");
    }
  }
  const char* bytes = static_cast<const char*>(values);
  d->attributes[name] = {type, count, {bytes, bytes + count * width(type)}};
  return SUCCESS;
}
API int cudnnBackendFinalize(Descriptor* d) {
  MAY_FAIL(INTERNAL)
  if (!alive.count(d)) return refuse(BAD_PARAM, "not a descriptor");
  if (d->finalized) return refuse(BAD_PARAM, "finalized twice");
  auto needs = NEEDS.find(d->type);
  if (needs == NEEDS.end()) return refuse(NOT_SUPPORTED, "unknown to the double");
  for (int name : needs->second) {
    if (!d->has(name)) return refuse(BAD_PARAM, "attribute " + std::to_string(name) + " is unset");
  }
  int status = check(d);
  d->finalized = status == SUCCESS;
  return status;
}
API int cudnnBackendGetAttribute(Descriptor* d, int name, int type, int64_t wanted, int64_t* count,
                                 void* out) {
  MAY_FAIL(INTERNAL)
  if (!alive.count(d) || !d->finalized) return refuse(NOT_FINALIZED, "get before finalize");
  if (d->type == HEURISTICS && name == 202 && type == 15) {
    int mode = d->one<int>(200, 0);
    *count = int64_t(enginesOf(d->descriptor(201), mode == BEST).size());
    for (int64_t i = 0; out && i < std::min(wanted, *count); i++) {
      Descriptor* configuration = static_cast<Descriptor**>(out)[i];
      if (!alive.count(configuration)) return refuse(BAD_PARAM, "not a descriptor");
      configuration->attributes[OWN_GRAPH] = d->attributes[201];
      configuration->attributes[OWN_MODE] = number(mode);
      configuration->attributes[OWN_PLACE] = number(i);
      configuration->finalized = true;
    }
    return SUCCESS;
  }
  if (d->type == ENGINE_CONFIGURATION && name == 300 && type == 15) {
    *count = 1;
    Descriptor* engine = wanted > 0 ? static_cast<Descriptor**>(out)[0] : nullptr;
    if (!engine || !alive.count(engine)) return refuse(BAD_PARAM, "not a descriptor");
    engine->attributes = d->attributes;
    engine->finalized = true;
    return SUCCESS;
  }
  if (d->type == ENGINE && name == 1301) {
    give(engineOf(d).number, count, out);
    return SUCCESS;
  }
  if (d->type == ENGINE && (name == 1303 || name == 1305)) {
    Engine engine = engineOf(d);
    giveNotes(name == 1303 ? engine.numericalNotes : engine.behaviorNotes, wanted, count, out);
    return SUCCESS;
  }
  if (d->type == PLAN && name == 402) {
    give(workspaceOf(d), count, out);
    return SUCCESS;
  }
  return refuse(NOT_SUPPORTED, "this attribute is unknown to the double");
}
API int cudnnBackendExecute(void* handle, Descriptor* plan, Descriptor* pack) {
  MAY_FAIL(EXECUTION_FAILED)
  if (!handles.count(handle)) return refuse(BAD_PARAM, "not a handle");
  if (!alive.count(plan) || !alive.count(pack)) return refuse(BAD_PARAM, "not a descriptor");
  if (!plan->finalized || !pack->finalized) return refuse(NOT_FINALIZED, "not finalized");
  if (!plan->has(400)) return refuse(BAD_PARAM, "the plan was made without a device");
  int fits = checkPack(plan, pack);
  if (fits) return fits;
  auto ids = pack->all<int64_t>(1000);
  auto addresses = pack->all<void*>(1001);
  if (ids.size() != addresses.size()) return refuse(BAD_PARAM, "ids and pointers differ");
  std::map<int64_t, void*> pointers;
  for (size_t i = 0; i < ids.size(); i++) pointers[ids[i]] = addresses[i];
  const Descriptor* configuration = plan->descriptor(401);
  Engine engine = engineOf(configuration);
  bool coarse = engine.coarse(), slow = engine.number == twin::slowEngine();
  void* stream = handles[handle];
  auto work = [=] {
    if (slow) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return execute(configuration->descriptor(OWN_GRAPH), pointers, coarse);
  };
  if (twin::refusesRecording() && twin::recording(stream)) {
    twin::spoil(stream);
    return refuse(EXECUTION_FAILED, "this engine cannot be recorded");
  }
  // which of its tensors a graph writes is not asked: all of it runs in one stream
  std::vector<order::Touched> touched;
  addresses.push_back(pack->one<void*>(1003, nullptr));
  for (void* address : addresses) {
    for (auto& one : twin::touchedAt(address, true)) touched.push_back(one);
  }
  if (twin::submit(stream, work, touched)) return refuse(EXECUTION_FAILED, order::conflict());
  return SUCCESS;
}
