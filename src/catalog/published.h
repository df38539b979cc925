// The models that their publishers offer for download: names, sizes, digests.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/result.h"

namespace vat::catalog {

enum class ModelKind {
  kRecognition,      ///< A Whisper model in whisper.cpp's format.
  kSpeechDetection,  ///< A Silero voice activity model in whisper.cpp's format.
};

struct PublishedModel {
  std::string_view name;  ///< As whisper.cpp's scripts name it: "base.en".
  ModelKind kind = ModelKind::kRecognition;
  std::uint64_t bytes = 0;  ///< Size of the file. The digest decides; this is for progress and free space.
  std::string_view digest_hex;  ///< Lower case. SHA-1 as whisper.cpp publishes it, SHA-256 for the detectors.
  std::string_view repository;  ///< URL below which the file lies.

  [[nodiscard]] Digest digest() const { return digest_hex.size() == 40 ? Digest::kSha1 : Digest::kSha256; }
  /// False for the models that know English alone.
  [[nodiscard]] bool is_multilingual() const { return name.find(".en") == std::string_view::npos; }
};

/// All of them, smallest family first. The view is valid for ever.
[[nodiscard]] std::span<const PublishedModel> published_models();

/// "ggml-base.en.bin": the name of the file here and at the publisher.
[[nodiscard]] std::string model_file_name(std::string_view name);

/// The plain name for what a user may write: "ggml-base.en.bin", "turbo" and "large" (OpenAI's names) and the
/// name itself. Does not look whether there is such a model.
[[nodiscard]] std::string canonical_model_name(std::string_view text);

/// kInvalidArgument for a name that could not be a file's: letters, digits, '.', '_' and '-' only, at most
/// 64, and a letter or digit first.
[[nodiscard]] Result<> check_model_name(std::string_view name);

/// Where the model is fetched from. `mirror` is empty for the publisher's own address; else a URL under which
/// the files lie, or one that holds {file} or {name}.
[[nodiscard]] std::string download_url(const PublishedModel& model, std::string_view mirror);

}  // namespace vat::catalog
