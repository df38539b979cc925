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
  EXPECT_EQ(chunk_text_from_json(to_json({})).value(), ChunkText{});
}

TEST(TranscriptJsonTest, EveryFiniteFloatComesBackBitByBit) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto bits = static_cast<std::uint32_t>(random());
    const auto value = std::bit_cast<float>(bits);
    if (!(std::abs(value) <= std::numeric_limits<float>::max())) continue;
    const float back =
        chunk_text_from_json(to_json({.language_probability = value})).value().language_probability;
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

}  // namespace
}  // namespace vat
