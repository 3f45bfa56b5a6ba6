// The engines that the double lists for a graph: those that cuDNN 9.19 lists for graphs of the same
// kind on sm_90 (`benchmarks/cudnn_plans.ts` with that library), a few tiles of each, with the notes
// and the scratch space that they have there.
#include "graph.hpp"

namespace {

enum { TENSOR_CORE = 0, REDUCED_SUMS = 2, NONDETERMINISTIC = 4, COMPILES = 0 };

// Sets of engines: best guesses, then what works where nothing else does.
using List = std::vector<Engine>;

Engine coarse(int64_t number) { return {number, {TENSOR_CORE}, {}, 0}; }
Engine exact(int64_t number) { return {number, {}, {}, 0}; }
// Puts its tensors into another order first.
Engine transposing(int64_t number) { return {number, {}, {}, 1}; }
Engine changing(int64_t number, bool single) {
  if (single) return {number, {NONDETERMINISTIC}, {}, 1};
  return {number, {REDUCED_SUMS, NONDETERMINISTIC}, {}, 1};
}

List forward(bool single, bool best) {
  if (!best) return {transposing(1), exact(28), exact(0)};
  if (!single) return {coarse(22), coarse(22), coarse(62), coarse(62), exact(28)};
  return {coarse(67), coarse(67), coarse(48), transposing(70), transposing(70), exact(28), exact(0)};
}

List withBias(bool single, bool best) {
  if (!best) return {exact(11), exact(0)};
  if (!single) return {coarse(10), coarse(10), coarse(41), coarse(41), exact(11)};
  return {coarse(51), coarse(51), coarse(33), transposing(44), transposing(44), exact(11), exact(0)};
}

List backwardData(bool single, bool best) {
  if (!best) return {exact(1), changing(25, single), exact(0)};
  if (!single) return {coarse(22), coarse(73), coarse(73), coarse(46), exact(0)};
  return {coarse(76), coarse(76), coarse(28), changing(25, true), transposing(74), exact(0)};
}

List backwardWeights(bool single, bool best) {
  if (!best) return {transposing(1), changing(20, single), exact(0)};
  if (!single) return {coarse(10), coarse(9)};
  return {coarse(40), coarse(30), coarse(23), exact(67), changing(20, true), exact(0)};
}

}  // namespace

std::vector<Engine> enginesOf(const Descriptor* graph, bool best) {
  auto operations = graph->all<Descriptor*>(801);
  bool alone = operations.size() == 1;
  if (twin::engines() == 2 || (twin::engines() == 1 && !alone)) return {};
  const Descriptor* first = operations[0];
  switch (first->type) {
    case RESAMPLE_FORWARD: return {{4, {}, {COMPILES}, 0}};
    case FORWARD: {
      bool single = Tensor(first->descriptor(704)).type == SINGLE;
      if (alone) return forward(single, best);
      const Descriptor* last = operations.back()->descriptor(750);
      int mode = last ? last->one<int>(0, -1) : -1;
      bool common = mode == 0 || mode == 100;  // an addition or a rectifier
      return common ? withBias(single, best) : List{exact(0)};
    }
    case BACKWARD_DATA: {
      bool single = Tensor(first->descriptor(711)).type == SINGLE;
      return alone ? backwardData(single, best) : List{};
    }
    case BACKWARD_WEIGHTS: {
      bool single = Tensor(first->descriptor(716)).type == SINGLE;
      return alone ? backwardWeights(single, best) : List{};
    }
    default: return {};
  }
}
