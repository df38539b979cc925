#include "net/curl_http_client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "net/curl_transfer.h"
#include "net/url.h"

namespace vat::net {
namespace {

constexpr std::size_t kMaxIdleSessions = 16;

bool same_name(std::string_view a, std::string_view b) { return fold_case(a) == fold_case(b); }

/// Headers without secrets, which may be sent to another origin.
HttpHeaders harmless_headers(const HttpHeaders& headers) {
  constexpr std::array<std::string_view, 5> kHarmless = {"Accept", "Accept-Language", "Range", "If-Range",
                                                         "User-Agent"};
  HttpHeaders kept;
  for (const auto& header : headers) {
    if (std::any_of(kHarmless.begin(), kHarmless.end(),
                    [&](std::string_view name) { return same_name(name, header.first); })) {
      kept.push_back(header);
    }
  }
  return kept;
}

tl::unexpected<Error> redirect_error(const Url& from, std::string_view what) {
  return fail(ErrorCode::kNetwork, from.display() + " " + std::string(what) + ".");
}

}  // namespace

/// Idle sessions, whose open connections the next request reuses.
class CurlHttpClient::Sessions {
 public:
  std::unique_ptr<CurlSession> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<CurlSession>();
    auto session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }

  void give(std::unique_ptr<CurlSession> session) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMaxIdleSessions) idle_.push_back(std::move(session));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<CurlSession>> idle_;
};

CurlHttpClient::CurlHttpClient(CurlOptions options) : options_(std::move(options)) {
  initialize_curl();
  if (options_.user_agent.empty()) options_.user_agent = "video-audio-text/" VAT_VERSION;
  sessions_ = std::make_unique<Sessions>();
}

CurlHttpClient::~CurlHttpClient() = default;

Result<HttpResponse> CurlHttpClient::send(const HttpRequest& request, std::stop_token stop) {
  std::string body;
  HttpSink sink;
  sink.write = [&body](std::string_view bytes) -> Result<> {
    body += bytes;
    return {};
  };
  VAT_ASSIGN(HttpResponse response, download(request, sink, std::move(stop)));
  response.body = std::move(body);
  return response;
}

Result<HttpResponse> CurlHttpClient::download(const HttpRequest& request, const HttpSink& sink,
                                              std::stop_token stop) {
  // A session whose request failed is discarded, because the state of its connections is unknown.
  auto session = sessions_->take();
  auto response = follow(*session, request, sink, stop);
  if (response) sessions_->give(std::move(session));
  return response;
}

Result<HttpResponse> CurlHttpClient::follow(CurlSession& session, const HttpRequest& request,
                                            const HttpSink& sink, const std::stop_token& stop) const {
  HttpRequest hop = request;
  VAT_ASSIGN(Url url, parse_url(hop.url));
  CurlTransfer::Settings settings;
  settings.addresses = options_.addresses;
  settings.also_allowed = options_.also_allowed;
  settings.user_agent = options_.user_agent;
  settings.catch_redirects = request.method == "GET" || request.method == "HEAD";
  if (request.total_timeout.count() > 0)
    settings.deadline = std::chrono::steady_clock::now() + request.total_timeout;
  if (request.answer_timeout.count() > 0)
    settings.answer_deadline = std::chrono::steady_clock::now() + request.answer_timeout;

  for (int redirects = 0;; ++redirects) {
    std::string target;
    {
      CurlTransfer transfer(session, hop, url, sink, settings);
      VAT_ASSIGN(HttpResponse response, transfer.run(stop));
      target = transfer.redirect_url();
      if (target.empty()) return response;
    }
    if (redirects == options_.max_redirects) return redirect_error(url, "redirects too many times");
    auto next = parse_url(target);
    if (!next) return redirect_error(url, "redirects to something that is not a web URL");
    if (url.scheme == "https" && next->scheme == "http")
      return redirect_error(url, "redirects to a connection that is not encrypted");
    if (!next->same_origin(url)) hop.headers = harmless_headers(hop.headers);
    hop.url = std::move(target);
    url = std::move(*next);
  }
}

}  // namespace vat::net
