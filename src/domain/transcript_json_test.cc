#include "domain/transcript_json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace vat {
namespace {

ChunkText sample() {
  ChunkText text;
  text.language = "de";
  text.language_probability = 0.97F;
  text.removed = {.silence_segments = 1, .repetition_segments = 2, .words = 3};
  Segment segment{.start = Millis(10), .end = Millis(2'010), .text = "Grüße, \"Welt\"\n世界"};
  segment.words = {{.start = Millis(10), .end = Millis(400), .text = "Grüße,", .confidence = 0.1F},
                   {.start = Millis(400), .end = Millis(400), .text = "世", .confidence = 1},
                   {.start = Millis(400), .end = Millis(900), .text = "界", .joined = true}};
  segment.average_log_probability = -0.3141592F;
  segment.no_speech_probability = 1e-12F;
  segment.compression_ratio = 1.5F;
  segment.temperature = 0.2F;
  segment.language = "fr";
  text.segments = {segment, {.start = Millis(2'010), .end = Millis(2'500), .text = "Ohne Wörter."}};
  return text;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(TranscriptJsonTest, WhatIsWrittenComesBackAsItWas) {
  EXPECT_EQ(chunk_text_from_json(to_json(sample())).value(), sample());
  EXPECT_EQ(chunk_text_from_json(to_json(ChunkText())).value(), ChunkText{});
}

TEST(TranscriptJsonTest, TimesOfWhatIsInNoSegmentAreBounded) {
  ChunkText chunk;
  chunk.sounds = {{Millis(-1), Millis(5), "[Music]"}};
  EXPECT_FALSE(chunk_text_from_json(to_json(chunk)));
  chunk.sounds = {{Millis(0), Millis::max(), "[Music]"}};
  EXPECT_FALSE(chunk_text_from_json(to_json(chunk)));
  chunk.sounds.clear();
  chunk.removed.passages = {{Millis(9), Millis(5), "Bye."}};
  EXPECT_FALSE(chunk_text_from_json(to_json(chunk)));
  Transcript transcript;
  transcript.coverage = Coverage{.speech = Millis(5), .without_words = {{Millis(0), Millis::max()}}};
  EXPECT_FALSE(transcript_from_json(to_json(transcript)));
}

TEST(TranscriptJsonTest, EveryFiniteFloatComesBackBitByBit) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto bits = static_cast<std::uint32_t>(random());
    const auto value = std::bit_cast<float>(bits);
    if (!(std::abs(value) <= std::numeric_limits<float>::max())) continue;
    const float back =
        chunk_text_from_json(to_json(ChunkText{.language_probability = value})).value().language_probability;
    EXPECT_EQ(std::bit_cast<std::uint32_t>(back), bits) << value;
  }
}

TEST(TranscriptJsonTest, WhatJsonCannotHoldIsMended) {
  ChunkText text = sample();
  text.segments[0].text = "a\xff";
  text.segments[0].temperature = std::numeric_limits<float>::infinity();
  const ChunkText back = chunk_text_from_json(to_json(text)).value();
  EXPECT_EQ(back.segments[0].text, "a\xEF\xBF\xBD");
  EXPECT_EQ(back.segments[0].temperature, 0);
}

class BadTranscriptJsonTest : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BadTranscriptJsonTest, IsRefused) {
  const auto result = chunk_text_from_json(replaced(to_json(sample()), GetParam().first, GetParam().second));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kBadData);
}

INSTANTIATE_TEST_SUITE_P(
    Documents, BadTranscriptJsonTest,
    testing::Values(
        std::pair{"{\"format\":1", "{\"format\":2"}, std::pair{"{\"format\":1", "[\"format\":1"},
        std::pair{"\"language\":\"de\"", "\"language\":7"},
        std::pair{"\"language\":\"de\"", "\"language\":\"\xC3\""}, std::pair{"\"language\":\"de\",", ""},  //
        std::pair{"\"words\":3", "\"words\":-3"}, std::pair{"\"words\":3", "\"words\":99999999999999"},
        std::pair{"\"removed\":{", "\"removed\":null,\"x\":{"},
        std::pair{"\"start\":10,\"end\":2010", "\"start\":10,\"end\":9"},
        std::pair{"\"start\":10,\"end\":2010", "\"start\":-1,\"end\":2010"},
        std::pair{"\"start\":2010", "\"start\":9"}, std::pair{"\"end\":2500", "\"end\":86400001"},
        std::pair{"\"end\":2500", "\"end\":2500.5"}, std::pair{"\"end\":900", "\"end\":1e400"},
        std::pair{"\"start\":400,\"end\":900", "\"start\":399,\"end\":900"},
        std::pair{"\"temperature\":", "\"temperature\":1e39,\"x\":"},
        std::pair{"\"joined\":true", "\"joined\":1"}, std::pair{"\"segments\":[", "\"segments\":[1,"}));

