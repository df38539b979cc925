#include "pipeline/speaker_models.h"

#include <utility>

namespace vat::pipeline {

SpeakerModels::SpeakerModels(Diarizer& diarizer, std::vector<SpeakerFile> files, std::string no_fetching)
    : diarizer_(diarizer), files_(std::move(files)), no_fetching_(std::move(no_fetching)) {}

std::uint64_t SpeakerModels::missing_bytes() const {
  std::uint64_t bytes = 0;
  for (const SpeakerFile& file : files_)
    if (const auto found = file.store.find(file.name); found && !found->installed) bytes += found->bytes;
  return bytes;
}

Result<Diarizer*> SpeakerModels::get(const FetchProgress& progress, const std::stop_token& stop) {
  for (const SpeakerFile& file : files_) VAT_TRY(fetch(file, progress, stop));
  return &diarizer_;
}

Result<> SpeakerModels::fetch(const SpeakerFile& file, const FetchProgress& progress,
                              const std::stop_token& stop) {
  VAT_ASSIGN(const catalog::ModelInfo info, file.store.find(file.name));
  if (info.installed) return {};
  if (!no_fetching_.empty())
    return fail(ErrorCode::kUnavailable, "The model " + file.name + " is not installed, and " + no_fetching_);
  if (auto failure = failed_.find(file.name)) return fail(std::move(*failure));
  const auto sink = [&](const catalog::PullProgress& pull) {
    if (progress) progress(file.name, pull);
  };
  auto path = file.store.pull(file.name, sink, stop);
  if (path) return {};
  if (path.error().code != ErrorCode::kCancelled) failed_.add(file.name, path.error());
  return fail(std::move(path).error());
}

}  // namespace vat::pipeline
