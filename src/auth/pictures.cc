#include "auth/pictures.h"

#include <utility>

namespace vat::auth {
namespace {

constexpr std::chrono::milliseconds kPictureConnectTimeout{3'000};
constexpr std::chrono::milliseconds kPictureTimeout{6'000};

}  // namespace

std::optional<std::string> picture_type(std::string_view bytes) {
  using std::string_view_literals::operator""sv;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return "image/png";
  if (bytes.starts_with("\xff\xd8\xff"sv)) return "image/jpeg";
  if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv)) return "image/gif";
  if (bytes.size() >= 12 && bytes.starts_with("RIFF"sv) && bytes.substr(8, 4) == "WEBP"sv)
    return "image/webp";
  return std::nullopt;
}

Pictures::Pictures(HttpClient& http, UserStore& users, UtcClock clock)
    : http_(http), users_(users), clock_(std::move(clock)) {}

Result<> Pictures::refresh(const std::string& user_id, const std::string& url) {
  if (stop_.stop_requested()) return {};
  VAT_ASSIGN(const std::optional<PictureFacts> known, users_.picture_facts(user_id));
  if (url.empty()) return known ? users_.set_picture(user_id, {}, {}) : Result<>{};
  if (known && known->url == url && clock_() < known->fetched_at + kPictureIsFresh) return {};
  HttpRequest request{.url = url, .headers = {{"Accept", "image/png, image/jpeg, image/webp, image/gif"}}};
  request.connect_timeout = kPictureConnectTimeout;
  request.total_timeout = kPictureTimeout;
  request.max_response_bytes = kMaxPictureBytes;
  Result<HttpResponse> response = http_.send(request, stop_.get_token());
  if (!response && (response.error().retryable || stop_.stop_requested()))
    return fail(std::move(response).error());
  Picture picture;
  const std::optional<std::string> type =
      response && response->status == 200 ? picture_type(response->body) : std::nullopt;
  if (type) picture = {*type, std::move(response->body)};
  VAT_TRY(users_.set_picture(user_id, url, picture));
  if (type) return {};
  return fail(Error(ErrorCode::kBadMedia, "There is no picture of a known type.",
                    response ? std::to_string(response->status) : response.error().message));
}

}  // namespace vat::auth
