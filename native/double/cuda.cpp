// The CUDA driver: device memory is host memory, and kernels run one thread after another. What is
// submitted to a stream is done as late as it may be, when something waits for it: who reads, writes
// or frees too early gets wrong numbers here every time, not once in a while. What was never written
// is no number. Destroying a stream, an event or a module waits for nothing. Work of two streams that
// no event orders is refused where it touches the same bytes (order.cpp).
#include <dlfcn.h>
#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <chrono>
#include <deque>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "double.hpp"
#include "image.hpp"

namespace {

enum { OK = 0, INVALID = 1, NO_MEMORY = 2, BAD_IMAGE = 200, NO_CONTEXT = 201, BAD_HANDLE = 400,
       NOT_FOUND = 500, NOT_READY = 600, LAUNCH_FAILED = 719, CAPTURE_UNSUPPORTED = 900,
       CAPTURE_INVALIDATED = 901, UNORDERED = 996 };

// What memory is full of that was never written: no number in any type.
constexpr int POISON = 0xFF;

std::map<uintptr_t, size_t> allocations, pinned;
size_t inUse = 0;
std::set<void*> streams, events, modules, graphs;
int contexts = 0;
thread_local bool current = false;
int context;  // its address is the context's handle

// An event, which work that waits in streams keeps alive beyond its destruction.
struct Event {
  std::chrono::steady_clock::time_point time;
  void* stream = nullptr;
  long recorded = 0, happened = 0;  // the last time that it was recorded, and that it happened
  order::Clock clock;               // what is done where it was recorded last
};
std::map<void*, std::shared_ptr<Event>> eventOf;

// What waits in a stream: something to run, an event to happen, or one to wait for.
struct Work {
  std::function<int()> run;
  std::shared_ptr<Event> event;
  long time = 0;
  bool waits = false;
};
std::map<void*, std::deque<Work>> queues;

// Work that was recorded, or is being recorded in a stream.
struct Recorded {
  std::function<int()> run;
  std::vector<order::Touched> touched;
  std::shared_ptr<Event> event;  // that happens with it
};
struct Graph {
  std::vector<Recorded> work;
  bool spoilt = false;
};
std::map<void*, Graph> recordings;

struct Module {
  void* library;
  bool barriers;
  std::map<std::string, struct Function*> functions;
  bool unloaded = false;

  ~Module();
};
std::map<void*, std::shared_ptr<Module>> moduleOf;

struct Function {
  Module* module;
  void* (*keep)(void**);
  void (*call)(void*);
  void (*drop)(void*);
  void (*touch)(void**, void (*)(const void*, bool));
};

Module::~Module() {
  for (auto& [name, function] : functions) delete function;
  dlclose(library);
}

int settle(void* stream, const Event* event, long time);

int perform(const Work& work) {
  if (work.run) return work.run();
  if (work.waits) return settle(work.event->stream, work.event.get(), work.time);
  work.event->happened = work.time;
  work.event->time = std::chrono::steady_clock::now();
  return 0;
}

// What is put off until nothing waits any more.
std::vector<std::function<void()>> putOff;

bool idle() {
  for (auto& [stream, queue] : queues) {
    if (!queue.empty()) return false;
  }
  return true;
}

void catchUp() {
  if (!idle()) return;
  auto all = std::move(putOff);
  putOff.clear();
  for (auto& act : all) act();
}

// Does what waits in a stream, up to an event if one is given; gives the first failure.
int settle(void* stream, const Event* event = nullptr, long time = 0) {
  int status = 0;
  while (!event || event->happened < time) {
    auto& queue = queues[stream];
    if (queue.empty()) break;
    Work work = std::move(queue.front());
    queue.pop_front();
    int now = perform(work);
    status = status ? status : now;
  }
  return status;
}

void* oldest = nullptr;  // of the streams that are alive

// Puts work into a stream. Where copies are early, all streams but the oldest do it at once.
int enqueue(void* stream, Work work) {
  queues[stream].push_back(std::move(work));
  return twin::earlyCopies() && stream != oldest ? settle(stream) : 0;
}

size_t pages(size_t bytes) { return (bytes + 4095) & ~size_t(4095); }

bool within(const std::map<uintptr_t, size_t>& all, const void* address, size_t bytes) {
  auto at = reinterpret_cast<uintptr_t>(address);
  auto next = all.upper_bound(at);
  if (next == all.begin()) return false;
  --next;
  return at + bytes <= next->first + next->second;
}

bool known(const std::set<void*>& handles, const void* handle) {
  return handles.count(const_cast<void*>(handle)) > 0;
}

// The bytes of an allocation from an address on; all of it where none are counted, none elsewhere.
void touch(std::vector<order::Touched>& all, const std::map<uintptr_t, size_t>& memory,
           const void* address, size_t bytes, bool writes) {
  auto at = reinterpret_cast<uintptr_t>(address);
  auto next = memory.upper_bound(at);
  if (next == memory.begin()) return;
  auto [from, size] = *--next;
  if (at >= from + size) return;
  if (bytes) all.push_back({from, at, at + bytes, writes});
  else all.push_back({from, from, from + size, writes});
}

// What a copy touches, in memory of the device or pinned.
std::vector<order::Touched> touchedBy(const void* from, const void* to, size_t bytes) {
  std::vector<order::Touched> all;
  for (auto* memory : {&allocations, &pinned}) {
    touch(all, *memory, from, bytes, false);
    touch(all, *memory, to, bytes, true);
  }
  return all;
}

// Submits work, or keeps it for the graph that is recorded.
int put(void* stream, const Recorded& work) {
  auto found = recordings.find(stream);
  if (found != recordings.end()) {
    found->second.work.push_back(work);
    return OK;
  }
  if (!order::submit(stream, work.touched)) return UNORDERED;
  if (work.event) work.event->clock = order::clockOf(stream);
  return enqueue(stream, {work.run});
}

// Whether a wait for an event is left out, which somebody with a clock would have learned from.
bool isSkipped(const order::Clock& clock, const Event* event) {
  return !order::knows(clock, event->clock) && twin::skipsWait();
}

}  // namespace

