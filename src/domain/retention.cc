#include "domain/retention.h"

#include <algorithm>

namespace vat {
namespace {

Days shorter(Days a, Days b) {
  if (a.count() == 0) return b;
  return b.count() == 0 ? a : std::min(a, b);
}

}  // namespace

Retention stricter(const Retention& a, const Retention& b) {
  return {.recordings = shorter(a.recordings, b.recordings),
          .speech = shorter(a.speech, b.speech),
          .jobs = shorter(a.jobs, b.jobs)};
}

std::string_view kept_name(Kept kept) {
  switch (kept) {
    case Kept::kRecording:
      return "recording";
    case Kept::kSpeech:
      return "speech";
    case Kept::kJob:
      break;
  }
  return "job";
}

}  // namespace vat
