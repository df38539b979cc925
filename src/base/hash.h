// Message digests (OpenSSL EVP) for content identity and verification.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vat {

enum class Digest { kSha1, kSha256 };

/// Digest of a stream of bytes. One thread at a time.
class Hasher {
 public:
  explicit Hasher(Digest digest);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void update(std::string_view bytes);
  /// Lower-case hexadecimal. The hasher may not be used afterwards.
  [[nodiscard]] std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

[[nodiscard]] std::string hash_hex(Digest digest, std::string_view bytes);
/// HMAC-SHA256 (RFC 2104): 32 bytes.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// Reads the file in blocks.
[[nodiscard]] Result<std::string> hash_file(Digest digest, const std::filesystem::path& path);

}  // namespace vat
