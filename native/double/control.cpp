// What tests tell the double, and what it tells them.
#include "double.hpp"

namespace {
long calls = 0, failAt = 0, alive = 0, waits = 0, skipAt = 0;
int engineMode = 0, gpu = 90, version = 92400, wrong = -1, unrecordable = 0, early = 0, slow = -1;
size_t bytes = 4ull << 30;
std::string failed;
}  // namespace

namespace twin {

bool fails(const char* call) {
  calls++;
  if (calls != failAt) return false;
  failed = call;
  return true;
}

void born() { alive++; }
void died() { alive--; }
int engines() { return engineMode; }
int capability() { return gpu; }
int cudnnVersion() { return version; }
int miscomputedType() { return wrong; }
int slowEngine() { return slow; }
size_t memory() { return bytes; }
bool earlyCopies() { return early; }
bool refusesRecording() { return unrecordable; }
bool skipsWait() { return ++waits == skipAt; }

}  // namespace twin

// Makes the n-th call from now fail; 0 lets all succeed. Forgets which one failed.
API void doubleFailAt(int64_t n) {
  calls = 0;
  failAt = n;
  failed.clear();
}

// Calls since doubleFailAt.
API int64_t doubleCalls() { return calls; }

// The call that failed; empty when none did.
API const char* doubleFailed() { return failed.c_str(); }

// Objects that are alive.
API int64_t doubleAlive() { return alive; }

// Leaves out the n-th wait for an event from now that orders anything; 0 none.
API void doubleSkipWait(int64_t n) {
  waits = 0;
  skipAt = n;
}

// Waits that ordered something, since doubleSkipWait.
API int64_t doubleWaits() { return waits; }

API void doubleEngines(int mode) { engineMode = mode; }
API void doubleCapability(int capability) { gpu = capability; }
API void doubleCudnnVersion(int number) { version = number; }
API void doubleMiscomputes(int type) { wrong = type; }
API void doubleRefusesRecording(int does) { unrecordable = does; }
API void doubleEarlyCopies(int are) { early = are; }
API void doubleSlowEngine(int engine) { slow = engine; }
// Its memory from now on, in bytes.
API void doubleMemory(int64_t size) { bytes = (size_t)size; }
