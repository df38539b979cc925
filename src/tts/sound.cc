#include "tts/sound.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/frame.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "filters/filter_graph.h"

namespace vat::tts {
namespace {

struct SwrFree {
  void operator()(SwrContext* context) const { swr_free(&context); }
};
tl::unexpected<Error> cannot(const char* what) {
  return fail(ErrorCode::kInternal, std::string("The sound of a sentence could not be ") + what + ".");
}

}  // namespace

Result<Pcm> resample(Pcm pcm, int sample_rate) {
  if (pcm.samples.empty() || pcm.sample_rate == sample_rate) return Pcm{sample_rate, std::move(pcm.samples)};
  AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
  SwrContext* raw = nullptr;
  if (swr_alloc_set_opts2(&raw, &mono, AV_SAMPLE_FMT_FLT, sample_rate, &mono, AV_SAMPLE_FMT_FLT,
                          pcm.sample_rate, 0, nullptr) < 0) {
    return cannot("resampled");
  }
  const std::unique_ptr<SwrContext, SwrFree> context(raw);
  if (swr_init(raw) < 0) return cannot("resampled");
  const auto wanted = static_cast<std::size_t>(
      std::llround(static_cast<double>(pcm.samples.size()) * sample_rate / pcm.sample_rate));
  constexpr std::size_t kRoom = 4096;
  Pcm out{sample_rate, std::vector<float>(wanted + kRoom)};
  const auto* input = reinterpret_cast<const std::uint8_t*>(pcm.samples.data());
  auto* output = reinterpret_cast<std::uint8_t*>(out.samples.data());
  const int first = swr_convert(raw, &output, static_cast<int>(out.samples.size()), &input,
                                static_cast<int>(pcm.samples.size()));
  if (first < 0) return cannot("resampled");
  output = reinterpret_cast<std::uint8_t*>(out.samples.data() + first);
  const int rest = swr_convert(raw, &output, static_cast<int>(out.samples.size()) - first, nullptr, 0);
  if (rest < 0) return cannot("resampled");
  // The filter's tail may be a few samples longer or shorter than the exact length.
  out.samples.resize(static_cast<std::size_t>(first + rest));
  out.samples.resize(wanted, 0.0F);
  return out;
}

Result<Pcm> change_tempo(Pcm pcm, double factor) {
  if (pcm.samples.empty() || std::abs(factor - 1.0) < 0.005) return pcm;
  Pcm out{pcm.sample_rate, {}};
  const auto keep = [&out](const AVFrame* frame) {
    const auto* const samples = reinterpret_cast<const float*>(frame->data[0]);
    out.samples.insert(out.samples.end(), samples, samples + frame->nb_samples);
    return Result<>();
  };
  VAT_ASSIGN(const auto graph,
             filters::FilterGraph::create(pcm.sample_rate, "atempo=" + std::to_string(factor), keep));
  VAT_TRY(graph->push(pcm.samples));
  VAT_TRY(graph->finish());
  if (out.samples.empty()) return cannot("sped up");
  return out;
}

Pcm trim_silence(Pcm pcm, Millis margin) {
  // -60 dB: below the quietest fricative, above an engine's dither.
  const auto loud = [](float sample) { return std::abs(sample) > 0.001F; };
  auto& samples = pcm.samples;
  const auto first = std::find_if(samples.begin(), samples.end(), loud);
  const auto last = std::find_if(samples.rbegin(), samples.rend(), loud).base();
  if (first == samples.end()) return Pcm{pcm.sample_rate, {}};
  const std::ptrdiff_t room = margin.count() * pcm.sample_rate / 1000;
  const auto begin = samples.begin() + std::max<std::ptrdiff_t>(0, first - samples.begin() - room);
  const auto end = samples.end() - std::max<std::ptrdiff_t>(0, samples.end() - last - room);
  return Pcm{pcm.sample_rate, std::vector<float>(begin, end)};
}

}  // namespace vat::tts
