// The pictures of those who sign in: fetched here, so that no browser calls other hosts for them.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/utc_time.h"
#include "domain/http_client.h"
#include "domain/user_store.h"

namespace vat::auth {

inline constexpr std::size_t kMaxPictureBytes = 256U * 1024;
/// A picture at the same address is not fetched again before.
inline constexpr std::chrono::hours kPictureIsFresh{24};

/// The media type of a PNG, JPEG, WebP or GIF, by its first bytes; empty for anything else, such as SVG,
/// which can contain scripts.
[[nodiscard]] std::optional<std::string> picture_type(std::string_view bytes);

/// Any thread; functions block.
class Pictures {
 public:
  /// `http` must refuse what this program should not call at a stranger's word. Both outlive it.
  Pictures(HttpClient& http, UserStore& users, UtcClock clock = utc_now);

  /// Fetches and keeps the user's picture unless that is fresh. Without an address, or when there is no
  /// picture there, the user has none. Errors are those of the transport and the database: the old picture
  /// stays.
  [[nodiscard]] Result<> refresh(const std::string& user_id, const std::string& url);
  /// Ends what is being fetched; from now on nothing is.
  void stop() { stop_.request_stop(); }

 private:
  HttpClient& http_;
  UserStore& users_;
  const UtcClock clock_;
  std::stop_source stop_;
};

}  // namespace vat::auth
