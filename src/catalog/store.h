// The models on this machine: list, download, import, verify, remove. A model is installed complete and
// verified, or not at all; an interrupted download resumes where it stopped.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/published.h"
#include "domain/http_download.h"

namespace vat::catalog {

struct Digests;

/// Reads a file's header; kBadData when it is not a model of that kind.
using ModelValidator = std::function<Result<>(const std::filesystem::path& file, ModelKind kind)>;

/// What the program calls its commands and settings, for messages to its user. Messages do not mention what
/// is empty, because that user has nothing of the kind.
struct ControlNames {
  std::string list;       ///< The command that lists all models: "tool list".
  std::string pull;       ///< The command that downloads a model; the model's name follows it.
  std::string remove;     ///< The command that removes a model; the model's name follows it.
  std::string import;     ///< The command that installs a file; the file's name follows it.
  std::string name;       ///< The option that names an imported model.
  std::string mirror;     ///< The setting for StoreOptions::mirror.
  std::string directory;  ///< The setting for StoreOptions::directory.
};

struct StoreOptions {
  std::filesystem::path
      directory;       ///< Created when needed. Contains "ggml-NAME.bin", like whisper.cpp's own folder.
  std::string mirror;  ///< Empty for the publisher's own URL. See download_url().
  ControlNames controls;
  ModelValidator validator;  ///< May be empty: then only digests are checked.
  std::span<const PublishedModel> models = published_models();
  std::chrono::milliseconds connect_timeout{
      3'000};  ///< Short, so that the user soon learns that there is no network.
  std::chrono::milliseconds answer_timeout{5'000};  ///< For a server that has not answered yet.
  std::chrono::milliseconds idle_timeout{30'000};   ///< Without a byte, the connection counts as broken.
  std::chrono::milliseconds first_pause{1'000};     ///< Before resuming after a break; doubles each time.
  int fruitless_attempts = 4;  ///< Number of consecutive breaks without a new byte that end the pull.
};

/// One line of the list.
struct ModelInfo {
  std::string name;
  ModelKind kind = ModelKind::kRecognition;
  bool published = false;  ///< False for models that were imported under a name of their own.
  bool installed = false;
  std::uint64_t bytes = 0;          ///< Of the file on this machine, else of the download.
  std::uint64_t partial_bytes = 0;  ///< Of an unfinished download.
  std::filesystem::path path;       ///< Where the file is, or will be.
};

enum class PullPhase {
  kWaiting,      ///< Another process is downloading the same model.
  kDownloading,  ///< `done` of `total` bytes are on the disk.
  kVerifying,    ///< `done` of `total` bytes are hashed.
};

struct PullProgress {
  PullPhase phase = PullPhase::kDownloading;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

/// Called often, from the pulling thread; must not block and must not throw.
using PullSink = std::function<void(const PullProgress&)>;

/// The result of verify().
struct Verification {
  Digest digest = Digest::kSha1;
  std::string digest_hex;
  bool compared = false;  ///< False if the file has no known digest, so that only its format was checked.
};

/// A model that is made while it is imported, from a file or folder of another format.
struct ModelMaker {
  std::string source;       ///< What it is made from, for messages.
  std::string name;         ///< For a model that is not published, if the user gives none.
  std::uint64_t bytes = 0;  ///< Size of the file that is made.
  std::function<Result<>(const std::filesystem::path& target)> make;  ///< Writes `target`, on this thread.
};

struct ImportedModel {
  ModelInfo model;
  std::string same_as;  ///< Name of the published model that has the same bytes; empty for none.
};

/// Safe to use from any thread, and by several processes on one directory.
class ModelStore {
 public:
  /// `http` must outlive the store.
  ModelStore(HttpDownloader& http, StoreOptions options);

  /// The published models in their order, then the imported ones by name.
  [[nodiscard]] Result<std::vector<ModelInfo>> list() const;

  /// By name, OpenAI's alias or file name. kNotFound, with the closest name, for a model that is neither
  /// published nor installed.
  [[nodiscard]] Result<ModelInfo> find(std::string_view name) const;

  /// The kNotFound that says that this model is not installed, and how to install it.
  [[nodiscard]] Error not_installed(const std::string& name) const;

  /// Downloads a published model and returns its path; at once if it is already installed. Resumes an
  /// unfinished download, verifies the digest, and only then gives the file its name. While another process
  /// downloads the same model, waits for it. Errors: kNotFound; kNetwork with what to do without the server;
  /// kBadData when the bytes are not the model's (they are removed); kDiskFull with the required space;
  /// kCancelled (what was received is kept).
  [[nodiscard]] Result<std::filesystem::path> pull(std::string_view name, const PullSink& progress,
                                                   const std::stop_token& stop) const;

  /// Installs a model from a file. `name` empty: a published model gets its published name, any other that of
  /// its file. A published name accepts only the published bytes; any other name accepts what the validator
  /// accepts, and its digest is recorded. kExists when the model is installed and `replace` is false.
  [[nodiscard]] Result<ImportedModel> import_file(const std::filesystem::path& file, std::string_view name,
                                                  bool replace, const std::stop_token& stop) const;

  /// The same for a model that has to be made first.
  [[nodiscard]] Result<ImportedModel> import_made(const ModelMaker& maker, std::string_view name,
                                                  bool replace, const std::stop_token& stop) const;

  /// Verifies the installed file. kBadData, with the remedy, when it has changed.
  [[nodiscard]] Result<Verification> verify(std::string_view name, const std::stop_token& stop) const;

  /// Removes the file and any unfinished download of it; returns the number of bytes freed. kNotFound when
  /// there is neither.
  [[nodiscard]] Result<std::uint64_t> remove(std::string_view name) const;

 private:
  [[nodiscard]] const PublishedModel* published(std::string_view name) const;
  [[nodiscard]] const PublishedModel* published_as(const Digests& digests) const;
  [[nodiscard]] Result<> install(const std::filesystem::path& file, const std::string& name,
                                 const Digests& digests, bool replace, const std::stop_token& stop) const;
  [[nodiscard]] ModelInfo info(const std::string& name, const PublishedModel* model) const;
  [[nodiscard]] Error unknown(std::string_view name) const;
  [[nodiscard]] Error damaged(const ModelInfo& model, std::string detail) const;
  [[nodiscard]] Error not_the_published(const std::string& source, const PublishedModel& model,
                                        const std::string& digests) const;

  HttpDownloader& http_;
  StoreOptions options_;
};

}  // namespace vat::catalog