namespace twin {

bool isDevice(const void* address, size_t bytes) { return within(allocations, address, bytes); }

bool hasContext() { return current && contexts > 0; }

std::vector<order::Touched> touchedAt(const void* address, bool writes) {
  std::vector<order::Touched> all;
  touch(all, allocations, address, 0, writes);
  return all;
}

int submit(void* stream, const std::function<int()>& work,
           const std::vector<order::Touched>& touched) {
  return put(stream, {work, touched, nullptr});
}

bool recording(const void* stream) { return recordings.count(const_cast<void*>(stream)) > 0; }

void settleAll() {
  for (auto& [stream, queue] : queues) settle(stream);
  order::learnAll();
  catchUp();
}

void whenIdle(const std::function<void()>& act) {
  putOff.push_back(act);
  catchUp();
}

void spoil(void* stream) {
  auto found = recordings.find(stream);
  if (found != recordings.end()) found->second.spoilt = true;
}

}  // namespace twin

#define NEEDS_CONTEXT \
  if (!twin::hasContext()) return NO_CONTEXT;

// What the backend never does while it records.
#define REFUSE_RECORDING            \
  if (recordings.count(stream)) {   \
    twin::spoil(stream);            \
    return CAPTURE_UNSUPPORTED;     \
  }

API int cuInit(unsigned) { MAY_FAIL(999) return OK; }
API int cuDriverGetVersion(int* version) {
  MAY_FAIL(INVALID)
  *version = 13000;
  return OK;
}
API int cuGetErrorName(int status, const char** text) {
  *text = status == NO_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_OF_THE_DOUBLE";
  return OK;
}
API int cuGetErrorString(int status, const char** text) {
  *text = status == UNORDERED ? order::conflict() : "said by the double";
  return OK;
}
API int cuDeviceGetCount(int* count) { MAY_FAIL(INVALID) *count = 1; return OK; }
API int cuDeviceGet(int* device, int ordinal) {
  MAY_FAIL(INVALID)
  *device = ordinal;
  return ordinal == 0 ? OK : 101;
}
API int cuDeviceGetName(char* name, int length, int) {
  MAY_FAIL(INVALID)
  snprintf(name, length, "double of a GPU");
  return OK;
}
API int cuDeviceGetPCIBusId(char* text, int length, int) {
  MAY_FAIL(INVALID)
  snprintf(text, length, "0000:65:00.0");
  return OK;
}
API int cuDeviceTotalMem_v2(size_t* bytes, int) {
  MAY_FAIL(INVALID)
  *bytes = twin::memory();
  return OK;
}
API int cuDeviceGetAttribute(int* value, int attribute, int) {
  MAY_FAIL(INVALID)
  *value = attribute == 75   ? twin::capability() / 10
           : attribute == 76 ? twin::capability() % 10
           : attribute == 16 ? 2
                             : 0;
  return OK;
}

