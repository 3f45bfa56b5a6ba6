// NVML: a device whose clocks are held down by its power cap.
#include <cstdio>
#include <cstring>

#include "double.hpp"

API int nvmlInit_v2() {
  MAY_FAIL(999)
  twin::born();
  return 0;
}
API int nvmlShutdown() {
  twin::died();
  return 0;
}
API const char* nvmlErrorString(int) { return "said by the double"; }
API int nvmlSystemGetDriverVersion(char* text, unsigned length) {
  MAY_FAIL(999)
  snprintf(text, length, "580.00");
  return 0;
}
API int nvmlDeviceGetHandleByPciBusId_v2(const char* bus, void** device) {
  MAY_FAIL(999)
  static int only;
  if (strcmp(bus, "0000:65:00.0")) return 6;  // not found
  *device = &only;
  return 0;
}
API int nvmlDeviceGetClockInfo(void*, int type, unsigned* megahertz) {
  MAY_FAIL(999)
  *megahertz = type == 1 ? 1500 : 2600;
  return 0;
}
API int nvmlDeviceGetTemperature(void*, int sensor, unsigned* celsius) {
  MAY_FAIL(999)
  *celsius = 61;
  return sensor == 0 ? 0 : 2;
}
API int nvmlDeviceGetEccMode(void*, int* now, int* pending) {
  MAY_FAIL(999)
  *now = *pending = 1;
  return 0;
}
API int nvmlDeviceGetEnforcedPowerLimit(void*, unsigned* milliwatts) {
  MAY_FAIL(999)
  *milliwatts = 700000;
  return 0;
}
API int nvmlDeviceGetCurrentClocksThrottleReasons(void*, unsigned long long* reasons) {
  MAY_FAIL(999)
  *reasons = 0x4;
  return 0;
}
