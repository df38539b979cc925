// Checks for random transcripts, valid and broken, what shape() promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/text.h"
#include "subtitles/line_text.h"
#include "subtitles/shape.h"

namespace vat::subtitles {
namespace {

#ifdef VAT_SANITIZED
constexpr unsigned kTranscripts = 60;
#else
constexpr unsigned kTranscripts = 300;
#endif

class RandomTranscript {
 public:
  explicit RandomTranscript(unsigned seed) : random_(seed) {}

  Transcript make() {
    Transcript transcript;
    transcript.language = pick({"en", "de", "fr", "es", "zh", "th", ""});
    broken_ = number(0, 3) == 0;
    const int segments = number(0, 30);
    for (int i = 0; i < segments; ++i) transcript.segments.push_back(segment());
    if (number(0, 1) == 0) transcript.duration = Millis(now_ + number(0, 5000));
    return transcript;
  }

  int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

 private:
  const char* pick(const std::vector<const char*>& from) {
    return from[static_cast<std::size_t>(number(0, static_cast<int>(from.size()) - 1))];
  }

  std::string word() {
    static const std::vector<const char*> kWords = {
        "the",
        "of",
        "and,",
        "Hello.",
        "I",
        "J.",
        "«oui»",
        "!",
        "/",
        "你好",
        "世界。",
        "会議",
        "カー",
        "ภาษาไทย",
        "안녕",
        "e\xcc\x81",
        "🎧",
        "—",
        "(a",
        "b)",
        "\xff",
        "a\001b",
        "-->",
        "<i>",
        "extraordinary",
        "https://example.org/a/very/long/path/that/fits/no/line/at/all/or/so?x=1"};
    return pick(kWords);
  }

  Segment segment() {
    Segment result;
    now_ += number(0, 4) == 0 ? number(0, 3000) : 0;
    result.start = Millis(now_);
    const int words = number(0, 40);
    const bool timed = number(0, 3) != 0;
    for (int i = 0; i < words; ++i) {
      Word next;
      next.start = Millis(now_);
      now_ += number(0, 6) == 0 ? 0 : number(0, 700);
      next.end = Millis(now_);
      if (number(0, 9) == 0) now_ += number(0, 1500);
      if (broken_) next.start += Millis(number(-100'000, 100'000));
      if (broken_ && number(0, 50) == 0) next.end = Millis(number(0, 1) == 0 ? Millis::min() : Millis::max());
      next.text = word();
      next.joined = i > 0 && number(0, 4) == 0;
      result.words.push_back(next);
    }
    result.end = Millis(now_);
    result.text = join_words(result.words);
    if (!timed) result.words.clear();
    return result;
  }

