#include "api/testing/intake_service.h"

#include <filesystem>

#include "domain/user.h"
#include "tts/flite_engine.h"

namespace vat::api::testing {
namespace {

class NoNetwork final : public HttpDownloader {
 public:
  [[nodiscard]] Result<HttpResponse> download(const HttpRequest&, const HttpSink&, std::stop_token) override {
    return fail(ErrorCode::kNetwork, "There is no network in this test.");
  }
};

}  // namespace

IntakeService::IntakeService(Limits limits)
    : no_network_(std::make_unique<NoNetwork>()),
      models_(std::make_unique<catalog::ModelStore>(*no_network_,
                                                    catalog::StoreOptions{.directory = path("models")})),
      engines_(std::make_unique<pipeline::Engines>(
          *models_, pipeline::EnginesOptions{.no_fetching = "tests fetch none."})),
      speech_(std::make_unique<pipeline::Speech>(tts::Engines{tts::make_flite()}, std::filesystem::path())) {
  if (limits.reserved_disk_bytes == Limits{}.reserved_disk_bytes) limits.reserved_disk_bytes = 1U << 20U;
  intake_ = std::make_unique<uploads::Intake>(
      database().uploads(), objects(),
      uploads::IntakeOptions{.reserved_disk_bytes = limits.reserved_disk_bytes,
                             .unfinished_expire = limits.unfinished_uploads_expire});
  tokens_ = std::make_unique<auth::AccessTokens>("http://localhost", database().tokens());
  services_ = std::unique_ptr<Services>(new Services{.jobs = database().jobs(),
                                                     .queue = database().queue(),
                                                     .speeds = database().speeds(),
                                                     .uploads = database().uploads(),
                                                     .intake = *intake_,
                                                     .transcripts = database().transcripts(),
                                                     .shares = database().shares(),
                                                     .labels = database().labels(),
                                                     .users = database().users(),
                                                     .tokens = *tokens_,
                                                     .webhooks = database().webhooks(),
                                                     .quotas = database().quotas(),
                                                     .retention = database().retention(),
                                                     .lexicons = database().lexicons(),
                                                     .preferences = database().preferences(),
                                                     .accounts = database().accounts(),
                                                     .overview = database().overview(),
                                                     .audit = database().audit(),

                                                     .bus = bus(),
                                                     .objects = objects(),
                                                     .models = *models_,
                                                     .engines = *engines_,
                                                     .speech = *speech_,
                                                     .pool = *pool_,
                                                     .slow_pool = *slow_pool_,
                                                     .writers = *writers_,
                                                     .long_transcripts = *long_transcripts_,
                                                     .speakers = *speakers_,
                                                     .limits = limits});
  router_ = std::make_unique<http::Router>(make_router(*services_));
  client_ = std::make_unique<LocalClient>(*router_);
}

IntakeService::~IntakeService() {
  // What they still do uses the services.
  pool_.reset();
  slow_pool_.reset();
  long_transcripts_.reset();
  writers_.reset();
  speakers_.reset();
}

Reply IntakeService::form(std::string target, const std::vector<Part>& parts, HttpHeaders headers) {
  std::string body;
  for (const Part& part : parts) {
    body += "--frontier\r\nContent-Disposition: form-data; name=\"" + part.name + '"';
    if (part.filename) body += "; filename=\"" + *part.filename + '"';
    body += "\r\n\r\n" + part.content + "\r\n";
  }
  body += "--frontier--\r\n";
  headers.emplace_back("Content-Type", "multipart/form-data; boundary=frontier");
  return client_->send(http::Method::kPost, std::move(target), std::move(body), std::move(headers));
}

Reply IntakeService::tus(http::Method method, std::string target, HttpHeaders headers, std::string body) {
  headers.emplace_back("Tus-Resumable", "1.0.0");
  if (!body.empty() || method == http::Method::kPatch)
    headers.emplace_back("Content-Type", "application/offset+octet-stream");
  return client_->send(method, std::move(target), std::move(body), std::move(headers));
}

std::vector<Job> IntakeService::jobs() { return database().jobs().list(kLocalUserId, {}).value().jobs; }

}  // namespace vat::api::testing
