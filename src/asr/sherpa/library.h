// sherpa-onnx by its C API, loaded from a library file at run time. Used in a helper process only: it prints,
// and ends its process over a model that it does not like.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "modelfile/recogniser_folder.h"

namespace vat::asr {

/// The only version whose structures are known here; they differ in each.
inline constexpr const char* kSherpaVersion = "2.0.1";

/// One loaded model. One thread, in which it computes: it starts no others.
class SherpaRecognizer {
 public:
  /// The library stays loaded. ONNX Runtime must be beside it. Errors: kUnavailable for a library that is
  /// missing, another or of another version; kBadData for a model that it refuses without ending the process.
  [[nodiscard]] static Result<std::unique_ptr<SherpaRecognizer>> open(const std::filesystem::path& library,
                                                                      const std::filesystem::path& folder);
  ~SherpaRecognizer();
  SherpaRecognizer(const SherpaRecognizer&) = delete;
  SherpaRecognizer& operator=(const SherpaRecognizer&) = delete;

  /// Whether its kind can be told the language.
  [[nodiscard]] bool takes_language() const;
  /// What it hears in 16 kHz mono samples in [-1, 1], as the library's JSON (sherpa/heard.h). `language` as
  /// the model calls it; empty: it finds out, where it can. After a language, if takes_language(), this is of
  /// no more use.
  [[nodiscard]] std::string recognize(std::span<const float> samples, const std::string& language);

 private:
  struct Parts;
  explicit SherpaRecognizer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace vat::asr
