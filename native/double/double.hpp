// A double of the CUDA driver, NVRTC, NVML and cuDNN's graph API that computes on the CPU, so that
// the backend can be run where there is no GPU. It is strict where the real ones crash or corrupt
// memory: every address, handle and attribute is checked, and work is done late.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

namespace order {

// How much of each stream's work is known to be done, by somebody who knows.
using Clock = std::map<const void*, long>;

// Bytes of an allocation that some work reads, or also writes.
struct Touched {
  uintptr_t allocation, from, to;
  bool writes;
};

// What a stream's next work may rely on; null for what the host knows.
Clock& clockOf(const void* stream);

// Whether one knows all that another one does; and lets it.
bool knows(const Clock& one, const Clock& other);
void learn(Clock& one, const Clock& other);

// The host has waited for everything.
void learnAll();

// Takes down the next work of a stream; false where other work that is not known to be done touches
// the same bytes.
bool submit(const void* stream, const std::vector<Touched>& touched);

// Forgets what was done to an allocation, which is freed.
void forget(uintptr_t allocation);

// What was not in order, in words.
const char* conflict();

}  // namespace order

namespace twin {

// Counts a call; true when it is the one that was told to fail.
bool fails(const char* call);

// Objects that are alive: allocations, contexts, streams, events, modules, handles, descriptors.
void born();
void died();

// Whether bytes at an address lie inside one allocation of device memory.
bool isDevice(const void* address, size_t bytes);

// Whether this thread has a current context.
bool hasContext();

// All bytes of the allocation that an address lies in; none where it lies in none.
std::vector<order::Touched> touchedAt(const void* address, bool writes);

// Keeps work for when something waits for the stream; where the stream is recorded, for the graph.
// Gives a status that is not 0 where other work touches the same bytes meanwhile.
int submit(void* stream, const std::function<int()>& work,
           const std::vector<order::Touched>& touched);

// Whether a stream is being recorded.
bool recording(const void* stream);

// The engine that takes longer than the others.
int slowEngine();

// Counts a wait that orders something; true when it is the one that is to be left out.
bool skipsWait();

// Bytes of its memory.
size_t memory();

// Whether streams besides the first one do their work at once instead of late.
bool earlyCopies();

// Does what waits in all streams.
void settleAll();

// Does something once nothing waits in any stream any more.
void whenIdle(const std::function<void()>& act);

// Whether nothing of cuDNN can be recorded, as it is with some engines.
bool refusesRecording();

// What is being recorded in a stream cannot become a graph any more.
void spoil(void* stream);

// What engines can do: 0 everything, 1 single operations, 2 nothing, 3 as they list themselves, but
// only the generic one makes a plan.
int engines();

// Compute capability of the device, times 10.
int capability();

// Version of cuDNN.
int cudnnVersion();

// The element type in which tensor cores compute convolutions wrongly, as they do in some versions of
// cuDNN; -1 for none.
int miscomputedType();

}  // namespace twin

// Gives `status` when this call was told to fail.
#define MAY_FAIL(status)           \
  if (twin::fails(__func__)) {     \
    return status;                 \
  }
