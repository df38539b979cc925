// The recordings of the benchmarks: speech by Flite, 16 kHz mono.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/result.h"

namespace vat::bench {

/// `seconds` of speech, with `silence` times its length of silence after each sentence. No two paragraphs are
/// alike, so that no text repeats.
[[nodiscard]] Result<std::vector<float>> speech(double seconds, double silence = 0);

/// Every other 15 s become digital silence, even in the middle of a word.
void silence_half(std::vector<float>& samples);

[[nodiscard]] Result<> write_wav(const std::filesystem::path& path, std::span<const float> samples);

}  // namespace vat::bench
