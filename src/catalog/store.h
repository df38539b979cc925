// The models on this machine: list, fetch, import, verify, remove. A model is there whole and checked, or not
// at all; a download that was cut short goes on where it stopped.
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

/// Reads a file's header and says kBadData when it is no model of that kind.
using ModelValidator = std::function<Result<>(const std::filesystem::path& file, ModelKind kind)>;

struct StoreOptions {
  std::filesystem::path
      directory;             ///< Created when needed. Holds "ggml-NAME.bin" as whisper.cpp's own folder does.
  std::string mirror;        ///< VAT_MODEL_URL; empty for the publisher's own address. See download_url().
  ModelValidator validator;  ///< May be empty: then digests alone are checked.
  std::span<const PublishedModel> models = published_models();
  std::chrono::milliseconds connect_timeout{3'000};  ///< Short: without a network the user is told at once.
  std::chrono::milliseconds answer_timeout{5'000};   ///< Of a server that was not heard yet.
  std::chrono::milliseconds idle_timeout{30'000};    ///< Without a byte, the connection counts as broken off.
  std::chrono::milliseconds first_pause{1'000};      ///< Before going on after a break; doubles each time.
  int fruitless_attempts = 4;  ///< So many breaks in a row without a new byte end the pull.
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
  kWaiting,      ///< Another process fetches the same model.
  kDownloading,  ///< `done` of `total` bytes are on the disk.
  kVerifying,    ///< `done` of `total` bytes are hashed.
};

struct PullProgress {
  PullPhase phase = PullPhase::kDownloading;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

/// Called often, from the thread that pulls; must not block and must not throw.
using PullSink = std::function<void(const PullProgress&)>;

/// What verify() found to be true.
struct Verification {
  Digest digest = Digest::kSha1;
  std::string digest_hex;
  bool compared =
      false;  ///< False when no digest is known for this file, so that only its format was checked.
};

/// Safe to use from any thread, and by several processes on one directory.
class ModelStore {
 public:
  /// `http` outlives the store.
  ModelStore(HttpDownloader& http, StoreOptions options);

  /// The published models in their order, then the imported ones by name.
  [[nodiscard]] Result<std::vector<ModelInfo>> list() const;

  /// By name, OpenAI's alias or file name. kNotFound, with the nearest name, for a model that is neither
  /// published nor installed.
  [[nodiscard]] Result<ModelInfo> find(std::string_view name) const;

  /// Fetches a published model and returns its path; at once when it is there already. Goes on with an
  /// unfinished download, checks the digest, and only then gives the file its name. While another process
  /// fetches the same model, waits for it. Errors: kNotFound; kNetwork with what to do without a network;
  /// kBadData when the bytes are not the model's (they are removed); kDiskFull with what is needed;
  /// kCancelled (what came is kept).
  [[nodiscard]] Result<std::filesystem::path> pull(std::string_view name, const PullSink& progress,
                                                   const std::stop_token& stop) const;

  /// Copies a file that came another way. `name` empty: taken from the file's name. A published name takes
  /// only the published bytes; any other name takes whatever the validator takes, and its digest is recorded.
  /// kExists when the model is installed and `replace` is false.
  [[nodiscard]] Result<ModelInfo> import_file(const std::filesystem::path& file, std::string_view name,
                                              bool replace, const std::stop_token& stop) const;

  /// Reads the installed file again. kBadData, with what to do, when it is not what it was.
  [[nodiscard]] Result<Verification> verify(std::string_view name, const std::stop_token& stop) const;

  /// Removes the file and any unfinished download of it; returns how many bytes that freed. kNotFound when
  /// there is neither.
  [[nodiscard]] Result<std::uint64_t> remove(std::string_view name) const;

 private:
  [[nodiscard]] const PublishedModel* published(std::string_view name) const;
  [[nodiscard]] ModelInfo info(const std::string& name, const PublishedModel* model) const;
  [[nodiscard]] Error unknown(std::string_view name) const;

  HttpDownloader& http_;
  StoreOptions options_;
};

}  // namespace vat::catalog
