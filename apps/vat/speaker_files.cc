#include "speaker_files.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "catalog/speaker_models.h"
#include "catalog/voices.h"
#include "model_progress.h"

namespace vat::app {
namespace {

struct NeededFile {
  const catalog::ModelStore& store;
  std::string_view name;
};

std::array<NeededFile, 3> needed_files(Toolbox& toolbox) {
  return {NeededFile{toolbox.voice_store(), catalog::kVoiceLibrary},
          NeededFile{toolbox.speaker_store(), catalog::kSegmentationModel},
          NeededFile{toolbox.speaker_store(), catalog::kEmbeddingModel}};
}

}  // namespace

bool is_speaker_model(std::string_view name) {
  const auto models = catalog::speaker_models();
  return std::any_of(models.begin(), models.end(), [name](const auto& model) { return model.name == name; });
}

std::uint64_t missing_speaker_bytes(Toolbox& toolbox) {
  std::uint64_t bytes = 0;
  for (const NeededFile& file : needed_files(toolbox))
    if (const auto found = file.store.find(file.name); found && !found->installed) bytes += found->bytes;
  return bytes;
}

Result<> fetch_speakers(Toolbox& toolbox, Console& console, const std::stop_token& stop) {
  const std::uint64_t missing = missing_speaker_bytes(toolbox);
  if (missing == 0) return {};
  if (auto allowed = toolbox.speaker_store().may_pull(); !allowed)
    return fail(ErrorCode::kUnavailable, "Speaker labels need models that are not installed (" +
                                             format_bytes(missing) + "; `vat models pull " +
                                             std::string(kSpeakersName) + "` downloads them). " +
                                             allowed.error().message);
  ModelProgress progress(console);
  for (const NeededFile& file : needed_files(toolbox)) {
    const auto sink = [&](const catalog::PullProgress& now) { progress.show(std::string(file.name), now); };
    VAT_TRY(file.store.pull(file.name, sink, stop));
  }
  return {};
}

}  // namespace vat::app
