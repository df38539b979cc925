#include "media/filter_graph.h"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

#include <algorithm>
#include <utility>

namespace vat::media {
namespace {

constexpr std::size_t kBlock = 8192;

tl::unexpected<Error> filter_failure(int error) {
  return fail(ErrorCode::kInternal, "The sound could not be filtered.", av_error_text(error));
}

struct InOutDeleter {
  void operator()(AVFilterInOut* list) const { avfilter_inout_free(&list); }
};
using InOut = std::unique_ptr<AVFilterInOut, InOutDeleter>;

InOut make_end(const char* name, AVFilterContext* filter) {
  InOut end(avfilter_inout_alloc());
  if (!end) return end;
  end->name = av_strdup(name);
  end->filter_ctx = filter;
  return end;
}

}  // namespace

Result<std::unique_ptr<FilterGraph>> FilterGraph::create(int sample_rate, const std::string& filters,
                                                         Sink sink) {
  route_log();
  std::unique_ptr<FilterGraph> made(new FilterGraph());
  made->sample_rate_ = sample_rate;
  made->sink_ = std::move(sink);
  VAT_TRY(made->build(filters));
  return made;
}

Result<> FilterGraph::build(const std::string& filters) {
  graph_.reset(avfilter_graph_alloc());
  if (!graph_ || !out_) return filter_failure(AVERROR(ENOMEM));
  graph_->nb_threads = 1;
  const std::string rate = std::to_string(sample_rate_);
  const std::string source =
      "sample_rate=" + rate + ":sample_fmt=flt:channel_layout=mono:time_base=1/" + rate;
  int error = avfilter_graph_create_filter(&source_, avfilter_get_by_name("abuffer"), "in", source.c_str(),
                                           nullptr, graph_.get());
  if (error < 0) return filter_failure(error);
  error = avfilter_graph_create_filter(&end_, avfilter_get_by_name("abuffersink"), "out", nullptr, nullptr,
                                       graph_.get());
  if (error < 0) return filter_failure(error);
  InOut inputs = make_end("out", end_);
  InOut outputs = make_end("in", source_);
  if (!inputs || !outputs) return filter_failure(AVERROR(ENOMEM));
  AVFilterInOut* raw_inputs = inputs.release();
  AVFilterInOut* raw_outputs = outputs.release();
  error = avfilter_graph_parse_ptr(graph_.get(), filters.c_str(), &raw_inputs, &raw_outputs, nullptr);
  inputs.reset(raw_inputs);
  outputs.reset(raw_outputs);
  if (error >= 0) error = avfilter_graph_config(graph_.get(), nullptr);
  if (error < 0) return filter_failure(error);
  return {};
}

Result<> FilterGraph::push(std::span<const float> samples) {
  while (!samples.empty()) {
    const auto piece = samples.first(std::min(samples.size(), kBlock));
    samples = samples.subspan(piece.size());
    AvPtr<AVFrame> frame = make_frame();
    if (!frame) return filter_failure(AVERROR(ENOMEM));
    frame->format = AV_SAMPLE_FMT_FLT;
    frame->sample_rate = sample_rate_;
    frame->nb_samples = static_cast<int>(piece.size());
    frame->pts = position_;
    av_channel_layout_default(&frame->ch_layout, 1);
    if (const int error = av_frame_get_buffer(frame.get(), 0); error < 0) return filter_failure(error);
    std::copy(piece.begin(), piece.end(), reinterpret_cast<float*>(frame->data[0]));
    position_ += frame->nb_samples;
    VAT_TRY(send(frame.get()));
  }
  return {};
}

Result<> FilterGraph::finish() { return send(nullptr); }

Result<> FilterGraph::send(AVFrame* frame) {
  if (const int error = av_buffersrc_add_frame(source_, frame); error < 0) return filter_failure(error);
  while (true) {
    const int error = av_buffersink_get_frame(end_, out_.get());
    if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return {};
    if (error < 0) return filter_failure(error);
    const Result<> taken = sink_(out_.get());
    av_frame_unref(out_.get());
    VAT_TRY(taken);
  }
}

}  // namespace vat::media
