// Several recordings one after the other, and what a person is told about them.
#pragma once

#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "console.h"
#include "fetched_recording.h"
#include "flags.h"
#include "inputs.h"
#include "model_progress.h"
#include "pipeline/stages.h"
#include "recording.h"

namespace vat::app {

class RecordingBatch {
 public:
  /// Everything outlives the batch. With `check`, the speech is transcribed again.
  RecordingBatch(const pipeline::Resources& resources, const LinkTools& links, Console& console,
                 const pipeline::JobOptions& options, const OutputFlags& output, bool check);

  /// The exit code. The error of a single input, and of what ends the whole batch.
  [[nodiscard]] Result<int> run(const std::vector<Input>& inputs, const std::stop_token& stop);

 private:
  /// The outcome of one input.
  enum class Outcome { kDone, kPassedOver, kFailed };

  [[nodiscard]] bool to_stdout() const { return output_.output == "-"; }
  [[nodiscard]] RecordingTask task_for(const Input& input) const;
  [[nodiscard]] Result<Outcome> run_one(const Input& input, const std::stop_token& stop);
  [[nodiscard]] Result<Outcome> run_link(const Input& input, const std::stop_token& stop);
  [[nodiscard]] Result<Outcome> process(const Input& input, const std::stop_token& stop);
  [[nodiscard]] bool is_passed_over(RecordingTask& task) const;
  [[nodiscard]] pipeline::Observer observer(const std::string& label);
  [[nodiscard]] Result<> check(const RecordingReport& report, const RecordingTask& task,
                               const std::stop_token& stop);
  [[nodiscard]] std::string how_to_resume(const Input& input, std::size_t inputs) const;
  [[nodiscard]] int exit_code() const;
  [[nodiscard]] int count(Outcome outcome) const;
  void summarise();
  void show(const std::string& label, const Progress& progress);
  void tell_once(const std::string& sentence);

  const pipeline::Resources& resources_;
  const LinkTools& links_;
  Console& console_;
  const pipeline::JobOptions& options_;
  const OutputFlags& output_;
  const bool check_;
  bool writes_live_text_ = false;  ///< Of the present input.
  bool text_begun_ = false;        ///< On a terminal.
  std::set<std::string> told_;
  ModelProgress models_{console_};
  std::map<Outcome, int> outcomes_;
  std::set<int> codes_;  ///< Exit codes of what failed.
};

}  // namespace vat::app