TEST(TranscriptJsonTest, ACutDocumentIsRefusedWhereverItIsCut) {
  const std::string whole = to_json(sample());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(chunk_text_from_json(std::string_view(whole).substr(0, size)).has_value()) << size;
  }
}

TEST(TranscriptJsonTest, AHugeOrDeepDocumentIsRefused) {
  EXPECT_FALSE(chunk_text_from_json(to_json(sample()) + std::string(4U << 20U, ' ')).has_value());
  EXPECT_FALSE(chunk_text_from_json(std::string(1'000'000, '[')).has_value());
}

Transcript whole_transcript() {
  Transcript transcript;
  transcript.engine = "whisper";
  transcript.model = "base.en";
  transcript.model_version = "1.7.4";
  transcript.task = "translate";
  transcript.language = "de";
  transcript.language_probability = 0.97F;
  transcript.duration = std::chrono::hours(30);
  transcript.speech = Millis(2'500);
  transcript.segments = sample().segments;
  transcript.removed = {.silence_segments = 1, .repetition_segments = 2, .words = 3};
  transcript.coverage = Coverage{
      .speech = Millis(2'500), .with_words = Millis(1'100), .without_words = {{Millis(700), Millis(2'100)}}};
  transcript.removed.passages = {{Millis(5), Millis(9), "Thank you.", RemovalReason::kStockPhrase},
                                 {Millis(20), Millis(30), "no no", RemovalReason::kRepetition}};
  transcript.sounds = {{Millis(100), Millis(400), "[Music]"}, {Millis(500), Millis(600), "♪"}};
  transcript.timings = {.total = 12.3456789, .recognition = 0.1};
  transcript.speakers = {{"S1", ""}, {"S2", "Jörg \"B\"", 118.4}};
  transcript.turns = {{Millis(0), Millis(900), 1}, {Millis(500), Millis(2'400), 0}};
  transcript.segments[0].speaker = "S2";
  transcript.segments[0].overlapped = true;
  transcript.warnings = {"The file ends early.", "\"Zweite\""};
  return transcript;
}

void expect_same(const Transcript& a, const Transcript& b) {
  EXPECT_EQ(a.engine, b.engine);
  EXPECT_EQ(a.model, b.model);
  EXPECT_EQ(a.model_version, b.model_version);
  EXPECT_EQ(a.task, b.task);
  EXPECT_EQ(a.language, b.language);
  EXPECT_EQ(a.language_probability, b.language_probability);
  EXPECT_EQ(a.duration, b.duration);
  EXPECT_EQ(a.speech, b.speech);
  EXPECT_EQ(a.segments, b.segments);
  EXPECT_EQ(a.removed, b.removed);
  EXPECT_EQ(a.coverage, b.coverage);
  EXPECT_EQ(a.sounds, b.sounds);
  EXPECT_EQ(a.speakers, b.speakers);
  EXPECT_EQ(a.turns, b.turns);
  EXPECT_DOUBLE_EQ(a.timings.total, b.timings.total);
  EXPECT_DOUBLE_EQ(a.timings.recognition, b.timings.recognition);
  EXPECT_EQ(a.warnings, b.warnings);
}

TEST(TranscriptJsonTest, AWholeTranscriptComesBackAsItWas) {
  expect_same(transcript_from_json(to_json(whole_transcript())).value(), whole_transcript());
  expect_same(transcript_from_json(to_json(Transcript())).value(), Transcript());
  EXPECT_EQ(to_json(whole_transcript()).find('\n'), std::string::npos);
}

TEST(TranscriptJsonTest, EveryFiniteFloatOfATranscriptComesBackBitByBit) {
  std::mt19937 random(2);
  Transcript transcript;
  transcript.segments.resize(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (std::abs(value) <= std::numeric_limits<float>::max()) {
      transcript.segments[0].words.push_back({.confidence = value});
    }
  }
  EXPECT_EQ(transcript_from_json(to_json(transcript)).value().segments, transcript.segments);
}

class BadWholeTranscriptTest : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BadWholeTranscriptTest, IsRefused) {
  const auto result =
      transcript_from_json(replaced(to_json(whole_transcript()), GetParam().first, GetParam().second));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kBadData);
}

INSTANTIATE_TEST_SUITE_P(
    Documents, BadWholeTranscriptTest,
    testing::Values(
        std::pair{"{\"format\":1", "{\"format\":2"}, std::pair{"{\"format\":1", "[\"format\":1"},
        std::pair{"\"engine\":\"whisper\"", "\"engine\":null"}, std::pair{"\"model_version\":", "\"x\":"},
        std::pair{"\"task\":", "\"x\":"}, std::pair{"\"duration\":108000000", "\"duration\":3600000001"},
        std::pair{"\"duration\":108000000", "\"duration\":-1"},
        std::pair{"\"total\":12.3456789", "\"total\":\"12\""},
        std::pair{"\"timings\":{", "\"timings\":[],\"x\":{"}, std::pair{"\"warnings\":[", "\"warnings\":[7,"},
        std::pair{"\"words\":3", "\"words\":-3"}, std::pair{"\"start\":2010", "\"start\":9"},
        std::pair{"\"start\":400,\"end\":900", "\"start\":399,\"end\":900"},
        std::pair{"\"end\":2500", "\"end\":2000"}, std::pair{"\"speaker\":\"S2\"", "\"speaker\":\"S3\""},
        std::pair{"\"speaker\":\"S2\"", "\"speaker\":2"}, std::pair{"\"id\":\"S2\"", "\"id\":\"S1\""},
        std::pair{"\"speaker\":1}", "\"speaker\":2}"}, std::pair{"\"speaker\":1}", "\"speaker\":-1}"},
        std::pair{"\"pitch\":118.4", "\"pitch\":null"}, std::pair{"\"pitch\":118.4", "\"pitch\":-118.4"},
        std::pair{"\"pitch\":118.4", "\"pitch\":1e9"}, std::pair{"\"overlapped\":true", "\"overlapped\":1"}));

TEST(TranscriptJsonTest, ACutTranscriptIsRefusedWhereverItIsCut) {
  const std::string whole = to_json(whole_transcript());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(transcript_from_json(std::string_view(whole).substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(transcript_from_json(std::string(1'000'000, '[')).has_value());
}

TEST(TranscriptJsonTest, TimesThatCouldNotBeReadAgainAreFoundBefore) {
  EXPECT_TRUE(check_times(whole_transcript()).has_value());
  const auto broken = [](auto breakage) {
    Transcript transcript = whole_transcript();
    breakage(transcript);
    EXPECT_FALSE(transcript_from_json(to_json(transcript)).has_value());
    return !check_times(transcript).has_value();
  };
  EXPECT_TRUE(broken([](Transcript& t) { t.duration = Millis(-1); }));
  EXPECT_TRUE(broken([](Transcript& t) { t.speech = std::chrono::hours(1001); }));
  EXPECT_TRUE(broken([](Transcript& t) { t.segments[0].start = Millis(-1); }));
  EXPECT_TRUE(broken([](Transcript& t) { t.segments[0].end = Millis(9); }));
  EXPECT_TRUE(broken([](Transcript& t) { t.segments[1].start = Millis(9); }));
  EXPECT_TRUE(broken([](Transcript& t) { t.segments[1].end = std::chrono::hours(1001); }));
  EXPECT_TRUE(broken([](Transcript& t) { t.segments[0].words[1].start = Millis(9); }));
  EXPECT_TRUE(broken([](Transcript& t) { t.segments[0].words[2].end = Millis(399); }));
}

}  // namespace
}  // namespace vat
