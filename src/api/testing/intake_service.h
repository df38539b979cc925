// The API over a real database, object store and bus in a folder, for the tests of what comes in. Test-only.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "api/testing/local_client.h"
#include "asr/chunk_pool.h"
#include "base/file.h"
#include "base/utc_time.h"
#include "db/database.h"
#include "domain/http_download.h"

namespace vat::api::testing {

/// One part of a form; with `filename`, a file.
struct Part {
  std::string name;
  std::string content;
  std::optional<std::string> filename;
};

class IntakeService {
 public:
  explicit IntakeService(Limits limits = {});
  ~IntakeService();

  [[nodiscard]] Services& services() { return *services_; }
  [[nodiscard]] db::Database& database() { return *database_; }
  [[nodiscard]] http::Router& router() { return *router_; }
  [[nodiscard]] LocalClient& client() { return *client_; }

  /// Sends a form to `target`.
  Reply form(std::string target, const std::vector<Part>& parts, HttpHeaders headers = {});
  Reply tus(http::Method method, std::string target, HttpHeaders headers, std::string body = {});

  /// A short WAV file with a tone; another `frequency` is other content.
  [[nodiscard]] std::string recording(double frequency = 440);
  /// A file of the folder, for media of other kinds.
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  [[nodiscard]] std::vector<Job> jobs();
  /// The bytes of a complete upload of the local user.
  [[nodiscard]] std::string content(const std::string& upload_id);
  /// Files in the object store and in its staging folder.
  [[nodiscard]] std::size_t stored_files() const;
  [[nodiscard]] std::size_t staged_files() const;

  /// Time passes for the database.
  std::chrono::milliseconds ahead{0};

 private:
  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  std::unique_ptr<EventBus> bus_;
  std::unique_ptr<ObjectStore> objects_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<HttpDownloader> no_network_;
  std::unique_ptr<catalog::ModelStore> models_;
  std::unique_ptr<pipeline::Engines> engines_;
  std::unique_ptr<pipeline::Speech> speech_;
  std::unique_ptr<uploads::Intake> intake_;
  std::optional<http::BlockingPool> pool_{std::in_place, 2, 1000};
  std::optional<http::BlockingPool> slow_pool_{std::in_place, 2, 1000};
  std::optional<http::BlockingPool> writers_{std::in_place, 2, 1000};
  std::optional<http::BlockingPool> speakers_{std::in_place, 2, 32};
  std::unique_ptr<Services> services_;
  std::unique_ptr<http::Router> router_;
  std::unique_ptr<LocalClient> client_;
};

}  // namespace vat::api::testing
