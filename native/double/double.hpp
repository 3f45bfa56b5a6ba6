// A double of the CUDA driver, NVRTC, NVML and cuDNN's graph API that computes on the CPU, so that
// the backend can be run where there is no GPU. It is strict where the real ones crash or corrupt
// memory: every address, handle and attribute is checked, and work is done late.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#define API extern "C" __attribute__((visibility("default")))

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

// Keeps work for when something waits for the stream; where the stream is recorded, for the graph.
void submit(void* stream, const std::function<int()>& work);

// Whether a stream is being recorded.
bool recording(const void* stream);

// The engine that takes longer than the others.
int slowEngine();

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
