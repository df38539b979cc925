#include "tts/testing/curl_client.h"

#include <curl/curl.h>

#include <memory>
#include <string_view>

#include "base/text.h"

namespace vat::tts::testing {
namespace {

struct Transfer {
  HttpResponse response;
  std::size_t max_bytes = 0;
  std::stop_token stop;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto* const transfer = static_cast<Transfer*>(user);
  if (transfer->response.body.size() + size * count > transfer->max_bytes) return 0;
  transfer->response.body.append(bytes, size * count);
  return size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* user) {
  const std::string_view line(bytes, size * count);
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    static_cast<Transfer*>(user)->response.headers.emplace_back(std::string(line.substr(0, colon)),
                                                                std::string(trim(line.substr(colon + 1))));
  }
  return size * count;
}

int check_stop(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->stop.stop_requested() ? 1 : 0;
}

struct EasyFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

void configure(CURL* easy, const HttpRequest& request, Transfer& transfer) {
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method != "GET") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.total_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, check_stop);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

}  // namespace

Result<HttpResponse> CurlClient::send(const HttpRequest& request, std::stop_token stop) {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, EasyFree> easy(initialised == CURLE_OK ? curl_easy_init() : nullptr);
  if (!easy) return fail(ErrorCode::kInternal, "libcurl did not start.");
  std::unique_ptr<curl_slist, ListFree> headers;
  for (const auto& [name, value] : request.headers)
    headers.reset(curl_slist_append(headers.release(), (name + ": " + value).c_str()));
  Transfer transfer{{}, request.max_response_bytes, stop};
  configure(easy.get(), request, transfer);
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  const CURLcode code = curl_easy_perform(easy.get());
  if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "The request was cancelled.");
  if (code == CURLE_WRITE_ERROR) return fail(ErrorCode::kLimit, "The answer is too large.");
  if (code != CURLE_OK)
    return fail(Error(ErrorCode::kNetwork, std::string("The request failed: ") + curl_easy_strerror(code))
                    .as_retryable());
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  return std::move(transfer.response);
}

}  // namespace vat::tts::testing
