#include "service_checks.h"

#include <unistd.h>

#include "asr/pocketsphinx_model.h"

namespace vat::app {
namespace {

Result<> check_storage(const ObjectStore& objects, std::uint64_t reserved_disk) {
  VAT_ASSIGN(const StorageSpace space, objects.space());
  if (::access(objects.staging().c_str(), W_OK) != 0)
    return fail(ErrorCode::kPermission, "The upload folder is not writable.");
  if (space.free_bytes > reserved_disk) return {};
  return fail(ErrorCode::kDiskFull, "The disk is nearly full; uploads are rejected.");
}

/// Whether the default engine of jobs is available.
Result<> check_models(const catalog::ModelStore& store, const pipeline::RecognitionChoice& choice,
                      const catalog::RecogniserStore& recognisers, bool offline) {
  if (choice.engine == "sherpa" || (choice.engine == "auto" && recognisers.has(choice.model))) {
    VAT_TRY(recognisers.find(choice.model));
    return {};
  }
  const bool file = choice.model.find('/') != std::string::npos || choice.model.ends_with(".bin");
  if (choice.engine != "pocketsphinx") {
    if (file && ::access(choice.model.c_str(), R_OK) == 0) return {};
    const auto found = file ? fail(ErrorCode::kNotFound, "There is no model file " + choice.model + ".")
                            : store.find(choice.model);
    if (found && (found->installed || !offline)) return {};
    const bool whisper = choice.engine == "whisper";
    // PocketSphinx stands in for a model that cannot be had now, not for one that does not exist.
    if (!found && (whisper || found.error().code == ErrorCode::kNotFound)) return fail(found.error());
    if (found && whisper)
      return fail(ErrorCode::kUnavailable,
                  "The model " + choice.model + " is not installed, and --offline is set.");
  }
  VAT_TRY(asr::load_pocketsphinx());
  return {};
}

}  // namespace

std::vector<operation::Check> readiness_checks(const ServiceConfiguration& configuration,
                                               db::Database& database, ObjectStore& objects,
                                               const catalog::ModelStore& models,
                                               const catalog::RecogniserStore& recognisers,
                                               const BackgroundVoices& voices) {
  return {{"database", [&] { return database.ping(); }},
          {"storage", [&] { return check_storage(objects, configuration.settings.reserved_disk); }},
          {"queue",
           [&]() -> Result<> {
             VAT_TRY(database.queue().depth());
             return {};
           }},
          {"models",
           [&] {
             return check_models(models, configuration.defaults.choice, recognisers,
                                 configuration.machine.offline);
           }},
          {"voices", [&] { return voices.state(); }, false}};
}

}  // namespace vat::app
