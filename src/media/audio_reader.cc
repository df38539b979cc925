#include "media/audio_reader.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "media/audio_decoder.h"
#include "media/completeness.h"
#include "media/decode_ahead.h"
#include "media/input.h"
#include "media/length_bound.h"
#include "media/quiet_lift.h"
#include "media/resampler.h"
#include "media/timeline.h"
#include "media/track_choice.h"

namespace vat::media {
namespace {

Timeline make_timeline(const Input& input) {
  std::optional<double> end;
  if (input.duration_is_stated()) {
    // Some writers count a length from the start where others count from zero: the later end is safe here.
    if (const auto seconds = input.duration_seconds())
      end = (*seconds + std::max(input.start_seconds(), 0.0)) * kRecognitionRate;
  }
  return Timeline(end, (input.context()->iformat->flags & AVFMT_TS_DISCONT) != 0);
}

constexpr int kMinRate = 8'000;
constexpr int kMaxRate = 192'000;
/// Peak of a track in which nothing is said: -80 dBFS.
constexpr float kSilentTrack = 1e-4F;

}  // namespace

/// Combines the caller's stop request with the reader's own end.
struct Stopper {
  explicit Stopper(const std::stop_token& caller) : callback(caller, [this] { source.request_stop(); }) {}
  std::stop_source source;
  std::stop_callback<std::function<void()>> callback;
};

struct AudioReader::Impl {
  Impl(std::unique_ptr<Stopper> stop, std::unique_ptr<Input> opened, AVStream* chosen,
       const ReaderOptions& options)
      : stopper(std::move(stop)),
        input(std::move(opened)),
        stream(chosen),
        follow(options.track == 0),
        rate(options.rate),
        recognition(options.channel == 0 && options.rate == kRecognitionRate),
        resampler(options),
        timeline(make_timeline(*input)),
        duration(input->duration()),
        start_seconds(input->start_seconds()),
        bytes(input->io().size()) {}

  using OpenInput = std::function<Result<std::unique_ptr<Input>>(std::stop_token)>;
  static Result<std::unique_ptr<Impl>> open(const OpenInput& open_input, const ReaderOptions& options);

  Result<> start();
  Result<std::size_t> read(std::span<float> out);
  Result<std::size_t> read_at_its_level(std::span<float> out);
  Result<> make_more();
  void accept(DecodedFrame* decoded);
  void convert_held();
  void drain();
  void end();
  void note_channels();
  void note_shortfall();

  std::unique_ptr<Stopper> stopper;
  std::unique_ptr<Input> input;
  AVStream* stream;
  bool follow;       ///< Where another stream continues it.
  int rate;          ///< Of what is delivered, Hz.
  bool recognition;  ///< Very quiet sound is raised.
  Resampler resampler;
  Timeline timeline;
  QuietLift lift;
  // Copied, because reading may change them in the input on the other thread.
  std::optional<Millis> duration;
  double start_seconds;
  std::optional<std::int64_t> bytes;  ///< Of the file.

  // To be delivered next, in this order: ready, silence, held.
  std::vector<float> ready;
  std::size_t ready_begin = 0;
  std::int64_t silence = 0;
  DecodedFrame* held = nullptr;  ///< The decoder's frame, waiting for what precedes it.
  std::int64_t held_drop = 0;

