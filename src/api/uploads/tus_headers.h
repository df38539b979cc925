// The header fields of tus 1.0 (https://tus.io/protocols/resumable-upload), parsed as untrusted input.
// Private to api. Every function may be called from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/result.h"

namespace vat::api {

inline constexpr std::string_view kTusVersion = "1.0.0";
inline constexpr std::string_view kTusExtensions =
    "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration,concatenation";
inline constexpr std::string_view kTusChecksums = "sha1,sha256";

/// A number of bytes, as in Upload-Length and Upload-Offset: decimal digits only, at most 2^63 - 1. Errors
/// name the field.
[[nodiscard]] Result<std::uint64_t> parse_tus_size(std::string_view field, std::string_view text);

/// Upload-Metadata: keys with their values decoded, in order. kInvalidArgument for a key that is empty or
/// stands twice, for what is not base64, and above 8 KiB.
using TusMetadata = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] Result<TusMetadata> parse_tus_metadata(std::string_view text);
/// Empty when there is no such key.
[[nodiscard]] std::string_view find_metadata(const TusMetadata& metadata, std::string_view key);

/// Upload-Checksum: "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=".
struct TusChecksum {
  Digest algorithm = Digest::kSha1;
  std::string hex;  ///< Lower case.
};
[[nodiscard]] Result<TusChecksum> parse_tus_checksum(std::string_view text);

/// Upload-Concat: "partial", or "final;/api/v1/uploads/ID /api/v1/uploads/ID".
struct TusConcat {
  bool partial = false;
  std::vector<std::string> parts;  ///< Ids of the parts; empty for a partial one.
};
/// `prefix`: what the path of every part begins with, "/api/v1/uploads/".
[[nodiscard]] Result<TusConcat> parse_tus_concat(std::string_view text, std::string_view prefix);

}  // namespace vat::api