API int cuDevicePrimaryCtxRetain(void** out, int) {
  MAY_FAIL(NO_MEMORY)
  contexts++;
  twin::born();
  *out = &context;
  return OK;
}
API int cuDevicePrimaryCtxRelease_v2(int) {
  if (contexts == 0) return NO_CONTEXT;
  contexts--;
  twin::died();
  MAY_FAIL(LAUNCH_FAILED)
  return OK;
}
API int cuCtxSetCurrent(void* wanted) {
  MAY_FAIL(NO_CONTEXT)
  if (wanted && (wanted != &context || contexts == 0)) return NO_CONTEXT;
  current = wanted != nullptr;
  return OK;
}

API int cuStreamCreate(void** out, unsigned) {
  NEEDS_CONTEXT MAY_FAIL(NO_MEMORY)
  *out = malloc(1);
  if (streams.empty()) oldest = *out;
  streams.insert(*out);
  twin::born();
  return OK;
}
API int cuStreamSynchronize(void* stream) {
  NEEDS_CONTEXT MAY_FAIL(LAUNCH_FAILED)
  if (!known(streams, stream)) return BAD_HANDLE;
  REFUSE_RECORDING
  int status = settle(stream);
  catchUp();
  order::learn(order::clockOf(nullptr), order::clockOf(stream));
  return status;
}
API int cuStreamDestroy_v2(void* stream) {
  if (!known(streams, stream)) return BAD_HANDLE;
  // what waits in it is done later, as if it were still there; so its address is not given again
  streams.erase(stream);
  recordings.erase(stream);
  twin::died();
  MAY_FAIL(LAUNCH_FAILED)
  return OK;
}

API int cuStreamBeginCapture_v2(void* stream, int mode) {
  NEEDS_CONTEXT MAY_FAIL(INVALID)
  if (!known(streams, stream)) return BAD_HANDLE;
  if (mode < 0 || mode > 2 || recordings.count(stream)) return INVALID;
  recordings[stream];
  return OK;
}
API int cuStreamEndCapture(void* stream, Graph** out) {
  NEEDS_CONTEXT
  auto found = recordings.find(stream);
  if (found == recordings.end()) return INVALID;
  Graph graph = std::move(found->second);
  recordings.erase(found);
  *out = nullptr;
  MAY_FAIL(CAPTURE_INVALIDATED)
  if (graph.spoilt) return CAPTURE_INVALIDATED;
  *out = new Graph(std::move(graph));
  graphs.insert(*out);
  twin::born();
  return OK;
}
API int cuGraphDestroy(Graph* graph) {
  if (!graphs.erase(graph)) return BAD_HANDLE;
  delete graph;
  twin::died();
  MAY_FAIL(LAUNCH_FAILED)
  return OK;
}
API int cuGraphInstantiateWithFlags(Graph** out, Graph* graph, unsigned long long flags) {
  NEEDS_CONTEXT MAY_FAIL(NO_MEMORY)
  if (!known(graphs, graph)) return BAD_HANDLE;
  if (flags) return INVALID;
  *out = new Graph(*graph);
  graphs.insert(*out);
  twin::born();
  return OK;
}
API int cuGraphUpload(Graph* graph, void* stream) {
  NEEDS_CONTEXT MAY_FAIL(NO_MEMORY)
  return known(graphs, graph) && known(streams, stream) ? OK : BAD_HANDLE;
}
API int cuGraphLaunch(Graph* graph, void* stream) {
  NEEDS_CONTEXT MAY_FAIL(LAUNCH_FAILED)
  if (!known(graphs, graph) || !known(streams, stream)) return BAD_HANDLE;
  REFUSE_RECORDING
  for (auto& work : graph->work) {
    if (int status = put(stream, work)) return status;
  }
  return OK;
}
API int cuGraphExecDestroy(Graph* graph) { return cuGraphDestroy(graph); }

