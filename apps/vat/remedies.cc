#include "remedies.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace vat::app {
namespace {

/// Errors with this code about this field have this remedy.
struct Remedy {
  ErrorCode code;
  std::string_view field;
  std::string_view sentence;
};

constexpr std::array kRemedies = {
    Remedy{ErrorCode::kUnavailable, "device", "--device chooses one of those that `vat doctor` lists."},
    Remedy{ErrorCode::kUnavailable, "weights", "--weights bf16 does that."},
    Remedy{ErrorCode::kUnavailable, "speech_engine",
           "--speech-engine chooses one of those that `vat doctor` lists."},
    Remedy{ErrorCode::kUnavailable, "voices", "`vat voices pull` fetches some."},
    Remedy{ErrorCode::kNotFound, "voice", "`vat voices` lists all voices."},
    Remedy{ErrorCode::kNotFound, "language", "`vat voices` lists the voices with their languages."},
    Remedy{ErrorCode::kUnauthorized, "openai_api_key", "--openai-api-key sets it."},
    Remedy{ErrorCode::kUnauthorized, "google_api_key", "--google-api-key or --google-credentials sets them."},
};

struct WarningRemedy {
  std::string_view end;
  std::string_view sentence;
};

constexpr std::array kWarningRemedies = {
    WarningRemedy{"other audio tracks, which were not transcribed.", "--track chooses one of them."},
    WarningRemedy{", which was not transcribed.", "--track chooses it."},
};

}  // namespace

std::string with_remedy(const Error& error) {
  const auto* const found = std::find_if(kRemedies.begin(), kRemedies.end(), [&](const Remedy& remedy) {
    return remedy.code == error.code && remedy.field == error.field;
  });
  if (found == kRemedies.end()) return error.message;
  return error.message + " " + std::string(found->sentence);
}

std::string with_remedy(std::string_view warning) {
  std::string text(warning);
  for (const WarningRemedy& remedy : kWarningRemedies) {
    if (warning.ends_with(remedy.end)) return text + " " + std::string(remedy.sentence);
  }
  return text;
}

}  // namespace vat::app
