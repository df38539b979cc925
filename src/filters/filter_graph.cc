#include "filters/filter_graph.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
#include <libavutil/mem.h>
}

#include <algorithm>
#include <array>
#include <utility>

#include "filters/av_log.h"
#include "filters/libavfilter.h"

namespace vat::filters {
namespace {

constexpr std::size_t kBlock = 8192;

tl::unexpected<Error> filter_failure(int error) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(error, text.data(), text.size());
  return fail(ErrorCode::kInternal, "The audio could not be filtered.", text.data());
}

struct FrameFree {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
using Frame = std::unique_ptr<AVFrame, FrameFree>;

struct GraphFree {
  const Libavfilter* library;
  void operator()(AVFilterGraph* graph) const { library->graph_free(&graph); }
};
struct InOutFree {
  const Libavfilter* library;
  void operator()(AVFilterInOut* list) const { library->inout_free(&list); }
};
using InOut = std::unique_ptr<AVFilterInOut, InOutFree>;

InOut make_end(const Libavfilter& library, const char* name, AVFilterContext* filter) {
  InOut end(library.inout_alloc(), InOutFree{&library});
  if (!end) return end;
  end->name = av_strdup(name);
  end->filter_ctx = filter;
  return end;
}

}  // namespace

bool has_filter(const char* name) {
  const auto library = libavfilter();
  return library && (*library)->get_by_name(name) != nullptr;
}

struct FilterGraph::Graph {
  const Libavfilter& library;
  std::unique_ptr<AVFilterGraph, GraphFree> graph{library.graph_alloc(), GraphFree{&library}};
  AVFilterContext* source = nullptr;  ///< Owned by the graph.
  AVFilterContext* end = nullptr;     ///< Owned by the graph.
  Frame out{av_frame_alloc()};
};

FilterGraph::FilterGraph(int sample_rate, int channels, Sink sink)
    : sample_rate_(sample_rate), channels_(channels), sink_(std::move(sink)) {}
FilterGraph::~FilterGraph() = default;

Result<std::unique_ptr<FilterGraph>> FilterGraph::create(int sample_rate, const std::string& filters,
                                                         Sink sink, int channels) {
  route_av_log();
  VAT_ASSIGN(const Libavfilter* const library, libavfilter());
  std::unique_ptr<FilterGraph> made(new FilterGraph(sample_rate, channels, std::move(sink)));
  made->graph_.reset(new Graph{*library});  // NOLINT(modernize-make-unique): an aggregate
  VAT_TRY(made->build(filters));
  return made;
}

Result<> FilterGraph::build(const std::string& filters) {
  const Libavfilter& library = graph_->library;
  AVFilterGraph* const graph = graph_->graph.get();
  if (graph == nullptr || !graph_->out) return filter_failure(AVERROR(ENOMEM));
  graph->nb_threads = 1;
  const std::string rate = std::to_string(sample_rate_);
  const std::string source = "sample_rate=" + rate +
                             ":sample_fmt=flt:channel_layout=" + (channels_ == 1 ? "mono" : "stereo") +
                             ":time_base=1/" + rate;
  int error = library.graph_create_filter(&graph_->source, library.get_by_name("abuffer"), "in",
                                          source.c_str(), nullptr, graph);
  if (error < 0) return filter_failure(error);
  error = library.graph_create_filter(&graph_->end, library.get_by_name("abuffersink"), "out", nullptr,
                                      nullptr, graph);
  if (error < 0) return filter_failure(error);
  InOut inputs = make_end(library, "out", graph_->end);
  InOut outputs = make_end(library, "in", graph_->source);
  if (!inputs || !outputs) return filter_failure(AVERROR(ENOMEM));
  AVFilterInOut* raw_inputs = inputs.release();
  AVFilterInOut* raw_outputs = outputs.release();
  error = library.graph_parse_ptr(graph, filters.c_str(), &raw_inputs, &raw_outputs, nullptr);
  inputs.reset(raw_inputs);
  outputs.reset(raw_outputs);
  if (error >= 0) error = library.graph_config(graph, nullptr);
  if (error < 0) return filter_failure(error);
  return {};
}

Result<> FilterGraph::push(std::span<const float> samples) {
  while (!samples.empty()) {
    const auto piece = samples.first(std::min(samples.size(), kBlock));
    samples = samples.subspan(piece.size());
    const Frame frame(av_frame_alloc());
    if (!frame) return filter_failure(AVERROR(ENOMEM));
    frame->format = AV_SAMPLE_FMT_FLT;
    frame->sample_rate = sample_rate_;
    frame->nb_samples = static_cast<int>(piece.size()) / channels_;
    frame->pts = position_;
    av_channel_layout_default(&frame->ch_layout, channels_);
    if (const int error = av_frame_get_buffer(frame.get(), 0); error < 0) return filter_failure(error);
    std::copy(piece.begin(), piece.end(), reinterpret_cast<float*>(frame->data[0]));
    position_ += frame->nb_samples;
    VAT_TRY(send(frame.get()));
  }
  return {};
}

Result<> FilterGraph::finish() { return send(nullptr); }

Result<> FilterGraph::send(AVFrame* frame) {
  const Libavfilter& library = graph_->library;
  if (const int error = library.buffersrc_add_frame(graph_->source, frame); error < 0)
    return filter_failure(error);
  AVFrame* const out = graph_->out.get();
  while (true) {
    const int error = library.buffersink_get_frame(graph_->end, out);
    if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return {};
    if (error < 0) return filter_failure(error);
    const Result<> taken = sink_(out);
    av_frame_unref(out);
    VAT_TRY(taken);
  }
}

}  // namespace vat::filters
