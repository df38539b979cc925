#include "api/uploads/tus_headers.h"

#include <algorithm>
#include <limits>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/hex.h"
#include "base/number.h"
#include "base/text.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

constexpr std::size_t kMaxMetadataBytes = 8U * 1024;
constexpr std::size_t kMaxMetadataKeys = 64;
constexpr std::size_t kMaxParts = 256;
constexpr std::size_t kMaxSizeDigits = 19;

/// Calls `take` with each piece between separators, until that fails.
template <class Take>
Result<> for_each_piece(std::string_view text, char separator, Take take) {
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    VAT_TRY(take(text.substr(0, end)));
    if (end == text.size()) return {};
    text.remove_prefix(end + 1);
  }
}

tl::unexpected<Error> bad_metadata(std::string why) {
  return fail_field("Upload-Metadata",
                    "Upload-Metadata must be pairs of a key and a base64 value: " + std::move(why) + ".");
}

bool is_key(std::string_view key) { return !key.empty() && std::all_of(key.begin(), key.end(), is_graphic); }

Result<> add_pair(std::string_view pair, TusMetadata& metadata) {
  pair = trim(pair);
  const std::size_t space = std::min(pair.find(' '), pair.size());
  const std::string_view key = pair.substr(0, space);
  if (!is_key(key)) return bad_metadata("a key is missing or not ASCII");
  const bool twice =
      std::any_of(metadata.begin(), metadata.end(), [&](const auto& other) { return other.first == key; });
  if (twice) return bad_metadata("the key " + std::string(key) + " is there twice");
  if (metadata.size() == kMaxMetadataKeys) return bad_metadata("there are too many");
  const std::optional<std::string> value = base64_decode(trim(pair.substr(space)));
  if (!value) return bad_metadata("the value of " + std::string(key) + " is not base64");
  metadata.emplace_back(key, *value);
  return {};
}

/// The id at the end of a URL, absolute or not.
std::optional<std::string> part_id(std::string_view address, std::string_view prefix) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!address.starts_with(scheme)) continue;
    address.remove_prefix(scheme.size());
    address.remove_prefix(std::min(address.find('/'), address.size()));
    break;
  }
  if (!address.starts_with(prefix)) return std::nullopt;
  address.remove_prefix(prefix.size());
  if (!is_uuid(address)) return std::nullopt;
  return std::string(address);
}

}  // namespace

Result<std::uint64_t> parse_tus_size(std::string_view field, std::string_view text) {
  const auto size = parse_number<std::uint64_t>(text, 0, std::numeric_limits<std::int64_t>::max());
  if (!size || text.size() > kMaxSizeDigits)
    return fail_field(std::string(field),
                      std::string(field) + " must be a number of bytes in decimal digits.");
  return *size;
}

Result<TusMetadata> parse_tus_metadata(std::string_view text) {
  TusMetadata metadata;
  if (text.size() > kMaxMetadataBytes) return bad_metadata("they are longer than 8 KiB");
  if (trim(text).empty()) return metadata;
  VAT_TRY(for_each_piece(text, ',', [&](std::string_view pair) { return add_pair(pair, metadata); }));
  return metadata;
}

std::string_view find_metadata(const TusMetadata& metadata, std::string_view key) {
  const auto found =
      std::find_if(metadata.begin(), metadata.end(), [&](const auto& pair) { return pair.first == key; });
  return found == metadata.end() ? std::string_view() : found->second;
}

Result<TusChecksum> parse_tus_checksum(std::string_view text) {
  const std::size_t space = text.find(' ');
  const std::string_view name = text.substr(0, space);
  const bool known = name == "sha1" || name == "sha256";
  if (!known) return fail_field("Upload-Checksum", "Upload-Checksum must use sha1 or sha256.");
  TusChecksum checksum{.algorithm = name == "sha1" ? Digest::kSha1 : Digest::kSha256, .hex = {}};
  const auto digest =
      space == std::string_view::npos ? std::nullopt : base64_decode(trim(text.substr(space)));
  if (!digest || digest->size() != (name == "sha1" ? 20U : 32U))
    return fail_field("Upload-Checksum",
                      "Upload-Checksum must be the name of the algorithm and the digest in base64.");
  checksum.hex = to_hex(*digest);
  return checksum;
}

Result<TusConcat> parse_tus_concat(std::string_view text, std::string_view prefix) {
  if (text == "partial") return TusConcat{.partial = true, .parts = {}};
  constexpr std::string_view kFinal = "final;";
  if (!text.starts_with(kFinal))
    return fail_field("Upload-Concat", "Upload-Concat must be partial, or final; and the URLs of the parts.");
  TusConcat concat;
  VAT_TRY(for_each_piece(text.substr(kFinal.size()), ' ', [&](std::string_view address) -> Result<> {
    if (address.empty()) return {};
    auto id = part_id(address, prefix);
    if (!id)
      return fail_field("Upload-Concat", "Upload-Concat names a part that is not an upload of this server.");
    if (concat.parts.size() == kMaxParts)
      return fail_field("Upload-Concat", "Upload-Concat names more than 256 parts.");
    concat.parts.push_back(std::move(*id));
    return {};
  }));
  if (concat.parts.empty()) return fail_field("Upload-Concat", "Upload-Concat names no part.");
  return concat;
}

}  // namespace vat::api
