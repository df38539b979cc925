#include "media/length_bound.h"

#include <algorithm>

#include "domain/audio.h"

namespace vat::media {
namespace {

constexpr std::int64_t kHour = 3600LL * kRecognitionRate;
constexpr std::int64_t kAlways = 24 * kHour;
constexpr std::int64_t kNever = 1000 * kHour;
/// A third of what the thriftiest codec for speech needs (Codec 2 at 450 bits a second).
constexpr std::int64_t kBytesPerSecond = 16;

}  // namespace

Result<> check_length(std::int64_t samples, std::optional<std::int64_t> bytes, const std::string& name) {
  if (samples <= kAlways || !bytes) return {};
  const std::int64_t more = std::min(*bytes / kBytesPerSecond, kNever / kRecognitionRate) * kRecognitionRate;
  const std::int64_t max = std::min(kAlways + more, kNever);
  if (samples <= max) return {};
  return fail(ErrorCode::kBadMedia, name + " goes on for more than " + std::to_string(max / kHour) +
                                        " hours, which no recording of its size does.");
}

}  // namespace vat::media
