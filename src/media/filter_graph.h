// A chain of libavfilter's audio filters over mono float samples. Private to this module.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "media/av.h"

namespace vat::media {

class FilterGraph {
 public:
  using Sink = std::function<Result<>(const AVFrame*)>;

  /// `filters` as the ffmpeg command takes them: "volume=2,alimiter". Each output frame goes to `sink`.
  [[nodiscard]] static Result<std::unique_ptr<FilterGraph>> create(int sample_rate,
                                                                   const std::string& filters, Sink sink);
  [[nodiscard]] Result<> push(std::span<const float> samples);
  /// Lets the filters give what they hold.
  [[nodiscard]] Result<> finish();

 private:
  FilterGraph() = default;
  Result<> build(const std::string& filters);
  Result<> send(AVFrame* frame);

  int sample_rate_ = 0;
  Sink sink_;
  AvPtr<AVFilterGraph> graph_;
  AVFilterContext* source_ = nullptr;  ///< Owned by the graph.
  AVFilterContext* end_ = nullptr;     ///< Owned by the graph.
  AvPtr<AVFrame> out_ = make_frame();
  std::int64_t position_ = 0;
};

}  // namespace vat::media
