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
  kVoice,            ///< A file that neural voices need.
  kSpeakers,         ///< A model that tells who speaks (catalog/speaker_models.h).
  kSherpa,           ///< A folder with a recognition model of sherpa-onnx's (catalog/recognisers.h).
};

struct PublishedModel {
  std::string_view name;  ///< As whisper.cpp's scripts name it: "base.en".
  ModelKind kind = ModelKind::kRecognition;
  std::uint64_t bytes = 0;  ///< Size of the file, for progress and free space; only the digest is verified.
  std::string_view digest_hex;  ///< Lower case. SHA-1 as whisper.cpp publishes it, SHA-256 for the detectors.
  std::string_view repository;  ///< URL of the folder of the file; empty if its publisher has no such file.

  [[nodiscard]] Digest digest() const { return digest_hex.size() == 40 ? Digest::kSha1 : Digest::kSha256; }
  /// False for the English-only models.
  [[nodiscard]] bool is_multilingual() const { return name.find(".en") == std::string_view::npos; }
};

/// All of them, smallest family first. The view is valid for ever.
[[nodiscard]] std::span<const PublishedModel> published_models();

/// "ggml-base.en.bin": the name of the file here and at the publisher. A name that ends like the file of a
/// voice (.onnx, .json, .voices, .so, .dylib) is that file's.
[[nodiscard]] std::string model_file_name(std::string_view name);
/// Whether the name is that of a voice's file.
[[nodiscard]] bool is_voice_file(std::string_view name);

/// The canonical name for what a user may write: "ggml-base.en.bin", "turbo" and "large" (OpenAI's names) and
/// the name itself. Does not check whether there is such a model.
[[nodiscard]] std::string canonical_model_name(std::string_view text);

/// kInvalidArgument for a name that could not be a file's: letters, digits, '.', '_' and '-' only, at most
/// 64, and a letter or digit first.
[[nodiscard]] Result<> check_model_name(std::string_view name);

/// The model's download URL. `mirror` is empty for the publisher's own, else the URL of the files' folder, or
/// one that contains {file} or {name}.
[[nodiscard]] std::string download_url(const PublishedModel& model, std::string_view mirror);

/// The server's name in a URL, for messages; a password in front of it is left out.
[[nodiscard]] std::string host_of(std::string_view url);

}  // namespace vat::catalog
