// The neural voices that can be fetched: which files each needs, and where these are had.
#pragma once

#include <span>
#include <string_view>

#include "catalog/packages.h"
#include "catalog/published.h"

namespace vat::catalog {

/// The library that runs them: ONNX Runtime, as a file of the voices' folder. Beside it sherpa-onnx's C API
/// for models of recognition (catalog/recognisers.h), and the ONNX Runtime that it is linked to.
#ifdef __APPLE__
inline constexpr std::string_view kVoiceLibrary = "libonnxruntime-1.32.dylib";
inline constexpr std::string_view kSherpaRuntime = "libonnxruntime.dylib";
inline constexpr std::string_view kSherpaLibrary = "libsherpa-onnx-c-api.dylib";
#else
inline constexpr std::string_view kVoiceLibrary = "libonnxruntime-1.32.so";
inline constexpr std::string_view kSherpaRuntime = "libonnxruntime.so";
inline constexpr std::string_view kSherpaLibrary = "libsherpa-onnx-c-api.so";
#endif

/// A model with its voices, as one fetches it.
struct VoicePack {
  std::string_view name;                    ///< "kokoro", "en_US-joe-medium".
  std::string_view engine;                  ///< "kokoro" or "piper".
  std::string_view languages;               ///< BCP 47, for people: "en, es, fr".
  std::string_view quality;                 ///< For people.
  std::string_view licence;                 ///< For people; of the voice, not of the library.
  std::span<const std::string_view> files;  ///< Names of voice_files(), the library among them.
};

/// All views are valid for ever.
[[nodiscard]] std::span<const VoicePack> voice_packs();
/// For StoreOptions::models and StoreOptions::packages of a store of voices.
[[nodiscard]] std::span<const PublishedModel> voice_files();
[[nodiscard]] std::span<const PackagedModel> packaged_voice_files();

}  // namespace vat::catalog
