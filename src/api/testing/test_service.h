// The routes over a real database, object store and bus in a folder of their own, with jobs at whatever point
// of their life a test wants. Test-only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/services.h"
#include "api/testing/local_client.h"
#include "base/file.h"
#include "db/database.h"
#include "domain/user.h"
#include "net/curl_http_client.h"

namespace vat::api::testing {

/// "Ask not what / your country", in two segments with words.
[[nodiscard]] Transcript sample_transcript();

class TestService {
 public:
  /// With a store of models of these options, in a folder of its own.
  explicit TestService(catalog::StoreOptions models = {});
  ~TestService();

  [[nodiscard]] Services& services() { return *services_; }
  /// Another user, with an API key: the headers that sign in as them.
  [[nodiscard]] HttpHeaders other_user();

  /// From now on people sign in at "https://issuer.example", for which `http` answers; it must outlive this.
  void require_sign_in(HttpClient& http, std::string base_url = "http://localhost");
  /// What a page of this site sends in the session of a browser of the user: the cookie, and the token.
  [[nodiscard]] HttpHeaders session_of(const std::string& user_id);

  /// A complete upload of these bytes; its id.
  [[nodiscard]] std::string upload(const std::string& filename = "talk.mp4",
                                   const std::string& bytes = "media",
                                   const std::string& container = "mov,mp4,m4a,3gp,3g2,mj2");
  /// A queued job on a new upload.
  [[nodiscard]] Job queued(const std::string& title = "talk.mp4", const std::string& options = "{}");
  /// Of the jobs that wait, the next one.
  [[nodiscard]] ClaimedJob claim();
  /// A job that made its transcript, the file talk.srt and its previews, and is done.
  [[nodiscard]] Job completed(const std::string& title = "talk.mp4");
  [[nodiscard]] Job failed(const std::string& title = "talk.mp4");
  /// The same database as another server has it open: what is done through it notifies nobody here.
  [[nodiscard]] db::Database& elsewhere();
  /// Adds a file to the running job.
  void add_file(const Lease& lease, const std::string& name, const std::string& bytes,
                const std::string& content_type, const std::string& kind = "transcript");

 private:
  [[nodiscard]] std::string put_object(const std::string& kind, const std::string& bytes);

  TemporaryDirectory folder_;
  std::unique_ptr<EventBus> bus_;
  std::unique_ptr<ObjectStore> objects_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<EventBus> bus_elsewhere_;
  std::unique_ptr<db::Database> elsewhere_;
  net::CurlHttpClient http_;
  catalog::ModelStore models_;
  const catalog::RecogniserStore recognisers_;
  auth::AccessTokens tokens_;
  pipeline::Engines engines_;
  pipeline::Speech speech_;
  uploads::Intake intake_;
  std::optional<http::BlockingPool> pool_;
  std::optional<http::BlockingPool> slow_pool_;
  std::optional<http::BlockingPool> long_transcripts_{std::in_place, 1, 8};
  std::optional<http::BlockingPool> writers_;
  std::optional<http::BlockingPool> speakers_;
  std::optional<http::BlockingPool> sign_in_pool_;
  std::unique_ptr<auth::SignIns> sign_ins_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<http::Router> router_;

 public:
  /// Speaks for the local user, as a client on this machine.
  std::unique_ptr<LocalClient> client;
};

}  // namespace vat::api::testing
