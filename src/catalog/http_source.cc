#include "catalog/http_source.h"

#include <algorithm>
#include <string>
#include <utility>

#include "catalog/pull.h"

namespace vat::catalog {
namespace {

/// Serves every model that is at the publisher's, a mirror every model.
class HttpSource : public ModelSource {
 public:
  HttpSource(HttpDownloader& http, const StoreOptions& options, SourceInfo info, std::string mirror)
      : http_(http), options_(options), info_(std::move(info)), mirror_(std::move(mirror)) {}

  [[nodiscard]] SourceInfo info() const override { return info_; }
  [[nodiscard]] bool offers(const PublishedModel& model) const override {
    return !mirror_.empty() || !model.repository.empty();
  }

  [[nodiscard]] Fetched fetch(const PublishedModel& model, const PullSink& progress,
                              const std::stop_token& stop) const override {
    Pull pull(http_, options_, model, download_url(model, mirror_), progress);
    auto result = pull.run(stop);
    if (result) return {};
    const bool silent = result.error().code == ErrorCode::kNetwork && !pull.answered();
    return tl::unexpected(SourceFailure{std::move(result).error(), silent});
  }

 private:
  HttpDownloader& http_;
  const StoreOptions& options_;
  const SourceInfo info_;
  const std::string mirror_;
};

}  // namespace

std::unique_ptr<ModelSource> make_mirror_source(HttpDownloader& http, const StoreOptions& options) {
  return std::make_unique<HttpSource>(
      http, options, SourceInfo{SourceKind::kMirror, "the mirror " + host_of(options.mirror), options.mirror},
      options.mirror);
}

std::unique_ptr<ModelSource> make_publisher_source(HttpDownloader& http, const StoreOptions& options) {
  const std::string url = options.models.empty() ? "" : std::string(options.models.front().repository);
  return std::make_unique<HttpSource>(http, options, SourceInfo{SourceKind::kPublisher, "the publisher", url},
                                      "");
}

}  // namespace vat::catalog
