#include "worker/file_stem.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace vat::worker {
namespace {

TEST(FileStemTest, TheExtensionOfARecordingGoes) {
  EXPECT_EQ(recording_stem("talk.mp4"), "talk");
  EXPECT_EQ(recording_stem("talk"), "talk");
  EXPECT_EQ(recording_stem("v1.2 talk.final.mkv"), "v1.2 talk.final");
  EXPECT_EQ(recording_stem("Dr. Who"), "Dr. Who");
  EXPECT_EQ(recording_stem(".mp4"), "mp4");
  EXPECT_EQ(recording_stem("größte Übung.webm"), "größte Übung");
}

TEST(FileStemTest, NoTitleNamesAnotherFolder) {
  EXPECT_EQ(recording_stem("../../etc/passwd"), "passwd");
  EXPECT_EQ(recording_stem("C:\\films\\talk.mp4"), "talk");
  EXPECT_EQ(recording_stem("a:b*c?.wav"), "a_b_c_");
  EXPECT_EQ(text_stem("../x"), "_x");
}

TEST(FileStemTest, WhatCannotBeSeenIsLeftOut) {
  EXPECT_EQ(recording_stem(std::string("ta\0lk\n.mp4", 10)), "talk");
  EXPECT_EQ(recording_stem("talk\u202Egpj.exe"), "talkgpj");
  EXPECT_EQ(recording_stem("a\u200Bb\u0085.wav"), "ab");
  EXPECT_EQ(recording_stem("bad\xff.wav"), "bad\uFFFD");
}

TEST(FileStemTest, WhenNothingIsLeftThereIsAName) {
  for (const char* const title : {"", ".", "...", "  ", "/", "\x01"}) {
    EXPECT_EQ(recording_stem(title), "recording") << title;
  }
  EXPECT_EQ(text_stem(" . "), "speech");
  EXPECT_EQ(text_stem("Hello there. Who"), "Hello there. Who");
}

TEST(FileStemTest, ALongTitleIsCutBetweenCodePoints) {
  std::string title;
  for (int i = 0; i < 4000; ++i) title += "語";
  const std::string stem = recording_stem(title + ".mp4");
  EXPECT_EQ(stem.size(), 150U);
  EXPECT_TRUE(is_utf8(stem));
  EXPECT_TRUE(is_utf8(recording_stem("x" + title)));
}

}  // namespace
}  // namespace vat::worker
