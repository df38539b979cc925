#include "subtitles/sound_captions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "subtitles/formats.h"
#include "subtitles/shape.h"

namespace vat::subtitles {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Transcript concert() {
  Transcript transcript;
  Segment spoken{.start = Millis(2'000), .end = Millis(6'000), .text = "Good evening. Sit down."};
  spoken.words = {{Millis(2'000), Millis(2'400), "Good"},
                  {Millis(2'400), Millis(3'000), "evening."},
                  {Millis(5'000), Millis(5'400), "Sit"},
                  {Millis(5'400), Millis(6'000), "down."}};
  Segment sung{.start = Millis(8'000), .end = Millis(9'000), .text = "La la"};
  sung.words = {{Millis(8'000), Millis(8'500), "La"}, {Millis(8'500), Millis(9'000), "la"}};
  transcript.segments = {spoken, sung};
  transcript.sounds = {{Millis(0), Millis(2'500), "[Music]"},
                       {Millis(3'200), Millis(4'800), "(applause)"},
                       {Millis(6'000), Millis(7'000), "[BLANK_AUDIO]"},
                       {Millis(7'900), Millis(9'100), "♪"}};
  transcript.duration = Millis(10'000);
  return transcript;
}

std::vector<std::string> texts(const Transcript& transcript) {
  std::vector<std::string> texts;
  for (const Segment& segment : transcript.segments) texts.push_back(segment.text);
  return texts;
}

TEST(SoundCaptionsTest, SoundsStandBetweenTheWords) {
  const Transcript shown = with_sounds(concert());
  EXPECT_THAT(texts(shown), ElementsAre("[Music]", "Good evening.", "(applause)", "Sit down.", "♪ La la ♪"));
  EXPECT_TRUE(check_times(shown));
  EXPECT_EQ(shown.segments[0].end, Millis(2'000)) << "the first word hides the rest of the music";
  EXPECT_EQ(count_audible(concert().sounds), 3U);
}

TEST(SoundCaptionsTest, SoundsAloneAreShownToo) {
  Transcript transcript;
  transcript.sounds = {{Millis(0), Millis(1'000), "[Music]"}, {Millis(1'000), Millis(2'000), "♪"}};
  EXPECT_THAT(texts(with_sounds(transcript)), ElementsAre("[Music]", "♪"));
}

TEST(SoundCaptionsTest, EditedCaptionsThatShowTheSoundsDoNotDoubleThem) {
  Transcript edited = concert();
  const std::vector<Segment> shown = with_sounds(concert()).segments;
  edited.segments = shown;
  take_out_sounds(edited);
  EXPECT_THAT(texts(edited), ElementsAre("Good evening.", "Sit down.", "La la"));
  EXPECT_EQ(edited.sounds.size(), concert().sounds.size());
  EXPECT_THAT(texts(with_sounds(edited)),
              ElementsAre("[Music]", "Good evening.", "(applause)", "Sit down.", "♪ La la ♪"));

  // In a cue with words, and one that the user deleted.
  edited = concert();
  edited.segments = {{.start = Millis(0), .end = Millis(3'000), .text = "[Music] Good evening."},
                     {.start = Millis(8'000), .end = Millis(9'000), .text = "♪ La la ♪"}};
  take_out_sounds(edited);
  EXPECT_THAT(texts(edited), ElementsAre("Good evening.", "La la"));
  std::vector<std::string> sounds;
  for (const SoundEvent& sound : edited.sounds) sounds.push_back(sound.text);
  EXPECT_THAT(sounds, ElementsAre("[Music]", "[BLANK_AUDIO]", "♪"));

  // Made without sounds.
  edited = concert();
  take_out_sounds(edited);
  EXPECT_EQ(edited.segments, concert().segments);
  EXPECT_EQ(edited.sounds, concert().sounds);
}

TEST(SoundCaptionsTest, ManySoundsAmongManySegmentsTakeTheirPlaces) {
  Transcript transcript;
  for (int i = 0; i < 100'000; ++i) {
    const Millis time(i * 1'000);
    transcript.segments.push_back({.start = time, .end = time + Millis(500), .text = "word"});
    transcript.sounds.push_back({time + Millis(600), time + Millis(900), "[Music]"});
  }
  transcript.duration = Millis(100'000'000);
  const Transcript shown = with_sounds(transcript);  // in minutes if each place were searched from the start
  ASSERT_EQ(shown.segments.size(), 200'000U);
  EXPECT_TRUE(check_times(shown));
  EXPECT_EQ(shown.segments.back().text, "[Music]");
}

TEST(SoundCaptionsTest, TextHasThemOnlyWhenWantedAndJsonAlwaysBesideIt) {
  const Transcript transcript = concert();
  for (const Format format : all_formats()) {
    if (format == Format::kDocx || format == Format::kRttm) continue;  // a ZIP archive; has no text
    const WriteOptions wanted{.sounds = true};
    const Preset plain = find_preset("plain").value();
    const std::string with = write(format, transcript, shape(with_sounds(transcript), plain), wanted);
    const std::string without = write(format, transcript, shape(transcript, plain));
    if (format == Format::kJson) {
      EXPECT_THAT(without, HasSubstr(R"("text":"Good evening. Sit down. La la")"));
      EXPECT_THAT(without, HasSubstr(R"json({"start":3.2,"end":4.8,"text":"(applause)"})json"));
    } else {
      EXPECT_THAT(with, HasSubstr("(applause)")) << format_name(format);
      EXPECT_THAT(without, Not(HasSubstr("applause"))) << format_name(format);
    }
  }
}

}  // namespace
}  // namespace vat::subtitles
