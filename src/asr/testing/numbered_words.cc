#include "asr/testing/numbered_words.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vat::asr {
namespace {

constexpr float kStep = 1.0F / (1U << 22U);  // exact in a float below 1
constexpr int kNumbers = 1 << 18;            // kNumbers * kStep is 1/16

float level_of(int number) {
  return static_cast<float>(1 + number % 14) / 16.0F + static_cast<float>(number) * kStep;
}

int number_of(float sample) { return static_cast<int>(std::lround(std::abs(sample) / kStep)) % kNumbers; }

/// A number from 0 to 2^32-1 that depends on all its arguments (the finalizer of MurmurHash3).
std::uint32_t scramble(std::size_t a, std::size_t b) {
  std::uint64_t h = static_cast<std::uint64_t>(a) * 0x9e3779b97f4a7c15ULL + b;
  h = (h ^ (h >> 33U)) * 0xff51afd7ed558ccdULL;
  h = (h ^ (h >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
  return static_cast<std::uint32_t>(h >> 32U);
}

/// A burst in a chunk.
struct Burst {
  int number = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  bool whole = false;
};

std::vector<Burst> find_bursts(std::span<const float> samples) {
  std::vector<Burst> bursts;
  for (std::size_t i = 0; i < samples.size();) {
    if (samples[i] == 0) {
      ++i;
      continue;
    }
    const float level = std::abs(samples[i]);
    const bool has_begin = samples[i] < 0;
    std::size_t end = i + 1;
    while (end < samples.size() && samples[end] == level) ++end;
    const bool has_end = end < samples.size() && samples[end] == -level;
    if (has_end) ++end;
    bursts.push_back({number_of(level), i, end, has_begin && has_end});
    i = end;
  }
  return bursts;
}

class NumberedRecognizer : public Recognizer {
 public:
  explicit NumberedRecognizer(const NumberedHearing& hearing) : hearing_(hearing) {}

  Result<ChunkText> recognize(std::span<const float> samples, const RecognitionOptions& options,
                              std::stop_token stop) override {
    if (hearing_.before) VAT_TRY(hearing_.before(samples, stop));
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "The recognition was cancelled.");
    if (static_cast<std::int64_t>(samples.size()) > time_to_samples(hearing_.longest_chunk)) {
      return fail(ErrorCode::kInternal, "The chunk is longer than the window of the model.");
    }
    std::vector<Word> words;
    for (const Burst& burst : find_bursts(samples)) {
      const std::uint32_t dice = scramble(samples.size(), static_cast<std::size_t>(burst.number));
      if (auto word = recognise(burst, dice, samples.size())) words.push_back(std::move(*word));
    }
    ChunkText text{.language = options.language == "auto" ? "en" : options.language,
                   .language_probability = 1};
    for (std::size_t i = 0; i < words.size(); i += hearing_.longest_segment) {
      const std::size_t count = std::min(hearing_.longest_segment, words.size() - i);
      text.segments.push_back(segment_of(std::span<const Word>(words).subspan(i, count)));
    }
    return text;
  }

  Result<DetectedLanguage> detect_language(std::span<const float> /*samples*/,
                                           std::stop_token /*stop*/) override {
    return hearing_.language ? hearing_.language() : DetectedLanguage{"en", 1};
  }

 private:
  [[nodiscard]] std::optional<Word> recognise(const Burst& burst, std::uint32_t dice,
                                              std::size_t chunk) const {
    Word word;
    word.confidence = burst.whole ? 0.9F : 0.3F;
    word.text = numbered_text(burst.number);
    if (burst.whole) {
      if (dice % 5 == 0) word.text[0] = 'W';
      if (dice % 7 == 0) word.text += ',';
    } else {
      if (hearing_.cut == NumberedHearing::Cut::kUnheard || dice % 4 == 0) return std::nullopt;
      const int neighbour = dice % 4 == 1 ? burst.number + 1 : std::max(0, burst.number - 1);
      const bool in_part = hearing_.cut == NumberedHearing::Cut::kPart || dice % 4 == 2;
      word.text = in_part ? "wor" : numbered_text(neighbour);
    }
    // Half of the error is the chunk's and half the word's own.
    const Millis error = off(scramble(chunk, 1)) / 2 + off(dice) / 2;
    const auto begin = samples_to_time(static_cast<std::int64_t>(burst.begin));
    const auto end = samples_to_time(static_cast<std::int64_t>(burst.end));
    word.start = std::max(Millis(0), begin + error);
    word.end = std::max(word.start, end + error);
    return word;
  }

  [[nodiscard]] Millis off(std::uint32_t dice) const {
    const std::int64_t reach = hearing_.jitter.count();
    return Millis(static_cast<std::int64_t>(dice % static_cast<std::uint32_t>(2 * reach + 1)) - reach);
  }

  [[nodiscard]] Segment segment_of(std::span<const Word> words) const {
    Segment segment;
    segment.words.assign(words.begin(), words.end());
    segment.start = words.front().start;
    segment.end = words.back().end;
    segment.text = join_words(segment.words);
    segment.average_log_probability = -0.2F;
    if (!hearing_.word_times) segment.words.clear();
    return segment;
  }

  const NumberedHearing& hearing_;
};

}  // namespace

NumberedRecording make_numbered_recording(const NumberedSpeech& speech, std::mt19937& random) {
  const auto between = [&](Millis low, Millis high) {
    return time_to_samples(
        Millis(std::uniform_int_distribution<std::int64_t>(low.count(), high.count())(random)));
  };
  NumberedRecording recording;
  std::int64_t time = between(Millis(0), Millis(3'000));
  std::int64_t stretch_end = 0;
  while (true) {
    const std::int64_t length = between(speech.shortest_word, speech.longest_word);
    if (time + length > time_to_samples(speech.length)) break;
    recording.words.push_back({static_cast<int>(recording.words.size()), time, length});
    time += length;
    if (time < stretch_end) continue;
    switch (std::uniform_int_distribution<int>(0, 19)(random)) {
      case 0:
        stretch_end = time + between(Millis(0), speech.longest_stretch);
        break;
      case 1:
      case 2:
        time += between(Millis(1'000), std::max(Millis(1'000), speech.longest_silence));
        break;
      case 3:
      case 4:
      case 5:
        time += between(Millis(200), Millis(1'500));
        break;
      case 6:
      case 7:
      case 8:
        break;
      default:
        time += between(Millis(10), Millis(300));
        break;
    }
  }
  recording.length = std::max(time, time_to_samples(speech.length));
  return recording;
}

Result<std::size_t> NumberedSource::read(std::span<float> out) {
  const std::size_t wish = 1 + scramble(reads_++, 7) % 30'000;
  const auto left = static_cast<std::size_t>(recording_.length - position_);
  out = out.first(std::min({out.size(), wish, left}));
  std::fill(out.begin(), out.end(), 0.0F);
  const std::int64_t end = position_ + static_cast<std::int64_t>(out.size());
  for (; next_word_ < recording_.words.size(); ++next_word_) {
    const NumberedWord& word = recording_.words[next_word_];
    if (word.begin >= end) break;
    const auto at = [&](std::int64_t sample) { return out.begin() + (sample - position_); };
    std::fill(at(std::max(word.begin, position_)), at(std::min(word.end(), end)), level_of(word.number));
    for (const std::int64_t edge : {word.begin, word.end() - 1}) {
      if (edge >= position_ && edge < end) *at(edge) = -level_of(word.number);
    }
    if (word.end() > end) break;
  }
  position_ = end;
  return out.size();
}

Result<> NumberedDetector::detect(std::span<const float> samples, std::vector<float>& probabilities) {
  const auto length = static_cast<std::int64_t>(frame_);
  for (std::size_t begin = 0; begin < samples.size(); begin += frame_) {
    const auto frame = samples.subspan(begin, frame_);
    if (std::any_of(frame.begin(), frame.end(), [](float sample) { return sample != 0; })) {
      probabilities.push_back(sounding_ >= lag_ ? 0.9F : 0.1F);
      sounding_ += length;
      silent_ = 0;
    } else {
      probabilities.push_back(silent_ < hang_ ? 0.5F : 0.02F);
      sounding_ = 0;
      silent_ += length;
    }
  }
  return {};
}

std::string numbered_text(int number) { return "word" + std::to_string(number); }

Result<> NumberedModel::validate(const RecognitionOptions& options) const {
  if (options.language == "auto" || options.language == "en") return {};
  return fail(ErrorCode::kInvalidArgument, "The model recognises English only.");
}

Result<std::unique_ptr<Recognizer>> NumberedModel::make_recognizer() const {
  return std::unique_ptr<Recognizer>(std::make_unique<NumberedRecognizer>(hearing_));
}

}  // namespace vat::asr