API int cuEventCreate(Event** out, unsigned) {
  NEEDS_CONTEXT MAY_FAIL(NO_MEMORY)
  auto event = std::make_shared<Event>();
  *out = event.get();
  eventOf[*out] = event;
  events.insert(*out);
  twin::born();
  return OK;
}
API int cuEventRecord(Event* event, void* stream) {
  NEEDS_CONTEXT MAY_FAIL(LAUNCH_FAILED)
  if (!known(events, event) || !known(streams, stream)) return BAD_HANDLE;
  REFUSE_RECORDING
  event->stream = stream;
  order::submit(stream, {});
  event->clock = order::clockOf(stream);
  return enqueue(stream, {nullptr, eventOf[event], ++event->recorded});
}
// Only work that is captured, and an event that outlives it, may be recorded so.
API int cuEventRecordWithFlags(Event* event, void* stream, unsigned flags) {
  NEEDS_CONTEXT MAY_FAIL(LAUNCH_FAILED)
  if (!known(events, event) || !known(streams, stream)) return BAD_HANDLE;
  if (flags != 1 || !recordings.count(stream)) return INVALID;
  auto happen = [own = eventOf[event], stream] {
    own->stream = stream;
    own->happened = ++own->recorded;
    own->time = std::chrono::steady_clock::now();
    return OK;
  };
  return put(stream, {happen, {}, eventOf[event]});
}
API int cuStreamWaitEvent(void* stream, Event* event, unsigned flags) {
  NEEDS_CONTEXT MAY_FAIL(LAUNCH_FAILED)
  if (!known(events, event) || !known(streams, stream)) return BAD_HANDLE;
  if (flags) return INVALID;
  REFUSE_RECORDING
  // one that was never recorded has happened
  if (!event->recorded || isSkipped(order::clockOf(stream), event)) return OK;
  order::learn(order::clockOf(stream), event->clock);
  return enqueue(stream, {nullptr, eventOf[event], event->recorded, true});
}
API int cuEventSynchronize(Event* event) {
  NEEDS_CONTEXT MAY_FAIL(LAUNCH_FAILED)
  if (!known(events, event)) return BAD_HANDLE;
  if (!event->recorded || isSkipped(order::clockOf(nullptr), event)) return OK;
  order::learn(order::clockOf(nullptr), event->clock);
  return settle(event->stream, event, event->recorded);
}
API int cuEventElapsedTime(float* milliseconds, Event* start, Event* end) {
  MAY_FAIL(LAUNCH_FAILED)
  if (!known(events, start) || !known(events, end)) return BAD_HANDLE;
  if (!start->stream || !end->stream) return BAD_HANDLE;
  for (Event* event : {start, end}) {
    if (event->happened < event->recorded) return NOT_READY;
  }
  *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
  return OK;
}
API int cuEventDestroy_v2(Event* event) {
  if (!known(events, event)) return BAD_HANDLE;
  events.erase(event);
  eventOf.erase(event);
  twin::died();
  MAY_FAIL(LAUNCH_FAILED)
  return OK;
}

