// What the double's NVRTC makes and its driver loads: a shared library of the host behind a header.
#pragma once

#include <cstdint>

constexpr char IMAGE_MAGIC[] = "DOUBLE1";

struct Image {
  char magic[8];
  uint64_t bytes;     // of the library, which follows
  uint64_t barriers;  // whether its kernels wait for each other
};

struct Triple {
  unsigned x, y, z;
};

// What a thread of a kernel knows of itself; kernel.inc has the same. Set before it runs.
struct LaunchState {
  Triple thread, block, blockSize, grid;
  void (*barrier)();
};
