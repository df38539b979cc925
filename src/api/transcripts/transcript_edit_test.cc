#include "api/transcripts/transcript_edit.h"

#include <gmock/gmock.h>

#include "api/testing/test_service.h"
#include "domain/testing/words.h"

namespace vat::api {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<Transcript> edited(std::string_view json) {
  auto fields = JsonFields::parse(json);
  EXPECT_TRUE(fields);
  return transcript_from_edit(*fields, testing::sample_transcript());
}

std::string fault(std::string_view json) {
  const auto result = edited(json);
  return result ? "accepted" : result.error().field;
}

TEST(TranscriptEdit, KeepsWhatItDoesNotSay) {
  const auto result =
      edited(R"({"segments":[{"start":0,"end":2,"text":" Ask not why "},{"start":3,"end":5,"text":""}]})");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->engine, "whisper");
  EXPECT_EQ(result->duration, Millis(10'000));
  ASSERT_EQ(result->segments.size(), 1U);
  EXPECT_EQ(result->segments[0].text, "Ask not why");
  EXPECT_THAT(show_times(result->segments[0].words),
              ElementsAre("Ask 0-500", "not 500-1000", "why 1000-2000"));
}

TEST(TranscriptEdit, TakesWordsAndALanguage) {
  const auto result = edited(
      R"({"language":"german","segments":[{"start":0,"end":2,"text":"Frag","words":[{"word":"Frag","start":0.5,"end":1}]}]})");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->language, "de");
  EXPECT_THAT(show_times(result->segments[0].words), ElementsAre("Frag 500-1000"));
}

TEST(TranscriptEdit, NamesWhatIsWrong) {
  EXPECT_EQ(fault("{}"), "segments");
  EXPECT_EQ(fault(R"({"segments":"x"})"), "segments");
  EXPECT_EQ(fault(R"({"segments":[5]})"), "segments");
  EXPECT_EQ(fault(R"({"segments":[],"author":"me"})"), "author");
  EXPECT_EQ(fault(R"({"segments":[],"language":"klingon"})"), "language");
  EXPECT_EQ(fault(R"({"segments":[{"start":0,"end":1}]})"), "segments[0].text");
  EXPECT_EQ(fault(R"({"segments":[{"start":-1,"end":1,"text":"a"}]})"), "segments[0].start");
  EXPECT_EQ(fault(R"({"segments":[{"start":0,"end":1e99,"text":"a"}]})"), "segments[0].end");
  EXPECT_EQ(fault(R"({"segments":[{"start":2,"end":1,"text":"a"}]})"), "segments[0].end");
  EXPECT_EQ(fault(R"({"segments":[{"start":2,"end":3,"text":"a"},{"start":1,"end":3,"text":"a"}]})"),
            "segments[1].start");
  EXPECT_EQ(fault(R"({"segments":[{"start":0,"end":3,"text":"a","id":7}]})"), "segments[0].id");
  EXPECT_EQ(fault(R"({"segments":[{"start":0,"end":3,"text":"a","words":[{"word":"a","start":0}]}]})"),
            "segments[0].words[0].end");
}

Transcript dialogue() {
  Transcript before = testing::sample_transcript();
  before.speakers = {{"S1", "Anna"}, {"S2", ""}};
  before.turns = {{Millis(0), Millis(2'000), 0}, {Millis(3'000), Millis(5'000), 1}};
  before.segments[0].speaker = "S1";
  before.segments[1].speaker = "S2";
  return before;
}

TEST(TranscriptEdit, KeepsSpeakersAndTakesOthers) {
  const auto edit = [](std::string_view json) {
    auto fields = JsonFields::parse(json);
    return transcript_from_edit(*fields, dialogue());
  };
  const auto result =
      edit(R"({"segments":[{"start":0,"end":1,"text":"Ask"},{"start":1,"end":2,"text":"not","speaker":"S2"},)"
           R"({"start":3,"end":4,"text":"why"},{"start":4,"end":5,"text":"then","speaker":null}]})");
  ASSERT_TRUE(result) << result.error().message;
  std::vector<std::string> speakers;
  for (const Segment& segment : result->segments) speakers.push_back(segment.speaker);
  EXPECT_THAT(speakers, ElementsAre("S1", "S2", "S2", ""));
  EXPECT_TRUE(result->segments[1].overlapped) << "the turns are Anna's there";
  const auto unknown = edit(R"({"segments":[{"start":0,"end":1,"text":"Ask","speaker":"S3"}]})");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().field, "segments[0].speaker");
}

TEST(TranscriptEdit, SubRipNamesTheSpeakerWhereItChanges) {
  const auto result = transcript_from_subtitles(
      "1\n00:00:00,000 --> 00:00:01,000\nAnna: Ask\n\n2\n00:00:03,000 --> 00:00:04,000\nnot: why\n\n"
      "3\n00:00:04,000 --> 00:00:05,000\nSpeaker 2: your land\n",
      dialogue());
  ASSERT_TRUE(result) << result.error().message;
  std::vector<std::string> shown;
  for (const Segment& segment : result->segments) shown.push_back(segment.speaker + " " + segment.text);
  EXPECT_THAT(shown, ElementsAre("S1 Ask", "S1 not: why", "S2 your land"));
  const auto bare = transcript_from_subtitles("1\n00:00:03,000 --> 00:00:04,000\nyour land\n", dialogue());
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->segments[0].speaker, "S2");
}

/// "S1 0-2000 Ask" of each segment.
std::vector<std::string> turns_of(std::string_view file, const Transcript& before) {
  std::vector<std::string> shown;
  const Transcript read = transcript_from_subtitles(file, before).value();
  for (const Segment& segment : read.segments)
    shown.push_back(segment.speaker + " " + std::to_string(segment.start.count()) + "-" +
                    std::to_string(segment.end.count()) + " " + segment.text);
  return shown;
}

TEST(TranscriptEdit, TwoWhoShareACueAreTwoSpeakers) {
  EXPECT_THAT(
      turns_of("WEBVTT\n\n00:00.000 --> 00:05.000\n<v Anna>- Ask not what</v>\n<v Ben>- Your land</v>\n",
               dialogue()),
      ElementsAre("S1 0-3000 Ask not what", "S3 3000-5000 Your land"));
  EXPECT_THAT(turns_of("1\n00:00:00,000 --> 00:00:05,000\n- Ask!\n- Your own land.\n", dialogue()),
              ElementsAre("S1 0-3000 Ask!", "S2 3000-5000 Your own land."))
      << "as in the transcript before, where somebody else speaks from 3 s on";
}

TEST(TranscriptEdit, ADashNeverGivesALineToTheSpeakerOfTheOneBefore) {
  EXPECT_THAT(turns_of("1\n00:00:00,000 --> 00:00:02,000\n- Ask!\n- Why?\n\n"
                       "2\n00:00:03,000 --> 00:00:05,000\n- Your land.\n",
                       dialogue()),
              ElementsAre("S1 0-1000 Ask!", " 1000-2000 Why?", "S2 3000-5000 Your land."));
}

TEST(TranscriptEdit, CuesThatOverlapAreInOrder) {
  EXPECT_THAT(turns_of("1\n00:00:00,000 --> 00:00:02,000\n- Ask.\n- Why?\n\n"
                       "2\n00:00:00,500 --> 00:00:05,000\nland\n",
                       dialogue()),
              ElementsAre("S1 0-1000 Ask.", "S2 500-5000 land", " 1000-2000 Why?"));
}

TEST(TranscriptEdit, SoundsInSubtitlesStaySounds) {
  Transcript before = testing::sample_transcript();
  before.sounds = {{Millis(2'000), Millis(3'000), "[Music]"}};
  const auto result = transcript_from_subtitles(
      "1\n00:00:00,000 --> 00:00:02,000\nAsk not\n\n2\n00:00:02,100 --> 00:00:02,900\n[Music]\n\n"
      "3\n00:00:03,000 --> 00:00:05,000\nyour land\n",
      before);
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->segments.size(), 2U);
  EXPECT_EQ(result->segments[1].text, "your land");
  EXPECT_EQ(result->sounds, (std::vector<SoundEvent>{{Millis(2'100), Millis(2'900), "[Music]"}}));
}

TEST(TranscriptEdit, KeepsTheLanguagesOfSegments) {
  const auto result = edited(R"({"segments":[{"start":0,"end":1,"text":"Hallo.","language":"German"}]})");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->segments[0].language, "de");
  EXPECT_EQ(fault(R"({"segments":[{"start":0,"end":1,"text":"a","language":"klingon"}]})"),
            "segments[0].language");
}

TEST(TranscriptEdit, ReadsSubtitles) {
  const auto result = transcript_from_subtitles(
      "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Anna>Ask not\nwhat\n\n00:03.000 --> 00:05.000\nyour land\n",
      testing::sample_transcript());
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->segments.size(), 2U);
  EXPECT_EQ(result->segments[0].text, "Ask not what");
  EXPECT_THAT(result->speakers, ElementsAre(Speaker{"S1", "Anna"}));
  EXPECT_EQ(result->segments[0].speaker, "S1");
  EXPECT_EQ(result->segments[1].speaker, "") << "a cue without a voice follows";
  EXPECT_THAT(show_times(result->segments[1].words), ElementsAre("your 3000-4000", "land 4000-5000"));
  const auto broken =
      transcript_from_subtitles("WEBVTT\n\n00:00.000 --> soon\nHello\n", testing::sample_transcript());
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kBadData);
  EXPECT_THAT(broken.error().message, HasSubstr("ine 3"));
}

}  // namespace
}  // namespace vat::api