  std::mt19937 random_;
  std::int64_t now_ = 0;
  bool broken_ = false;
};

/// The text without spaces, which must be preserved in order and exactly once.
std::string letters(std::string text) {
  std::erase(text, ' ');
  return text;
}

std::string all_letters(const Transcript& transcript) {
  std::string text;
  for (const Segment& segment : transcript.segments) {
    std::string own;
    for (const Word& word : segment.words) own += letters(one_line(word.text));
    text += own.empty() ? letters(one_line(segment.text)) : own;
  }
  return text;
}

/// For words with a space before and after them: the sequence of words is the same, too.
std::vector<std::string> spaced_words(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ') {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

void expect_promises(const Transcript& transcript, const Preset& preset, const ShapedCues& shaped) {
  std::string text;
  std::set<std::size_t> wide;
  for (const CueProblem& problem : shaped.problems) {
    ASSERT_GE(problem.cue, 1U);
    ASSERT_LE(problem.cue, shaped.cues.size());
    if (problem.fault == CueFault::kLineTooLong) wide.insert(problem.cue);
  }
  Millis earliest{0};
  for (std::size_t i = 0; i < shaped.cues.size(); ++i) {
    const Cue& cue = shaped.cues[i];
    EXPECT_GE(cue.start, earliest);
    EXPECT_GT(cue.end, cue.start);
    earliest = cue.end + preset.gap;
    EXPECT_FALSE(cue.lines.empty());
    EXPECT_TRUE(preset.lines == 0 || cue.lines.size() <= preset.lines) << cue.lines.size();
    for (const std::string& line : cue.lines) {
      EXPECT_FALSE(line.empty());
      EXPECT_EQ(line, trim(line));
      if (preset.characters_per_line > 0 && wide.count(i + 1) == 0) {
        EXPECT_LE(display_width(line), preset.characters_per_line) << line;
      }
      text += letters(line);
    }
  }
  EXPECT_EQ(text, all_letters(transcript));
}

TEST(ShapePropertyTest, EveryTranscriptKeepsItsWordsAndEveryCueItsPlace) {
  for (unsigned seed = 0; seed < kTranscripts; ++seed) {
    RandomTranscript random(seed);
    const Transcript transcript = random.make();
    for (const Preset& preset : presets()) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", preset " + preset.name);
      expect_promises(transcript, preset, shape(transcript, preset));
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(ShapePropertyTest, AnyPresetIsAccepted) {
  for (unsigned seed = 0; seed < kTranscripts; ++seed) {
    RandomTranscript random(seed + 10'000);
    Preset preset;
    preset.characters_per_line = static_cast<std::size_t>(random.number(0, 30));
    preset.lines = static_cast<std::size_t>(random.number(0, 4));
    preset.characters_per_second = random.number(-5, 30);
    preset.minimum_duration = Millis(random.number(0, 3000));
    preset.minimum_per_word = Millis(random.number(0, 500));
    preset.maximum_duration = Millis(random.number(0, 4000));
    preset.gap = Millis(random.number(0, 500));
    preset.chain_below = Millis(random.number(0, 1500));
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Transcript transcript = random.make();
    expect_promises(transcript, preset, shape(transcript, preset));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(ShapePropertyTest, EnglishWordsAreNeitherSplitNorGluedTogether) {
  const std::vector<std::string> words = {"a",   "to",         "so,", "Yes.", "reading", "understanding",
                                          "No!", "well-known", "I'm"};
  for (unsigned seed = 0; seed < 100; ++seed) {
    RandomTranscript random(seed + 20'000);
    Transcript transcript;
    transcript.language = "en";
    Segment segment;
    std::int64_t now = 0;
    for (int i = 0; i < 200; ++i) {
      const std::int64_t end = now + random.number(20, 900);
      segment.words.push_back(
          {Millis(now), Millis(end), words[static_cast<std::size_t>(random.number(0, 8))], 1, false});
      now = end + random.number(0, 300);
    }
    segment.text = join_words(segment.words);
    transcript.segments = {segment};
    for (const Preset& preset : presets()) {
      std::string text;
      for (const Cue& cue : shape(transcript, preset).cues) {
        for (const std::string& line : cue.lines) text += (text.empty() ? "" : " ") + line;
      }
      ASSERT_EQ(spaced_words(text), spaced_words(segment.text))
          << "seed " << seed << ", preset " << preset.name;
    }
  }
}

TEST(ShapePropertyTest, WellPacedSpeechMeetsEveryLimit) {
  // At two and a half words a second, in sentences of ordinary length, every limit of every preset can be
  // met.
  const std::vector<std::string> words = {"we",  "walked", "home",  "along", "rivers",
                                          "and", "fields", "under", "stars"};
  for (unsigned seed = 0; seed < 50; ++seed) {
    RandomTranscript random(seed + 30'000);
    Transcript transcript;
    transcript.language = "en";
    std::int64_t now = 0;
    for (int sentence = 0; sentence < 20; ++sentence) {
      Segment segment;
      const int length = random.number(4, 20);
      for (int i = 0; i < length; ++i, now += 480) {
        segment.words.push_back(
            {Millis(now), Millis(now + 450), words[static_cast<std::size_t>(random.number(0, 8))], 1, false});
      }
      segment.words.back().text += '.';
      segment.text = join_words(segment.words);
      now += 400;
      transcript.segments.push_back(segment);
    }
    for (const Preset& preset : presets()) {
      const ShapedCues shaped = shape(transcript, preset);
      EXPECT_TRUE(shaped.problems.empty())
          << "seed " << seed << ", preset " << preset.name << ": " << describe(shaped.problems.front());
    }
  }
}

}  // namespace
}  // namespace vat::subtitles
