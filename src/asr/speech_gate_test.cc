#include "asr/speech_gate.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

namespace vat::asr {
namespace {

constexpr SpeechGateOptions kOptions{.onset = 0.5F,
                                     .offset = 0.25F,
                                     .minimum_speech = 3,
                                     .minimum_silence = 4,
                                     .padding = 2,
                                     .longest_silence = 8};

float probability_of(char frame) {
  switch (frame) {
    case '#':
      return 0.9F;  // speech
    case '-':
      return 0.3F;  // maybe
    default:
      return 0.0F;
  }
}

void take_into(SpeechGate& gate, std::string& kept) {
  for (const auto range : gate.take()) {
    for (auto i = range.begin; i < range.end; ++i) kept[static_cast<std::size_t>(i)] = 'K';
  }
}

/// Which of the frames, drawn as text, are kept. `often`: query after every frame, or only at the end.
std::string gate(std::string_view frames, bool often = true) {
  SpeechGate gate(kOptions);
  std::string kept(frames.size(), '.');
  for (const char frame : frames) {
    gate.push(probability_of(frame));
    if (often) take_into(gate, kept);
  }
  gate.finish();
  take_into(gate, kept);
  EXPECT_EQ(gate.decided(), static_cast<std::int64_t>(frames.size()));
  EXPECT_EQ(often ? gate.take().size() : 0U, 0U);
  return kept;
}

TEST(SpeechGateTest, SpeechIsKeptWithPaddingOnBothSides) {
  EXPECT_EQ(gate("......####............"), "....KKKKKKKK..........");
}

TEST(SpeechGateTest, SilenceYieldsNothing) {
  EXPECT_EQ(gate("...................."), "....................");
  EXPECT_EQ(gate(""), "");
}

TEST(SpeechGateTest, ABlipIsNoSpeechButTwoCloseToEachOtherAre) {
  EXPECT_EQ(gate("......##.............."), "......................");
  EXPECT_EQ(gate("......#..#............"), "....KKKKKKKK..........");
}

TEST(SpeechGateTest, AFadingOnsetBelongsToTheSpan) {
  EXPECT_EQ(gate("......---###.........."), "....KKKKKKKKKK........");
  EXPECT_EQ(gate("......-----..........."), "......................");
}

TEST(SpeechGateTest, APauseUpToTheLongestIsKeptWhole) {
  EXPECT_EQ(gate("..###........###......"), "KKKKKKKKKKKKKKKKKK....");
}

TEST(SpeechGateTest, ALongerPauseShrinksToItsPaddings) {
  EXPECT_EQ(gate("..###.........###....."), "KKKKKKK.....KKKKKKK...");
}

TEST(SpeechGateTest, ABlipInALongPauseDoesNotSaveThePause) {
  EXPECT_EQ(gate("..###......#.........###...."), "KKKKKKK............KKKKKKK..");
}

TEST(SpeechGateTest, SpeechAtTheVeryEndIsKeptThoughItIsShort) {
  EXPECT_EQ(gate("...............#"), ".............KKK");
}

TEST(SpeechGateTest, ADetectorThatStaysUndecidedDoesNotHoldBackTheRecording) {
  SpeechGate gate(kOptions);
  for (int i = 0; i < 1000; ++i) gate.push(0.3F);
  EXPECT_GT(gate.decided(), 900);
}

TEST(SpeechGateTest, WhatIsNoNumberIsSilence) {
  SpeechGate gate(kOptions);
  for (int i = 0; i < 100; ++i) gate.push(std::numeric_limits<float>::quiet_NaN());
  gate.finish();
  EXPECT_TRUE(gate.take().empty());
}

TEST(SpeechGateTest, WhatIsKeptDoesNotDependOnWhenItIsAsked) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::string frames;
    unsigned state = seed;
    for (int i = 0; i < 60; ++i) {
      state = state * 1664525U + 1013904223U;
      frames += (state >> 30U) == 0 ? '#' : (state >> 28U) == 5 ? '-' : '.';
    }
    EXPECT_EQ(gate(frames, true), gate(frames, false));
  }
}

}  // namespace
}  // namespace vat::asr
