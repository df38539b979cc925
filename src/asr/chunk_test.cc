#include "asr/chunk.h"

#include <gtest/gtest.h>

namespace vat::asr {
namespace {

using Edge = ChunkPlace::Edge;

/// Two seconds from 10 s on, then one second from 20 s on.
ChunkPlace spliced() {
  ChunkPlace place;
  place.pieces = {{0, 160'000, 32'000}, {32'000, 320'000, 16'000}};
  return place;
}

TEST(ChunkTest, TimesInsideAPieceAreShifted) {
  EXPECT_EQ(spliced().to_recording(Millis(500), Edge::kStart), Millis(10'500));
  EXPECT_EQ(spliced().to_recording(Millis(2'250), Edge::kEnd), Millis(20'250));
}

TEST(ChunkTest, AtASpliceAnEndStaysBeforeTheSilenceAndAStartComesAfterIt) {
  EXPECT_EQ(spliced().to_recording(Millis(2'000), Edge::kEnd), Millis(12'000));
  EXPECT_EQ(spliced().to_recording(Millis(2'000), Edge::kStart), Millis(20'000));
}

TEST(ChunkTest, TimesOutsideTheChunkBecomeItsEdges) {
  EXPECT_EQ(spliced().to_recording(Millis(-70), Edge::kStart), Millis(10'000));
  EXPECT_EQ(spliced().to_recording(Millis(30'000), Edge::kEnd), Millis(21'000));
}

TEST(ChunkTest, AWordAcrossASpliceStaysInThePieceThatHoldsMostOfIt) {
  EXPECT_EQ(spliced().to_recording({Millis(1'500), Millis(2'100)}),
            (TimeSpan{Millis(11'500), Millis(12'000)}));
  EXPECT_EQ(spliced().to_recording({Millis(1'900), Millis(2'500)}),
            (TimeSpan{Millis(20'000), Millis(20'500)}));
}

TEST(ChunkTest, TheMapIsMonotone) {
  Millis last(0);
  for (Millis t(-100); t < Millis(3'200); t += Millis(7)) {
    const TimeSpan word = spliced().to_recording({t, t + Millis(130)});
    EXPECT_GE(word.start, last);
    EXPECT_GE(word.end, word.start);
    last = word.start;
  }
}

TEST(ChunkTest, TheKeyChangesWithTheSoundAndWithThePlace) {
  Chunk chunk;
  chunk.pieces = {{0, 100, 4}};
  chunk.samples = {0.1F, 0.2F, 0.3F, 0.4F};
  const ChunkKey key = chunk.key();
  EXPECT_EQ(key.begin, 100);
  EXPECT_EQ(key.end, 104);
  EXPECT_EQ(chunk.key(), key);
  chunk.samples[3] = 0.5F;
  EXPECT_NE(chunk.key().content, key.content);
  chunk.samples[3] = 0.4F;
  chunk.pieces = {{0, 100, 2}, {2, 102, 2}};
  EXPECT_NE(chunk.key().content, key.content);
}

}  // namespace
}  // namespace vat::asr
