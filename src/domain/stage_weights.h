// How the stages of a job share its time, so that its progress is one number.
#pragma once

#include <array>
#include <cstddef>

#include "domain/job.h"
#include "domain/progress.h"

namespace vat {

/// Which of the stages that are not part of every job a job has.
struct OptionalStages {
  bool link = false;      ///< Its recording is fetched from a link.
  bool recording = true;  ///< It transcribes a recording, rather than only speaking a text.
  bool speech = false;
  bool dub = false;  ///< Which is speech as well.
};

/// By the time that the stages usually take: fetch 10, prepare 2, transcribe 83, subtitles 1, speak 12, mux
/// 2; those that the job does not have count nothing.
class StageWeights {
 public:
  explicit StageWeights(OptionalStages stages);

  /// How far a job is that is not complete: [0, 99.9], in steps of 0.1.
  [[nodiscard]] double percent(const JobProgress& progress) const;
  /// Part of the whole job's time that is this stage, [0, 1].
  [[nodiscard]] double share(Stage stage) const;
  /// Of those that the job has.
  [[nodiscard]] Stage last() const;

 private:
  static constexpr std::size_t kStages = 6;
  std::array<double, kStages> weights_;  ///< By Stage.
  double total_ = 0;
};

}  // namespace vat
