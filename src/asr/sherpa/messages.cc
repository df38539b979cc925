#include "asr/sherpa/messages.h"

#include <cstring>

#include "base/text.h"

namespace vat::asr {
namespace {

constexpr char kHeard = 'H';
constexpr char kBadModel = 'B';
constexpr char kNotAvailable = 'U';
constexpr std::size_t kMaxShownText = 1000;

}  // namespace

std::string write_request(const std::string& language, std::span<const float> samples) {
  std::string bytes = language;
  bytes += '\0';
  bytes.append(reinterpret_cast<const char*>(samples.data()), samples.size_bytes());
  return bytes;
}

Result<SherpaRequest> read_request(std::string_view bytes) {
  const std::size_t end = bytes.find('\0');
  if (end == std::string_view::npos || (bytes.size() - end - 1) % sizeof(float) != 0)
    return fail(ErrorCode::kInternal, "The request is not valid.");
  SherpaRequest request{.language = std::string(bytes.substr(0, end))};
  bytes.remove_prefix(end + 1);
  request.samples.resize(bytes.size() / sizeof(float));
  if (!bytes.empty()) std::memcpy(request.samples.data(), bytes.data(), bytes.size());
  return request;
}

std::string write_answer(const Result<std::string>& json) {
  if (json) return kHeard + *json;
  const char code = json.error().code == ErrorCode::kBadData ? kBadModel : kNotAvailable;
  return code + json.error().message + '\n' + json.error().detail;
}

Result<std::string> read_answer(std::string_view bytes) {
  const char code = bytes.empty() ? '\0' : bytes.front();
  if (code != kHeard && code != kBadModel && code != kNotAvailable)
    return fail(ErrorCode::kInternal, "The answer is not valid.");
  bytes.remove_prefix(1);
  if (code == kHeard) return std::string(bytes);
  const std::string_view message = take_part(bytes, '\n');
  return fail(code == kBadModel ? ErrorCode::kBadData : ErrorCode::kUnavailable,
              one_line(first_bytes(to_utf8(message), kMaxShownText)),
              one_line(first_bytes(to_utf8(bytes), kMaxShownText)));
}

}  // namespace vat::asr
