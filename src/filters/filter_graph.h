// A chain of FFmpeg's audio filters over float samples, for loudness (media) and tempo (tts).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

struct AVFrame;

namespace vat::filters {

/// Whether FFmpeg has a filter of this name.
[[nodiscard]] bool has_filter(const char* name);

/// Errors: kUnavailable without libavfilter, kInternal when it fails. One thread at a time.
class FilterGraph {
 public:
  /// Receives frames that are valid during the call. Its error ends the call that produced the frame.
  using Sink = std::function<Result<>(const AVFrame*)>;

  /// `filters` in the ffmpeg command's syntax: "volume=2,alimiter". Each output frame goes to `sink`. The
  /// input has `sample_rate` Hz and 1 or 2 `channels`.
  [[nodiscard]] static Result<std::unique_ptr<FilterGraph>> create(int sample_rate,
                                                                   const std::string& filters, Sink sink,
                                                                   int channels = 1);
  ~FilterGraph();
  FilterGraph(const FilterGraph&) = delete;
  FilterGraph& operator=(const FilterGraph&) = delete;

  /// The channels' samples by turns.
  [[nodiscard]] Result<> push(std::span<const float> samples);
  /// Flushes the filters.
  [[nodiscard]] Result<> finish();

 private:
  struct Graph;
  FilterGraph(int sample_rate, int channels, Sink sink);
  Result<> build(const std::string& filters);
  Result<> send(AVFrame* frame);

  const int sample_rate_;
  const int channels_;
  const Sink sink_;
  std::unique_ptr<Graph> graph_;
  std::int64_t position_ = 0;  ///< In samples of each channel.
};

}  // namespace vat::filters
