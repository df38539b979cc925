#include "asr/testing/flite_speech.h"

extern "C" {
#include <flite/flite.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>

cst_voice* register_cmu_us_slt(const char* directory);
cst_voice* register_cmu_us_rms(const char* directory);
cst_voice* register_cmu_us_awb(const char* directory);
cst_voice* register_cmu_us_kal16(const char* directory);
cst_voice* register_cmu_us_kal(const char* directory);
}

#include <memory>
#include <mutex>

namespace vat::asr {
namespace {

cst_voice* find_voice(std::string_view name) {
  static const bool initialised = flite_init() >= 0;
  if (!initialised) return nullptr;
  if (name == "slt") return register_cmu_us_slt(nullptr);
  if (name == "rms") return register_cmu_us_rms(nullptr);
  if (name == "awb") return register_cmu_us_awb(nullptr);
  if (name == "kal16") return register_cmu_us_kal16(nullptr);
  if (name == "kal") return register_cmu_us_kal(nullptr);
  return nullptr;
}

struct FreeWave {
  void operator()(cst_wave* wave) const { delete_wave(wave); }
};
struct FreeResampler {
  void operator()(SwrContext* context) const { swr_free(&context); }
};

std::unique_ptr<SwrContext, FreeResampler> make_resampler(int from_rate) {
  AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
  SwrContext* context = nullptr;
  swr_alloc_set_opts2(&context, &mono, AV_SAMPLE_FMT_FLT, kRecognitionRate, &mono, AV_SAMPLE_FMT_FLT,
                      from_rate, 0, nullptr);
  std::unique_ptr<SwrContext, FreeResampler> owner(context);
  if (owner != nullptr && swr_init(owner.get()) < 0) owner.reset();
  return owner;
}

}  // namespace

Pcm flite_say(const std::string& text, std::string_view voice_name) {
  // flite's voices are global and initialise themselves on first use.
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  Pcm sound;
  cst_voice* voice = find_voice(voice_name);
  if (voice == nullptr) return sound;
  const std::unique_ptr<cst_wave, FreeWave> wave(flite_text_to_wave(text.c_str(), voice));
  if (wave == nullptr) return sound;
  sound.sample_rate = wave->sample_rate;
  sound.samples.reserve(static_cast<std::size_t>(wave->num_samples));
  for (int i = 0; i < wave->num_samples; ++i)
    sound.samples.push_back(static_cast<float>(wave->samples[i]) / 32768.0F);
  return resample_to_16k(sound);
}

Pcm resample_to_16k(const Pcm& sound) {
  if (sound.sample_rate == kRecognitionRate) return sound;
  Pcm result{kRecognitionRate, {}};
  const auto resampler = make_resampler(sound.sample_rate);
  if (resampler == nullptr) return result;
  const auto room = swr_get_out_samples(resampler.get(), static_cast<int>(sound.samples.size())) + 1024;
  result.samples.resize(static_cast<std::size_t>(room));
  auto* out = reinterpret_cast<std::uint8_t*>(result.samples.data());
  const auto* in = reinterpret_cast<const std::uint8_t*>(sound.samples.data());
  const int count = swr_convert(resampler.get(), &out, room, &in, static_cast<int>(sound.samples.size()));
  auto* rest = reinterpret_cast<std::uint8_t*>(result.samples.data() + count);
  const int tail = swr_convert(resampler.get(), &rest, room - count, nullptr, 0);
  result.samples.resize(static_cast<std::size_t>(count + tail));
  return result;
}

Pcm silence(Millis length) {
  return {kRecognitionRate, std::vector<float>(static_cast<std::size_t>(time_to_samples(length)), 0.0F)};
}

void append(Pcm& head, const Pcm& tail) {
  head.samples.insert(head.samples.end(), tail.samples.begin(), tail.samples.end());
}

}  // namespace vat::asr
