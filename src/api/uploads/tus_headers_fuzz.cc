// Untrusted header fields of tus, and headers of WAV files: whatever they contain, the results are valid.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/speech/wav_head.h"
#include "api/uploads/tus_headers.h"
#include "base/text.h"
#include "base/uuid.h"

namespace {

void check(bool kept) {
  if (!kept) std::abort();
}

void read_metadata(std::string_view text) {
  const auto metadata = vat::api::parse_tus_metadata(text);
  if (!metadata) {
    check(metadata.error().field == "Upload-Metadata" && vat::is_utf8(metadata.error().message));
    return;
  }
  for (const auto& [key, value] : *metadata) {
    check(!key.empty() && key.find_first_of(" ,") == std::string::npos);
    check(vat::api::find_metadata(*metadata, key) == value);
    check(value.size() <= text.size());
  }
}

void read_checksum(std::string_view text) {
  const auto checksum = vat::api::parse_tus_checksum(text);
  if (!checksum) return;
  check(checksum->hex.size() == (checksum->algorithm == vat::Digest::kSha1 ? 40U : 64U));
  check(checksum->hex.find_first_not_of("0123456789abcdef") == std::string::npos);
}

void read_concat(std::string_view text) {
  const auto concat = vat::api::parse_tus_concat(text, "/api/v1/uploads/");
  if (!concat) return;
  check(concat->partial == concat->parts.empty());
  for (const std::string& id : concat->parts) check(vat::is_uuid(id));
}

void read_size(std::string_view text) {
  const auto size = vat::api::parse_tus_size("Upload-Length", text);
  if (!size) return;
  check(*size <= static_cast<std::uint64_t>(INT64_MAX));
  check(text.find_first_not_of("0123456789") == std::string_view::npos);
}

void read_wav(std::string_view text) {
  const auto head = vat::api::wav_head_bytes(text);
  if (head && *head != std::string_view::npos) check(*head <= text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  switch (data[0]) {
    case 'm':
      read_metadata(text);
      break;
    case 'c':
      read_checksum(text);
      break;
    case 'p':
      read_concat(text);
      break;
    case 's':
      read_size(text);
      break;
    case 'w':
      read_wav(text);
      break;
    default:
      read_metadata(text);
      read_concat(text);
  }
  return 0;
}