API int cuMemGetInfo_v2(size_t* free, size_t* total) {
  NEEDS_CONTEXT MAY_FAIL(INVALID)
  *total = twin::memory();
  *free = twin::memory() - inUse;
  return OK;
}
API int cuMemAlloc_v2(void** out, size_t bytes) {
  NEEDS_CONTEXT MAY_FAIL(NO_MEMORY)
  if (bytes == 0) return INVALID;
  if (inUse + bytes > twin::memory()) return NO_MEMORY;
  void* at = mmap(nullptr, pages(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return NO_MEMORY;
  memset(at, POISON, bytes);
  allocations[reinterpret_cast<uintptr_t>(at)] = bytes;
  inUse += bytes;
  twin::born();
  *out = at;
  return OK;
}
API int cuMemFree_v2(void* at) {
  auto found = allocations.find(reinterpret_cast<uintptr_t>(at));
  if (found == allocations.end()) return INVALID;
  twin::settleAll();  // as the driver does
  order::forget(found->first);
  inUse -= found->second;
  munmap(at, pages(found->second));  // use after this faults
  allocations.erase(found);
  twin::died();
  MAY_FAIL(LAUNCH_FAILED)
  return OK;
}
API int cuMemAllocHost_v2(void** out, size_t bytes) {
  NEEDS_CONTEXT MAY_FAIL(NO_MEMORY)
  if (bytes == 0) return INVALID;
  void* at = mmap(nullptr, pages(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return NO_MEMORY;
  memset(at, POISON, bytes);
  pinned[reinterpret_cast<uintptr_t>(at)] = bytes;
  twin::born();
  *out = at;
  return OK;
}
API int cuMemFreeHost(void* at) {
  auto found = pinned.find(reinterpret_cast<uintptr_t>(at));
  if (found == pinned.end()) return INVALID;
  twin::settleAll();
  order::forget(found->first);
  munmap(at, pages(found->second));
  pinned.erase(found);
  twin::died();
  MAY_FAIL(LAUNCH_FAILED)
  return OK;
}
// Copies from and to pinned memory are late as everything is; other memory is read before the call
// returns, and written.
API int cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t bytes, void* stream) {
  NEEDS_CONTEXT MAY_FAIL(LAUNCH_FAILED)
  if (!known(streams, stream)) return BAD_HANDLE;
  REFUSE_RECORDING
  if (!twin::isDevice(to, bytes) || twin::isDevice(from, 1)) return INVALID;
  auto touched = touchedBy(from, to, bytes);
  if (within(pinned, from, bytes)) {
    return twin::submit(stream, [=] { memcpy(to, from, bytes); return OK; }, touched);
  }
  auto* first = static_cast<const char*>(from);
  std::vector<char> copy(first, first + bytes);
  return twin::submit(stream, [=] { memcpy(to, copy.data(), bytes); return OK; }, touched);
}
API int cuMemcpyDtoHAsync_v2(void* to, const void* from, size_t bytes, void* stream) {
  NEEDS_CONTEXT MAY_FAIL(LAUNCH_FAILED)
  if (!known(streams, stream)) return BAD_HANDLE;
  REFUSE_RECORDING
  if (!twin::isDevice(from, bytes) || twin::isDevice(to, 1)) return INVALID;
  auto copy = [=] { memcpy(to, from, bytes); return OK; };
  int status = twin::submit(stream, copy, touchedBy(from, to, bytes));
  if (status || within(pinned, to, bytes)) return status;
  order::learn(order::clockOf(nullptr), order::clockOf(stream));
  return settle(stream);
}
API int cuMemcpyDtoDAsync_v2(void* to, const void* from, size_t bytes, void* stream) {
  NEEDS_CONTEXT MAY_FAIL(LAUNCH_FAILED)
  if (!known(streams, stream)) return BAD_HANDLE;
  if (!twin::isDevice(to, bytes) || !twin::isDevice(from, bytes)) return INVALID;
  auto move = [=] { memmove(to, from, bytes); return OK; };
  return twin::submit(stream, move, touchedBy(from, to, bytes));
}

API int cuModuleLoadData(Module** out, const Image* image) {
  NEEDS_CONTEXT MAY_FAIL(BAD_IMAGE)
  if (memcmp(image->magic, IMAGE_MAGIC, sizeof image->magic)) return BAD_IMAGE;
  char path[] = "/tmp/stackbench-double-XXXXXX";
  int file = mkstemp(path);
  if (file < 0) return BAD_IMAGE;
  bool whole = write(file, image + 1, image->bytes) == ssize_t(image->bytes);
  close(file);
  void* library = whole ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
  unlink(path);
  if (!library) return BAD_IMAGE;
  auto module = std::make_shared<Module>();
  module->library = library;
  module->barriers = image->barriers != 0;
  *out = module.get();
  moduleOf[*out] = module;
  modules.insert(*out);
  twin::born();
  return OK;
}
API int cuModuleUnload(Module* module) {
  if (!known(modules, module)) return BAD_HANDLE;
  // a kernel of it that still waits cannot run any more
  module->unloaded = true;
  modules.erase(module);
  moduleOf.erase(module);
  twin::died();
  MAY_FAIL(LAUNCH_FAILED)
  return OK;
}
API int cuModuleGetFunction(Function** out, Module* module, const char* name) {
  MAY_FAIL(NOT_FOUND)
  if (!known(modules, module)) return BAD_HANDLE;
  Function*& function = module->functions[name];
  if (!function) {
    auto part = [&](const char* prefix) {
      return dlsym(module->library, (std::string(prefix) + name).c_str());
    };
    if (!part("call_")) {
      module->functions.erase(name);
      return NOT_FOUND;
    }
    function = new Function{module, reinterpret_cast<void* (*)(void**)>(part("keep_")),
                            reinterpret_cast<void (*)(void*)>(part("call_")),
                            reinterpret_cast<void (*)(void*)>(part("drop_")),
                            reinterpret_cast<decltype(Function::touch)>(part("touch_"))};
  }
  *out = function;
  return OK;
}

namespace {

// Threads of a block whose kernel has barriers run as fibers, each on a stack of its own. A context
// starts each of them, once: it runs a thread of one block after another. From then on jumps switch,
// which make no system calls.
constexpr size_t STACK = 64 << 10;

struct Fiber {
  jmp_buf place;
  std::vector<char> stack = std::vector<char>(STACK);
  bool started = false, finished = false;
};

jmp_buf scheduler;
std::vector<std::unique_ptr<Fiber>> fibers;
Fiber* running;
Function* launched;
void* arguments;

void yield() {
  if (!_setjmp(running->place)) _longjmp(scheduler, 1);
}

void enter() {
  for (;;) {
    launched->call(arguments);
    running->finished = true;
    yield();
  }
}

// Runs a fiber until it waits or ends.
void resume(Fiber* fiber) {
  running = fiber;
  if (_setjmp(scheduler)) return;
  if (fiber->started) _longjmp(fiber->place, 1);
  fiber->started = true;
  ucontext_t context;
  getcontext(&context);
  context.uc_stack.ss_sp = fiber->stack.data();
  context.uc_stack.ss_size = STACK;
  context.uc_link = nullptr;
  makecontext(&context, enter, 0);
  setcontext(&context);
}

Triple place(size_t thread, unsigned width, unsigned height) {
  return {unsigned(thread % width), unsigned(thread / width % height),
          unsigned(thread / width / height)};
}

void runFibers(LaunchState* state, unsigned width, unsigned height, size_t threads) {
  while (fibers.size() < threads) fibers.push_back(std::make_unique<Fiber>());
  for (auto& fiber : fibers) fiber->finished = false;
  for (bool left = true; left;) {
    left = false;
    for (size_t t = 0; t < threads; t++) {
      if (fibers[t]->finished) continue;
      state->thread = place(t, width, height);
      resume(fibers[t].get());
      left = left || !fibers[t]->finished;
    }
  }
}

void runThreads(LaunchState* state, unsigned width, unsigned height, size_t threads) {
  for (size_t t = 0; t < threads; t++) {
    state->thread = place(t, width, height);
    launched->call(arguments);
  }
}

int run(Function* function, Triple grid, Triple block, void* kept) {
  if (function->module->unloaded) return LAUNCH_FAILED;
  auto* state = static_cast<LaunchState*>(dlsym(function->module->library, "launchState"));
  if (!state) return BAD_IMAGE;
  launched = function;
  arguments = kept;
  state->grid = grid;
  state->blockSize = block;
  state->barrier = yield;
  size_t threads = size_t(block.x) * block.y * block.z;
  for (unsigned z = 0; z < grid.z; z++) {
    for (unsigned y = 0; y < grid.y; y++) {
      for (unsigned x = 0; x < grid.x; x++) {
        state->block = {x, y, z};
        auto runBlock = function->module->barriers ? runFibers : runThreads;
        runBlock(state, block.x, block.y, threads);
      }
    }
  }
  return OK;
}

}  // namespace

API int cuLaunchKernel(Function* function, unsigned gridX, unsigned gridY, unsigned gridZ,
                       unsigned blockX, unsigned blockY, unsigned blockZ, unsigned sharedBytes,
                       void* stream, void** parameters, void**) {
  NEEDS_CONTEXT MAY_FAIL(LAUNCH_FAILED)
  size_t threads = size_t(blockX) * blockY * blockZ;
  if (!known(streams, stream) || !function || !known(modules, function->module)) return BAD_HANDLE;
  if (!threads || threads > 1024 || blockZ > 64 || sharedBytes) return INVALID;
  if (!gridX || gridX > 2147483647u || !gridY || gridY > 65535 || !gridZ || gridZ > 65535) {
    return INVALID;
  }
  // arguments are dropped by the module's own code
  auto drop = [module = moduleOf[function->module], by = function->drop](void* all) { by(all); };
  std::shared_ptr<void> kept(function->keep(parameters), drop);
  auto work = [=] {
    return run(function, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, kept.get());
  };
  // a kernel is taken to touch all of what its arguments point into
  static thread_local std::vector<order::Touched> touched;
  touched.clear();
  function->touch(parameters, [](const void* address, bool writes) {
    touch(touched, allocations, address, 0, writes);
  });
  return twin::submit(stream, work, touched);
}

