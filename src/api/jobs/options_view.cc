#include "api/jobs/options_view.h"

#include <cstddef>
#include <mutex>
#include <unordered_map>

#include "pipeline/options_json.h"

namespace vat::api {
namespace {

constexpr std::size_t kMaxKept = 512;

std::unique_ptr<OptionsView> make_view(const std::string& stored) {
  auto view = std::make_unique<OptionsView>();
  const Result<pipeline::JobOptions> options = pipeline::job_options_from_stored_json(stored);
  if (!options) {
    // Written by another version of the program; the job is shown nevertheless.
    view->shown = "{}";
    return view;
  }
  view->shown = pipeline::to_public_json(*options);
  view->engine = options->choice.engine;
  view->model = options->choice.model;
  view->speech = options->speech;
  view->dub = options->dub;
  return view;
}

}  // namespace

std::shared_ptr<const OptionsView> options_view(const std::string& stored) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::shared_ptr<const OptionsView>> kept;
  {
    const std::lock_guard lock(mutex);
    if (const auto found = kept.find(stored); found != kept.end()) return found->second;
  }
  std::shared_ptr<const OptionsView> view = make_view(stored);
  const std::lock_guard lock(mutex);
  if (kept.size() >= kMaxKept) kept.clear();
  kept.emplace(stored, view);
  return view;
}

}  // namespace vat::api