  std::int64_t resampler_start = 0;  ///< The recording's sample at which the resampler was last empty.
  std::size_t converted = 0;         ///< Samples that came out of it since.
  std::int64_t unconverted = 0;
  std::int64_t delivered = 0;
  bool ended = false;
  std::optional<std::int64_t> part_start;  ///< The recording's sample at which its last part begins.
  float loudest = 0;                       ///< Of all samples.
  std::vector<std::string> warnings;
  std::unique_ptr<DecodeAhead> frames;  ///< Its thread uses the input: destroyed before it.
};

Result<std::unique_ptr<AudioReader::Impl>> AudioReader::Impl::open(const OpenInput& open_input,
                                                                   const ReaderOptions& options) {
  auto stopper = std::make_unique<Stopper>(options.stop);
  VAT_ASSIGN(auto input, open_input(stopper->source.get_token()));
  VAT_ASSIGN(AVStream * stream, choose_track(*input, options.track));
  if (options.rate < kMinRate || options.rate > kMaxRate)
    return fail(ErrorCode::kInternal, "Sound cannot be read at this rate.", std::to_string(options.rate));
  const int channels = stream->codecpar->ch_layout.nb_channels;
  if (channels > 0 && options.channel > channels)
    return fail(ErrorCode::kBadMedia, "The audio has no channel " + std::to_string(options.channel) + ".");
  auto impl = std::make_unique<Impl>(std::move(stopper), std::move(input), stream, options);
  VAT_TRY(impl->start());
  return impl;
}

Result<> AudioReader::Impl::start() {
  VAT_ASSIGN(auto decoder, AudioDecoder::open(*input, stream, follow));
  frames = std::make_unique<DecodeAhead>(std::move(decoder), stopper->source, !input->io().seekable());
  while (!ended && ready.empty() && silence == 0) VAT_TRY(make_more());
  if (ready.empty() && silence == 0) {
    if (frames->decoder().damaged() + unconverted > 0)
      return fail(ErrorCode::kBadMedia,
                  "The sound of " + input->name() + " is damaged: none of its audio could be decoded.");
    return fail(ErrorCode::kNoAudio, "The audio track of " + input->name() + " is empty.");
  }
  return {};
}

Result<std::size_t> AudioReader::Impl::read(std::span<float> out) {
  const auto pull = [this](std::span<float> block) { return read_at_its_level(block); };
  // One channel is compared with another, and who listens wants the level as it is.
  VAT_ASSIGN(const std::size_t count, recognition ? lift.read(out, pull) : pull(out));
  delivered += static_cast<std::int64_t>(count);
  VAT_TRY(check_length(delivered * kRecognitionRate / rate, bytes, input->name()));
  return count;
}

Result<std::size_t> AudioReader::Impl::read_at_its_level(std::span<float> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const std::span<float> room = out.subspan(filled);
    if (ready_begin < ready.size()) {
      const std::size_t count = std::min(room.size(), ready.size() - ready_begin);
      std::copy_n(ready.begin() + static_cast<std::ptrdiff_t>(ready_begin), count, room.begin());
      for (const float sample : room.first(count)) loudest = std::max(loudest, std::abs(sample));
      ready_begin += count;
      filled += count;
      continue;
    }
    ready.clear();
    ready_begin = 0;
    if (silence > 0) {
      const std::size_t count = std::min(room.size(), static_cast<std::size_t>(silence));
      std::fill_n(room.begin(), count, 0.0F);
      silence -= static_cast<std::int64_t>(count);
      filled += count;
      continue;
    }
    if (ended) break;
    VAT_TRY(make_more());
  }
  return filled;
}

Result<> AudioReader::Impl::make_more() {
  if (held != nullptr) {
    convert_held();
    return {};
  }
  VAT_ASSIGN(DecodedFrame * frame, frames->next());
  if (frame == nullptr) {
    end();
    return {};
  }
  accept(frame);
  return {};
}

void AudioReader::Impl::accept(DecodedFrame* decoded) {
  const AVFrame* frame = decoded->frame.get();
  if (frame->nb_samples <= 0 || frame->sample_rate <= 0) return;
  if (!resampler.accepts(frame)) drain();
  std::optional<double> stamp;
  if (decoded->seconds) stamp = (*decoded->seconds - start_seconds) * kRecognitionRate;
  const double position = static_cast<double>(resampler_start) + resampler.fed();
  if (decoded->part) part_start = std::llround(position);
  if (decoded->restart) timeline.restart();
  if (decoded->switched) timeline.expect_exact();
  // The timeline counts in the samples of recognition.
  const double scale = static_cast<double>(rate) / kRecognitionRate;
  const Placement placement = timeline.place(stamp, position / scale);
  if (placement.silence > 0) {
    drain();
    silence = std::llround(static_cast<double>(placement.silence) * scale);
    resampler_start += silence;
  }
  held = decoded;
  held_drop = placement.drop;
  if (silence == 0) convert_held();
}

void AudioReader::Impl::convert_held() {
  const AVFrame* frame = std::exchange(held, nullptr)->frame.get();
  const double drop = static_cast<double>(held_drop) * frame->sample_rate / kRecognitionRate;
  const int skip = static_cast<int>(std::min<double>(std::round(drop), frame->nb_samples));
  const std::size_t before = ready.size();
  if (!resampler.convert(frame, skip, ready)) ++unconverted;
  converted += ready.size() - before;
}

