// The API over the stores of a folder, for the tests of what comes in. Test-only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/services.h"
#include "api/testing/local_client.h"
#include "asr/chunk_pool.h"
#include "domain/http_download.h"
#include "uploads/testing/store_folder.h"

namespace vat::api::testing {

/// One part of a form; with `filename`, a file.
struct Part {
  std::string name;
  std::string content;
  std::optional<std::string> filename;
};
[[nodiscard]] inline Part field(std::string name, std::string value) {
  return {.name = std::move(name), .content = std::move(value), .filename = std::nullopt};
}

class IntakeService : public uploads::testing::StoreFolder {
 public:
  explicit IntakeService(Limits limits = {});
  ~IntakeService();

  [[nodiscard]] Services& services() { return *services_; }
  [[nodiscard]] http::Router& router() { return *router_; }
  [[nodiscard]] LocalClient& client() { return *client_; }

  /// Sends a form to `target`.
  Reply form(std::string target, const std::vector<Part>& parts, HttpHeaders headers = {});
  Reply tus(http::Method method, std::string target, HttpHeaders headers, std::string body = {});

  [[nodiscard]] std::vector<Job> jobs();

 private:
  std::unique_ptr<HttpDownloader> no_network_;
  std::unique_ptr<catalog::ModelStore> models_;
  std::unique_ptr<pipeline::Engines> engines_;
  std::unique_ptr<pipeline::Speech> speech_;
  std::unique_ptr<uploads::Intake> intake_;
  std::optional<http::BlockingPool> pool_{std::in_place, 2, 1000};
  std::optional<http::BlockingPool> slow_pool_{std::in_place, 2, 1000};
  std::optional<http::BlockingPool> long_transcripts_{std::in_place, 1, 8};
  std::optional<http::BlockingPool> writers_{std::in_place, 2, 1000};
  std::optional<http::BlockingPool> speakers_{std::in_place, 2, 32};
  std::unique_ptr<auth::AccessTokens> tokens_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<http::Router> router_;
  std::unique_ptr<LocalClient> client_;
};

}  // namespace vat::api::testing
