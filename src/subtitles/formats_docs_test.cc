// The examples of docs/formats.md are what the program writes: one recording of two sentences in every
// format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "subtitles/formats.h"
#include "subtitles/shape.h"

namespace vat::subtitles {
namespace {

Segment spoken(std::vector<Word> words) {
  Segment segment;
  segment.start = words.front().start;
  segment.end = words.back().end;
  segment.text = join_words(words);
  segment.words = std::move(words);
  segment.average_log_probability = -0.25F;
  segment.compression_ratio = 1.25F;
  return segment;
}

Transcript example() {
  Transcript transcript;
  transcript.engine = "whisper";
  transcript.model = "base.en";
  transcript.model_version = "1.7.4";
  transcript.language = "en";
  transcript.language_probability = 1;
  transcript.duration = Millis(11'000);
  transcript.speech = Millis(7'900);
  transcript.segments = {spoken({{Millis(300), Millis(700), "Ask", 0.95F, false},
                                 {Millis(700), Millis(1100), "not", 0.98F, false},
                                 {Millis(1100), Millis(1500), "what", 0.99F, false},
                                 {Millis(1500), Millis(1800), "your", 0.99F, false},
                                 {Millis(1800), Millis(2400), "country", 0.99F, false},
                                 {Millis(2400), Millis(2700), "can", 0.97F, false},
                                 {Millis(2700), Millis(3000), "do", 0.99F, false},
                                 {Millis(3000), Millis(3300), "for", 0.99F, false},
                                 {Millis(3300), Millis(3800), "you.", 0.99F, false}}),
                         spoken({{Millis(6200), Millis(6500), "Ask", 0.97F, false},
                                 {Millis(6500), Millis(6800), "what", 0.99F, false},
                                 {Millis(6800), Millis(7100), "you", 0.98F, false},
                                 {Millis(7100), Millis(7400), "can", 0.99F, false},
                                 {Millis(7400), Millis(7700), "do.", 0.9F, false}})};
  transcript.coverage = Coverage{.speech = Millis(7'900),
                                 .with_words = Millis(6'100),
                                 .without_words = {{Millis(3'800), Millis(5'600)}}};
  transcript.sounds = {{Millis(4'100), Millis(5'600), "(applause)"}};
  transcript.timings = {1.5, 2.75};
  return transcript;
}

TEST(FormatsDocsTest, EveryExampleIsWhatTheCodeWrites) {
  const auto page = read_file(VAT_FORMATS_PAGE, 1 << 20);
  ASSERT_TRUE(page) << page.error().message;
  const Transcript transcript = example();
  const ShapedCues cues = shape(transcript, find_preset("netflix").value());
  for (const Format format : all_formats()) {
    // A ZIP archive (docx_test.cc), and what has nothing to say without speakers.
    if (format == Format::kDocx || format == Format::kRttm) continue;
    std::string written = write(format, transcript, cues, {.title = "Inaugural address"});
    std::erase(written, '\r');  // CSV has other line ends than the page.
    const std::string block = "```" + std::string(format_name(format)) + "\n" + written + "```\n";
    EXPECT_THAT(*page, testing::HasSubstr(block)) << "in " << VAT_FORMATS_PAGE;
  }
}

/// The same with speakers, where the page shows those.
TEST(FormatsDocsTest, EveryExampleWithSpeakersIsWhatTheCodeWrites) {
  const auto page = read_file(VAT_FORMATS_PAGE, 1 << 20);
  ASSERT_TRUE(page) << page.error().message;
  Transcript transcript = example();
  transcript.speakers = {{"S1", "Anna"}, {"S2", ""}};
  transcript.segments[0].speaker = "S1";
  transcript.segments[1].speaker = "S2";
  transcript.turns = {{Millis(250), Millis(3'850), 0}, {Millis(6'100), Millis(7'800), 1}};
  const ShapedCues cues = shape(transcript, find_preset("netflix").value());
  for (const Format format : {Format::kTxt, Format::kSrt, Format::kVtt, Format::kRttm}) {
    const std::string written = write(format, transcript, cues, {.title = "Inaugural address"});
    const std::string block = "```" + std::string(format_name(format)) + "\n" + written + "```\n";
    EXPECT_THAT(*page, testing::HasSubstr(block)) << "in " << VAT_FORMATS_PAGE;
  }
}

TEST(FormatsDocsTest, EveryPresetIsInTheTable) {
  const auto page = read_file(VAT_FORMATS_PAGE, 1 << 20);
  ASSERT_TRUE(page) << page.error().message;
  for (const Preset& preset : presets()) {
    EXPECT_THAT(*page, testing::HasSubstr("| `" + preset.name + "` |"));
  }
}

}  // namespace
}  // namespace vat::subtitles
