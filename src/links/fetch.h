// Fetches the file behind a link. What arrived is kept, and continued by the next call, also of another
// process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/http_download.h"

namespace vat::links {

struct FetchLimits {
  std::uint64_t max_bytes = 20ULL << 30U;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds idle_timeout{60'000};      ///< Without a byte.
  std::chrono::milliseconds total_timeout{7'200'000};  ///< Of one call, with all its attempts.
  /// Bytes that must arrive in every `rate_window`.
  std::uint64_t min_bytes_per_window = 64U * 1024;
  std::chrono::milliseconds rate_window{60'000};
  int fruitless_attempts = 3;                    ///< In a row that bring no new byte.
  std::chrono::milliseconds first_pause{1'000};  ///< Doubles with each of them.
};

/// Where the bytes go, and a short text about them, which belong together: a note is written before the first
/// byte that it is about. One thread at a time.
class Landing {
 public:
  virtual ~Landing() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  [[nodiscard]] virtual Result<> append(std::string_view bytes) = 0;
  /// Discards the bytes and the note.
  [[nodiscard]] virtual Result<> clear() = 0;
  /// Empty if there is none, or it cannot be read.
  [[nodiscard]] virtual std::string note() const = 0;
  [[nodiscard]] virtual Result<> set_note(std::string_view text) = 0;
};

struct Link {
  std::string url;
  HttpHeaders headers;  ///< To be sent with the request.
};

struct FetchedFile {
  std::string name;          ///< As the server or the URL has it; any bytes, never empty.
  std::string content_type;  ///< As the server has it.
};

/// `total` is 0 while unknown.
using FetchSink = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Blocks until the landing has all of the file. A connection that breaks is made again, and continued where
/// the server proves that the file is still the same (ETag or date with If-Range, RFC 9110 section 13.1.5).
/// Errors name the host alone: kNetwork, retryable, for what may pass; kNotFound and kUnauthorized for the
/// server's refusal, kInvalidArgument for another one and for a URL that may not be called; kBadMedia for a
/// web page; kLimit over `max_bytes`, and for a server that is too slow; kCancelled soon after `stop`; those
/// of the landing. Any thread.
[[nodiscard]] Result<FetchedFile> fetch(HttpDownloader& http, const Link& link, Landing& landing,
                                        const FetchLimits& limits, const FetchSink& progress,
                                        const std::stop_token& stop);

}  // namespace vat::links
