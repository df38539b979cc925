#include "tts/cache.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "tts/testing/recording_synthesizer.h"

namespace vat::tts {
namespace {

namespace fs = std::filesystem;

class CacheTest : public ::testing::Test {
 protected:
  static Pcm sound(std::size_t samples, float value = 0.5F) {
    return {16'000, std::vector<float>(samples, value)};
  }
  static std::string key(int number) { return hash_hex(Digest::kSha256, std::to_string(number)); }
  [[nodiscard]] std::vector<fs::path> files() const {
    std::vector<fs::path> list;
    for (const auto& entry : fs::recursive_directory_iterator(directory_.path()))
      if (entry.path().extension() == ".pcm") list.push_back(entry.path());
    return list;
  }
  [[nodiscard]] std::uint64_t bytes() const {
    std::uint64_t total = 0;
    for (const fs::path& file : files()) total += fs::file_size(file);
    return total;
  }
  TemporaryDirectory directory_ = TemporaryDirectory::create().value();
};

TEST_F(CacheTest, WhatWasStoredIsFoundByAnotherProcessToo) {
  SpeechCache(directory_.path(), "", 1 << 20).store(key(1), {22'050, {0.0F, 0.5F, -1.0F, 0.25F}});
  SpeechCache other(directory_.path(), "", 1 << 20);
  const auto found = other.find(key(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sample_rate, 22'050);
  EXPECT_EQ(found->samples, (std::vector<float>{0.0F, 0.5F, -1.0F, 0.25F}));
  EXPECT_FALSE(other.find(key(2)));
}

TEST_F(CacheTest, ADamagedFileIsRemovedAndNotHeard) {
  SpeechCache cache(directory_.path(), "", 1 << 20);
  for (const std::size_t place : {0U, 10U, 100U, 300U}) {
    cache.store(key(1), sound(1000));
    ASSERT_EQ(files().size(), 1U);
    {
      std::fstream file(files().front(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(place));
      file.put('#');
    }
    EXPECT_FALSE(cache.find(key(1))) << place;
    EXPECT_TRUE(files().empty());
  }
  cache.store(key(1), sound(1000));
  fs::resize_file(files().front(), 500);
  EXPECT_FALSE(cache.find(key(1)));
}

TEST_F(CacheTest, AFileUnderAnotherNameIsNotHeard) {
  SpeechCache cache(directory_.path(), "", 1 << 20);
  cache.store(key(1), sound(10));
  const fs::path stolen = directory_.path() / key(2).substr(0, 2) / (key(2) + ".pcm");
  fs::create_directories(stolen.parent_path());
  fs::rename(files().front(), stolen);
  EXPECT_FALSE(cache.find(key(2)));
}

TEST_F(CacheTest, TheFolderStaysUnderItsBoundAndKeepsWhatIsUsed) {
  constexpr std::uint64_t kBound = 40'000;
  SpeechCache cache(directory_.path(), "", kBound);
  cache.store(key(0), sound(1000));
  for (int i = 1; i < 60; ++i) {
    // File times are coarse, so the others are made older by hand.
    for (const fs::path& file : files())
      if (file.stem() != key(0))
        fs::last_write_time(file, fs::last_write_time(file) - std::chrono::seconds(10));
    ASSERT_TRUE(cache.find(key(0))) << i;
    cache.store(key(i), sound(1000));
    ASSERT_LE(bytes(), kBound);
  }
  EXPECT_FALSE(cache.find(key(1)));
  EXPECT_GT(bytes(), kBound / 2);
}

TEST_F(CacheTest, OwnersShareTheBoundAndNothingElse) {
  constexpr std::uint64_t kBound = 40'000;
  SpeechCache ada(directory_.path(), "ada", kBound);
  SpeechCache bob(directory_.path(), "bob", kBound);
  ada.store(key(1), sound(1000));
  EXPECT_TRUE(ada.find(key(1)));
  EXPECT_FALSE(bob.find(key(1)));
  EXPECT_FALSE(SpeechCache(directory_.path(), "", kBound).find(key(1)));
  for (int i = 2; i < 60; ++i) {
    for (const fs::path& file : files())
      fs::last_write_time(file, fs::last_write_time(file) - std::chrono::seconds(10));
    bob.store(key(i), sound(1000));
    ASSERT_LE(bytes(), kBound);
  }
  EXPECT_FALSE(ada.find(key(1)));
}

TEST_F(CacheTest, WhatIsLargerThanTheBoundIsNotKept) {
  SpeechCache cache(directory_.path(), "", 1000);
  cache.store(key(1), sound(2000));
  EXPECT_FALSE(cache.find(key(1)));
}

TEST_F(CacheTest, AFolderThatCannotBeWrittenCostsNothingButTheCache) {
  ASSERT_TRUE(write_file_atomically(directory_.path() / "file", "x", Overwrite::kRefuse));
  SpeechCache cache(directory_.path() / "file" / "below", "", 1 << 20);
  cache.store(key(1), sound(10));
  EXPECT_FALSE(cache.find(key(1)));
}

TEST_F(CacheTest, ManyThreadsWriteAndReadWholeSounds) {
  SpeechCache first(directory_.path(), "", 60'000);
  SpeechCache second(directory_.path(), "", 60'000);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      SpeechCache& cache = t % 2 == 0 ? first : second;
      for (int i = 0; i < 60; ++i) {
        const int number = i % 12;
        cache.store(key(number), sound(1000 + static_cast<std::size_t>(number)));
        if (const auto found = cache.find(key(number))) {
          EXPECT_EQ(found->samples.size(), 1000U + static_cast<std::size_t>(number));
        }
      }
    });
  }
}

TEST_F(CacheTest, TheKeyDependsOnEverythingThatIsHeard) {
  const testing::RecordingSynthesizer engine({});
  testing::RecordingOptions other;
  other.name = "other";
  const Utterance base{"text", "en", "anna", 1.0};
  const std::string first = cache_key(engine, base);
  EXPECT_EQ(first.size(), 64U);
  EXPECT_EQ(first, cache_key(engine, base));
  EXPECT_NE(first, cache_key(testing::RecordingSynthesizer(other), base));
  EXPECT_NE(first, cache_key(engine, {"text2", "en", "anna", 1.0}));
  EXPECT_NE(first, cache_key(engine, {"text", "de", "anna", 1.0}));
  EXPECT_NE(first, cache_key(engine, {"text", "en", "bob", 1.0}));
  EXPECT_NE(first, cache_key(engine, {"text", "en", "anna", 1.1}));
  EXPECT_NE(first, cache_key(engine, {"text", "en", "anna", 1.0, {{0, 4, "tɛkst"}}}));
  EXPECT_NE(cache_key(engine, {"b", "ena", "c", 1}), cache_key(engine, {"b", "en", "ac", 1}));
}

}  // namespace
}  // namespace vat::tts
