// Which work is known to be done before which other. Work of two streams that touches the same bytes,
// one of them writing, must be ordered by an event or by a wait of the host: on a GPU it is a matter
// of luck otherwise, whatever the double happens to do first.
#include <algorithm>
#include <map>
#include <vector>

#include "double.hpp"

namespace {

// What was done to some bytes, and the count of its stream's work then.
struct Done {
  uintptr_t from, to;
  bool writes;
  const void* stream;
  long count;
};

std::map<const void*, order::Clock> clocks;
std::map<uintptr_t, std::vector<Done>> doneTo;  // by where an allocation begins
std::string unordered;

bool isApart(const Done& one, const order::Touched& other) {
  return one.to <= other.from || other.to <= one.from || !(one.writes || other.writes);
}

void takeDown(const void* stream, const order::Touched& one) {
  long count = clocks[stream][stream];
  auto& all = doneTo[one.allocation];
  auto isCovered = [&](const Done& old) {
    return old.stream == stream && one.from <= old.from && old.to <= one.to &&
           (one.writes || !old.writes);
  };
  all.erase(std::remove_if(all.begin(), all.end(), isCovered), all.end());
  all.push_back({one.from, one.to, one.writes, stream, count});
}

}  // namespace

namespace order {

Clock& clockOf(const void* stream) { return clocks[stream]; }

bool knows(const Clock& one, const Clock& other) {
  return std::all_of(other.begin(), other.end(), [&](const auto& entry) {
    auto found = one.find(entry.first);
    return found != one.end() && found->second >= entry.second;
  });
}

void learn(Clock& one, const Clock& other) {
  for (auto& [stream, count] : other) one[stream] = std::max(one[stream], count);
}

void learnAll() {
  Clock& host = clocks[nullptr];
  for (auto& [stream, clock] : clocks) learn(host, clock);
}

bool submit(const void* stream, const std::vector<Touched>& touched) {
  Clock& clock = clocks[stream];
  learn(clock, clocks[nullptr]);
  clock[stream]++;
  for (const Touched& one : touched) {
    for (const Done& old : doneTo[one.allocation]) {
      if (old.stream == stream || isApart(old, one) || clock[old.stream] >= old.count) continue;
      unordered = std::string(one.writes ? "bytes are written" : "bytes are read") +
                  " in one stream while they may still be " + (old.writes ? "written" : "read") +
                  " in another: an event is missing";
      return false;
    }
  }
  for (const Touched& one : touched) takeDown(stream, one);
  return true;
}

void forget(uintptr_t allocation) { doneTo.erase(allocation); }

const char* conflict() { return unordered.c_str(); }

}  // namespace order
