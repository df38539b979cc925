// What goes between a recogniser and the process that computes for it. Both are this program, so numbers are
// in the machine's own order; but what comes back may be anything, as a library from elsewhere shares that
// process.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vat::asr {

/// A chunk, or no samples at all, to hear whether the model is loaded.
struct SherpaRequest {
  std::string language;  ///< Empty: not known.
  std::vector<float> samples;
};

/// More than a chunk of 30 s has.
inline constexpr std::size_t kMaxSherpaRequest = std::size_t{4} << 20U;
inline constexpr std::size_t kMaxSherpaAnswer = std::size_t{4} << 20U;

[[nodiscard]] std::string write_request(const std::string& language, std::span<const float> samples);
/// Errors: kInternal.
[[nodiscard]] Result<SherpaRequest> read_request(std::string_view bytes);

/// The library's JSON or, of an error, whether another try may help, its message and its detail.
[[nodiscard]] std::string write_answer(const Result<std::string>& json);
/// kInternal for what is no answer.
[[nodiscard]] Result<std::string> read_answer(std::string_view bytes);

}  // namespace vat::asr
