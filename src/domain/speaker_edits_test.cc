#include "domain/speaker_edits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vat {
namespace {

using testing::ElementsAre;

Segment spoken(std::int64_t start, std::int64_t end, std::string speaker) {
  Segment segment;
  segment.start = Millis(start);
  segment.end = Millis(end);
  segment.text = "Text.";
  segment.speaker = std::move(speaker);
  return segment;
}

Transcript meeting() {
  Transcript transcript;
  transcript.speakers = {{"S1", ""}, {"S2", "Ben"}, {"S3", ""}};
  transcript.segments = {spoken(0, 2'000, "S1"), spoken(2'000, 3'000, "S2"), spoken(3'000, 5'000, "S3"),
                         spoken(6'000, 7'000, "")};
  transcript.turns = {
      {Millis(0), Millis(2'000), 0}, {Millis(1'000), Millis(3'000), 1}, {Millis(3'000), Millis(5'000), 2}};
  return transcript;
}

TEST(SpeakerEditsTest, ASpeakerIsRenamed) {
  Transcript transcript = meeting();
  ASSERT_TRUE(rename_speaker(transcript, "S1", " Anna\nBell "));
  EXPECT_EQ(speaker_label(transcript, "S1"), "Anna Bell");
  ASSERT_TRUE(rename_speaker(transcript, "S1", ""));
  EXPECT_EQ(speaker_label(transcript, "S1"), "Speaker 1");
  EXPECT_EQ(rename_speaker(transcript, "S7", "x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(rename_speaker(transcript, "S1", std::string(kMaxSpeakerName + 1, 'x')).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(speaker_label(transcript, ""), "");
}

TEST(SpeakerEditsTest, TwoBecomeOne) {
  Transcript transcript = meeting();
  transcript.segments[0].overlapped = true;
  ASSERT_TRUE(merge_speakers(transcript, "S2", "S1"));
  EXPECT_THAT(transcript.speakers, ElementsAre(Speaker{"S1", "Ben"}, Speaker{"S3", ""}));
  EXPECT_EQ(transcript.segments[1].speaker, "S1");
  EXPECT_FALSE(transcript.segments[0].overlapped) << "nobody else speaks there any more";
  EXPECT_EQ(transcript.turns[1].speaker, 0U);
  EXPECT_EQ(transcript.turns[2].speaker, 1U);
  EXPECT_TRUE(check_speakers(transcript));
  EXPECT_EQ(merge_speakers(transcript, "S1", "S1").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(merge_speakers(transcript, "S2", "S1").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(merge_speakers(transcript, "S1", "S2").error().code, ErrorCode::kNotFound);
}

TEST(SpeakerEditsTest, WhoBecomesOneHasThePitchOfBothByHowLongTheyTalk) {
  Transcript transcript = meeting();
  transcript.speakers[0].pitch = 100;  // for 2 s
  transcript.speakers[1].pitch = 200;  // for 1 s
  ASSERT_TRUE(merge_speakers(transcript, "S2", "S1"));
  EXPECT_DOUBLE_EQ(transcript.speakers[0].pitch, 126) << "a third of an octave higher";
  ASSERT_TRUE(merge_speakers(transcript, "S3", "S1"));
  EXPECT_DOUBLE_EQ(transcript.speakers[0].pitch, 126) << "nothing is known of the third one";
  transcript = meeting();
  ASSERT_TRUE(merge_speakers(transcript, "S2", "S1"));
  EXPECT_EQ(transcript.speakers[0].pitch, 0);
}

TEST(SpeakerEditsTest, SpeakersOfAFileHaveThePitchOfThoseWhoSpokeThere) {
  Transcript before = meeting();
  before.speakers[0].pitch = 100;
  before.speakers[1].pitch = 200;
  Transcript after;
  after.speakers = {{"S1", "Eve"}, {"S2", "Ben", 210}, {"S4", "Tom"}};
  after.segments = {spoken(100, 1'900, "S1"), spoken(2'000, 3'000, "S2"), spoken(6'000, 7'000, "S4")};
  keep_pitches(after, before);
  EXPECT_THAT(after.speakers,
              ElementsAre(Speaker{"S1", "Eve", 100}, Speaker{"S2", "Ben", 210}, Speaker{"S4", "Tom", 0}));
}

TEST(SpeakerEditsTest, ANameThatIsNewGetsASpeaker) {
  Transcript transcript = meeting();
  EXPECT_EQ(speaker_of_name(transcript, "Ben"), "S2");
  EXPECT_EQ(speaker_of_name(transcript, "Speaker 3"), "S3");
  EXPECT_EQ(speaker_of_name(transcript, " "), "");
  transcript.turns.clear();
  transcript.segments.clear();
  transcript.speakers.erase(transcript.speakers.begin());
  EXPECT_EQ(speaker_of_name(transcript, "Eve"), "S4");
  EXPECT_EQ(transcript.speakers.back(), (Speaker{"S4", "Eve"}));
  for (std::size_t i = 0; i < kMaxSpeakers + 5; ++i)
    (void)speaker_of_name(transcript, "N" + std::to_string(i));
  EXPECT_TRUE(check_speakers(transcript));
  EXPECT_EQ(transcript.speakers.size(), kMaxSpeakers);
}

TEST(SpeakerEditsTest, SharesTellTimeAndAPlaceToHear) {
  Transcript transcript = meeting();
  transcript.segments.push_back(spoken(10'000, 30'000, "S1"));
  transcript.segments.push_back(spoken(30'000, 90'000, "S1"));
  transcript.segments.back().overlapped = true;
  const std::vector<SpeakerShare> shares = speaker_shares(transcript);
  ASSERT_EQ(shares.size(), 3U);
  EXPECT_EQ(shares[0].talking, Millis(82'000));
  EXPECT_EQ(shares[0].segments, 3U);
  EXPECT_EQ(shares[0].sample, (TimeSpan{Millis(10'000), Millis(18'000)}));
  EXPECT_EQ(shares[1].sample, (TimeSpan{Millis(2'000), Millis(3'000)}));
}

TEST(SpeakerEditsTest, AnEditedStretchKeepsWhoSpokeMostOfIt) {
  const Transcript before = meeting();
  KnownSpeakers known(before);
  EXPECT_EQ(known.within(Millis(0), Millis(2'100)), "S1");
  EXPECT_EQ(known.within(Millis(2'100), Millis(4'000)), "S3");
  EXPECT_EQ(known.within(Millis(5'500), Millis(6'500)), "");
  EXPECT_EQ(known.within(Millis(9'000), Millis(9'500)), "");
}

TEST(SpeakerEditsTest, SpeakersThatDoNotFitAreRefused) {
  ASSERT_TRUE(check_speakers(meeting()));
  const auto refused = [](auto breakage) {
    Transcript transcript = meeting();
    breakage(transcript);
    const auto checked = check_speakers(transcript);
    return !checked && checked.error().code == ErrorCode::kBadData;
  };
  EXPECT_TRUE(refused([](Transcript& t) { t.segments[0].speaker = "S9"; }));
  EXPECT_TRUE(refused([](Transcript& t) { t.turns[0].speaker = 3; }));
  EXPECT_TRUE(refused([](Transcript& t) { t.turns[1].start = Millis(4'000); }));
  EXPECT_TRUE(refused([](Transcript& t) { t.turns[0].end = Millis(-1); }));
  EXPECT_TRUE(refused([](Transcript& t) { t.turns[2].end = Millis::max(); }));
  EXPECT_TRUE(refused([](Transcript& t) { t.speakers[1].id = "S1"; }));
  EXPECT_TRUE(refused([](Transcript& t) { t.speakers[1].id = ""; }));
  EXPECT_TRUE(refused([](Transcript& t) { t.speakers[1].id = std::string(33, 'S'); }));
  EXPECT_TRUE(refused([](Transcript& t) { t.speakers[1].name = std::string(201, 'x'); }));
  EXPECT_TRUE(refused([](Transcript& t) { t.speakers.resize(kMaxSpeakers + 1); }));
  EXPECT_TRUE(refused([](Transcript& t) { t.speakers[1].pitch = -1; }));
  EXPECT_TRUE(refused([](Transcript& t) { t.speakers[1].pitch = 1'001; }));
}

}  // namespace
}  // namespace vat
