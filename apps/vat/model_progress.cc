#include "model_progress.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace vat::app {

void ModelProgress::show(const std::string& model, const catalog::PullProgress& progress) {
  using enum catalog::PullPhase;
  switch (progress.phase) {
    case kWaiting:
      return tell_once("Another process is fetching the model " + model + "; waiting for it.");
    case kAsking:
      return console_.waiting(fmt::format("for {} ({})", progress.source, model));
    case kDownloading:
      tell_once(fmt::format("Downloading the model {} ({}) from {}.", model, format_bytes(progress.total),
                            progress.source));
      return console_.download(model, progress.done, progress.total);
    case kConverting:
      return console_.conversion(model, progress.done, progress.total);
    case kVerifying:
      return console_.verification(model, progress.done, progress.total);
    case kInstalled:
      return console_.clear_line();
  }
}

void ModelProgress::tell_once(const std::string& sentence) {
  if (told_.insert(sentence).second) console_.note(sentence);
}

}  // namespace vat::app
