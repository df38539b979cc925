// One exchange with one server over libcurl: a request out, an answer in, no redirects. Private to net; only
// curl_set_up.cc, curl_transfer.cc and url.cc see libcurl.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "domain/http_client.h"
#include "domain/http_download.h"
#include "net/address.h"
#include "net/network.h"
#include "net/url.h"

namespace vat::net {

/// Once for the process, from any thread.
void initialize_curl();

/// One request at a time; keeps its connections for the next one.
struct CurlSession {
  struct MultiDeleter {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
  };
  struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  std::unique_ptr<CURLM, MultiDeleter> multi{curl_multi_init()};
  std::unique_ptr<CURL, EasyDeleter> easy{curl_easy_init()};  // After multi, so that it is destroyed first.
};

class CurlTransfer {
 public:
  struct Settings {
    AddressPolicy addresses = AddressPolicy::kAny;
    std::vector<Network> also_allowed;
    std::string user_agent;
    bool catch_redirects = false;  ///< The body of a redirect does not go to the sink.
    std::optional<std::chrono::steady_clock::time_point> deadline;
    std::optional<std::chrono::steady_clock::time_point> answer_deadline;  ///< For the first of the body.
  };

  /// `request.url` has been parsed into `url`. Everything must outlive the transfer.
  CurlTransfer(CurlSession& session, const HttpRequest& request, const Url& url, const HttpSink& sink,
               Settings settings);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  /// Status and headers. Once.
  [[nodiscard]] Result<HttpResponse> run(const std::stop_token& stop);
  /// After run(): the absolute target of a redirect, if the settings catch redirects.
  [[nodiscard]] std::string redirect_url() const;

 private:
  struct Callbacks;
  struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  [[nodiscard]] Result<> set_up();
  [[nodiscard]] Result<> set_headers();
  void set_method();
  void set_time_limits();
  [[nodiscard]] Result<> perform(const std::stop_token& stop);
  [[nodiscard]] Result<> outcome(CURLcode code) const;
  [[nodiscard]] Error timeout_error() const;
  [[nodiscard]] bool is_idle_too_long();
  [[nodiscard]] bool is_answer_late() const;
  [[nodiscard]] bool is_caught_redirect() const;
  /// The answer is known, whatever becomes of its body.
  [[nodiscard]] bool head_suffices() const;
  void on_header(std::string_view line);
  [[nodiscard]] bool on_body(std::string_view bytes);
  [[nodiscard]] bool begin();

  CurlSession& session_;
  const HttpRequest& request_;
  const Url& url_;
  const HttpSink& sink_;
  const Settings settings_;
  std::unique_ptr<curl_slist, ListDeleter> header_list_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  HttpResponse head_;
  std::size_t header_bytes_ = 0;
  std::size_t body_bytes_ = 0;
  curl_off_t moved_bytes_ = 0;
  std::chrono::steady_clock::time_point moved_at_;  ///< When moved_bytes_ last grew.
  bool begun_ = false;
  bool head_complete_ = false;  ///< Of the final response, or of an interim one.
  bool address_refused_ = false;
  std::optional<Error> failure_;  ///< Why a callback ended the transfer.
};

}  // namespace vat::net