void AudioReader::Impl::drain() {
  const auto exact = static_cast<std::size_t>(std::llround(resampler.fed()));
  const std::size_t before = ready.size();
  resampler.drain(ready);
  converted += ready.size() - before;
  // The filter may return a sample more or less than its input amounts to; that must not accumulate.
  if (converted < exact) ready.resize(ready.size() + (exact - converted));
  if (converted > exact) ready.resize(ready.size() - std::min(converted - exact, ready.size() - before));
  resampler_start += static_cast<std::int64_t>(exact);
  converted = 0;
}

void AudioReader::Impl::end() {
  drain();
  ended = true;
  if (const std::int64_t damaged = frames->decoder().damaged() + unconverted; damaged > 0) {
    warnings.push_back(damaged == 1 ? "One damaged part of the audio was skipped."
                                    : std::to_string(damaged) + " damaged parts of the audio were skipped.");
  }
  note_channels();
  if (timeline.jumps() > 0)
    warnings.emplace_back("The timestamps in the file jump; the audio was joined at the jumps.");
  note_shortfall();
}

void AudioReader::Impl::note_shortfall() {
  const auto seconds = [this](std::int64_t samples) { return static_cast<double>(samples) / rate; };
  const AVStream* heard = input->part() > 0 ? frames->decoder().track().stream() : stream;
  // A part counts from its own beginning.
  const double before = seconds(part_start.value_or(0));
  if (auto shortfall = find_shortfall(*input, heard, seconds(resampler_start) - before, before))
    warnings.push_back(std::move(*shortfall));
}

void AudioReader::Impl::note_channels() {
  const ChannelMixer& mixer = resampler.mixer();
  constexpr double kWorthANote = 0.1;
  if (mixer.cancelled_seconds() > kWorthANote * mixer.sounding_seconds())
    warnings.emplace_back(
        "Channels of the audio are inverted and cancel each other out when they are mixed, so they were not "
        "mixed as they are.");
  const AVStream* heard = frames->decoder().track().stream();
  const auto number =
      std::find(input->audio().begin(), input->audio().end(), heard) - input->audio().begin() + 1;
  if (loudest < kSilentTrack && input->audio().size() > 1)
    warnings.push_back("Audio track " + std::to_string(number) +
                       " is silent, and the recording has other audio tracks, which were not transcribed.");
  else if (const auto other = frames->decoder().track().longer_alternative())
    warnings.push_back("Audio track " + std::to_string(number) + " ends before audio track " +
                       std::to_string(*other) + ", which was not transcribed.");
}

AudioReader::AudioReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AudioReader::~AudioReader() = default;

Result<std::unique_ptr<AudioReader>> AudioReader::open(const std::filesystem::path& path,
                                                       const ReaderOptions& options) {
  VAT_ASSIGN(auto impl,
             Impl::open([&](std::stop_token stop) { return Input::open(path, std::move(stop)); }, options));
  return std::unique_ptr<AudioReader>(new AudioReader(std::move(impl)));
}

Result<std::unique_ptr<AudioReader>> AudioReader::open_stream(int fd, const std::string& name,
                                                              const ReaderOptions& options) {
  VAT_ASSIGN(auto impl, Impl::open(
                            [&](std::stop_token stop) {
                              return Input::open(fd, name, std::move(stop), Input::Codecs::kSound,
                                                 options.spool);
                            },
                            options));
  return std::unique_ptr<AudioReader>(new AudioReader(std::move(impl)));
}

Result<std::size_t> AudioReader::read(std::span<float> out) { return impl_->read(out); }

std::optional<Millis> AudioReader::duration() const { return impl_->duration; }

std::vector<std::string> AudioReader::warnings() const {
  std::vector<std::string> all = impl_->warnings;
  constexpr long kAudible = 3;  // dB
  const long gain = std::lround(impl_->lift.largest_gain());
  if (gain >= kAudible)
    all.push_back("The audio is very quiet, so it was raised by up to " + std::to_string(gain) +
                  " dB before recognition.");
  return all;
}

}  // namespace vat::media
