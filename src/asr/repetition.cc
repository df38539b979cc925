#include "asr/repetition.h"

#include <optional>

namespace vat::asr {
namespace {

constexpr std::size_t kMaxPeriod = 24;
constexpr std::size_t kMinRounds = 3;

Loop loop_at(const std::vector<std::string>& words, std::size_t begin, std::size_t period) {
  std::size_t end = begin + period;
  while (end < words.size() && words[end] == words[end - period]) ++end;
  return {begin, period, (end - begin) / period};
}

}  // namespace

std::vector<Loop> find_loops(const std::vector<std::string>& words,
                             const std::function<bool(const Loop&)>& is_unsaid) {
  std::vector<Loop> loops;
  for (std::size_t begin = 0; begin < words.size();) {
    std::optional<Loop> best;
    std::size_t covered = begin;  // by loops of shorter periods, of which this one may be a multiple
    for (std::size_t period = 1; period <= kMaxPeriod && begin + period * kMinRounds <= words.size();
         ++period) {
      const Loop loop = loop_at(words, begin, period);
      if (loop.rounds < kMinRounds || loop.end() <= covered) continue;
      covered = loop.end();
      if (is_unsaid(loop)) best = loop;
    }
    if (best) loops.push_back(*best);
    begin = best ? best->end() : begin + 1;
  }
  return loops;
}

}  // namespace vat::asr
