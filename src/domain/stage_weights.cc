#include "domain/stage_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vat {
namespace {

constexpr double kNearlyDone = 99.9;

std::size_t index_of(Stage stage) { return static_cast<std::size_t>(stage); }

}  // namespace

// By the clock of `vat process` on a talk of an hour with the base model, fetched at some megabytes a second;
// the order of Stage.
StageWeights::StageWeights(OptionalStages stages) : weights_{10, 2, 83, 1, 12, 2} {
  const auto drop = [this](Stage stage) { weights_.at(index_of(stage)) = 0; };
  if (!stages.link) drop(Stage::kFetch);
  if (!stages.recording) {
    for (const Stage stage : {Stage::kTranscribe, Stage::kSubtitles, Stage::kMux}) drop(stage);
  } else {
    if (!stages.speech && !stages.dub) drop(Stage::kSpeak);
    if (!stages.dub) drop(Stage::kMux);
  }
  total_ = std::accumulate(weights_.begin(), weights_.end(), 0.0);
}

double StageWeights::percent(const JobProgress& progress) const {
  double done = 0;
  for (std::size_t stage = 0; stage < index_of(progress.stage); ++stage) done += weights_.at(stage);
  done += weights_.at(index_of(progress.stage)) * std::clamp(progress.fraction, 0.0, 1.0);
  return std::min(std::round(1000 * done / total_) / 10, kNearlyDone);
}

double StageWeights::share(Stage stage) const { return weights_.at(index_of(stage)) / total_; }

Stage StageWeights::last() const {
  std::size_t stage = kStages - 1;
  while (stage > 0 && weights_.at(stage) == 0) --stage;
  return static_cast<Stage>(stage);
}

}  // namespace vat
