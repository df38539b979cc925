// Neural voices that run on this machine: Kokoro and Piper (VITS), by ONNX Runtime in a process of their own.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/helper_process.h"
#include "base/result.h"
#include "domain/synthesizer.h"

namespace vat::tts {

struct NeuralConfig {
  std::filesystem::path directory;  ///< Of the voices: see kokoro_files() and piper_files().
  std::filesystem::path library;    ///< ONNX Runtime.
  /// Where measured speeds and pitches are remembered; empty: as long as the engines live.
  std::filesystem::path measurements;
  /// A process of this program that calls onnx::host_model().
  HelperLaunch helper;
  int threads = 1;                                     ///< That compute one utterance.
  std::uint64_t max_memory = std::uint64_t{4} << 30U;  ///< Address space of a process, bytes.
  std::chrono::milliseconds open_timeout{60'000};
  std::chrono::milliseconds run_timeout{120'000};
};

/// The engines "kokoro" and "piper", which share their processes, at most two at a time. Both speak
/// as soon as the files of a voice are there, and ONNX Runtime. eSpeak NG makes their phonemes: kUnavailable
/// without its data.
[[nodiscard]] Result<std::vector<std::shared_ptr<Synthesizer>>> make_neural(const NeuralConfig& config);

/// The names of Kokoro's files in the folder of voices.
inline constexpr std::string_view kKokoroModel = "kokoro-v1.0.int8.onnx";
inline constexpr std::string_view kKokoroVoices = "kokoro-v1.0.voices";

/// The voices of Kokoro that are offered, in the order of kKokoroVoices: each 510 rows of 256 floats,
/// little-endian, of which the number of phonemes selects the row.
[[nodiscard]] std::span<const Voice> kokoro_voices();

/// What a Piper voice is, from its "NAME.onnx.json".
struct PiperVoice {
  std::string name;      ///< "en_US-joe-medium".
  std::string language;  ///< BCP 47.
  std::string quality;   ///< "medium", or empty.
  int sample_rate = 0;   ///< Hz.
  int speakers = 1;
};

/// Checks a voice before it is installed: `model` and the description beside it. kNotFound without a
/// description; kBadData, with a sentence that names the file. Any thread.
[[nodiscard]] Result<PiperVoice> check_piper_voice(const std::filesystem::path& model);

}  // namespace vat::tts
