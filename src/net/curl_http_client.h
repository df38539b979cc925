// Outbound HTTP over libcurl: deadlines, cancellation, bounded responses, safe redirects, and optionally no
// calls into private networks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domain/http_client.h"
#include "domain/http_download.h"
#include "net/address.h"
#include "net/network.h"

namespace vat::net {

struct CurlSession;

struct CurlOptions {
  /// kPublicOnly is checked on the actual address of the connection, after name resolution and after each
  /// redirect. It also connects directly, without the environment's proxy, which would hide that address.
  AddressPolicy addresses = AddressPolicy::kAny;
  std::vector<Network> also_allowed;  ///< With kPublicOnly: called although they are not public.
  /// Followed for GET and HEAD only, never from https to http. Another origin gets only headers without
  /// secrets (Accept, Range, ...). More redirects than this are kNetwork.
  int max_redirects = 5;
  std::string user_agent;  ///< Empty: the program's name and version.
};

/// Both ports on one pool of connections, which are kept for the next request to the same server. Uses
/// proxies from the environment like curl (http_proxy, https_proxy, no_proxy). Safe to use from any thread,
/// by many at once.
class CurlHttpClient final : public HttpClient, public HttpDownloader {
 public:
  explicit CurlHttpClient(CurlOptions options = {});
  ~CurlHttpClient() override;
  CurlHttpClient(const CurlHttpClient&) = delete;
  CurlHttpClient& operator=(const CurlHttpClient&) = delete;

  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;
  [[nodiscard]] Result<HttpResponse> download(const HttpRequest& request, const HttpSink& sink,
                                              std::stop_token stop) override;

 private:
  class Sessions;
  [[nodiscard]] Result<HttpResponse> follow(CurlSession& session, const HttpRequest& request,
                                            const HttpSink& sink, const std::stop_token& stop) const;

  CurlOptions options_;
  std::unique_ptr<Sessions> sessions_;
};

}  // namespace vat::net
