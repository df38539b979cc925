// Whatever is said and however it is cut, no word is lost or doubled, and times never decrease.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "asr/chunk_planner.h"
#include "asr/stitcher.h"
#include "asr/testing/numbered_words.h"
#include "base/text.h"

namespace vat::asr {
namespace {

#ifdef VAT_SANITIZED
constexpr unsigned kRecordings = 200;
#else
constexpr unsigned kRecordings = 2000;
#endif

/// One random recording with random options, and its transcript.
class Trial {
 public:
  explicit Trial(unsigned seed) : random_(seed) {
    plan_.longest = between(5'000, 14'000);
    plan_.overlap = plan_.longest / 5;
    plan_.fill = static_cast<double>(between(40, 70).count()) / 100;
    plan_.padding = between(100, 400);
    plan_.minimum_silence = between(200, 800);
    plan_.longest_silence = between(500, 2'000);
    // An overlap always contains one whole word that both chunks recognise.
    speech_.longest_word = std::max(Millis(320), plan_.overlap / 2 - Millis(60));
    speech_.length = between(0, 60'000);
    hearing_.longest_segment = static_cast<std::size_t>(between(1, 20).count());
    hearing_.word_times = between(0, 9).count() > 0;
    // Without times, a cut word that is recognised as its neighbour cannot be told from the neighbour.
    hearing_.cut = static_cast<NumberedHearing::Cut>(between(0, hearing_.word_times ? 2 : 1).count());
    hearing_.jitter = between(0, 100);
    frame_ = std::vector<std::size_t>{160, 320, 480, 512}[static_cast<std::size_t>(between(0, 3).count())];
    lag_ = between(0, 50);
    hang_ = between(0, 80);
  }

  void run() {
    recording_ = make_numbered_recording(speech_, random_);
    NumberedSource source(recording_);
    NumberedDetector detector(frame_, lag_, hang_);
    ChunkPlanner planner(source, detector, plan_);
    const NumberedModel model(hearing_);
    const auto recognizer = model.make_recognizer().value();
    Stitcher stitcher;
    while (auto chunk = planner.next().value()) {
      check_chunk(*chunk);
      append(stitcher.add(*chunk, recognizer->recognize(chunk->samples, {}, {}).value()));
      places_.push_back(*chunk);
    }
    append(stitcher.finish());
    EXPECT_EQ(planner.position(), samples_to_time(recording_.length));
  }

  void check_words() const {
    std::vector<std::string> heard;
    for (const Segment& segment : segments_) {
      for (const std::string& word : comparable_words(segment.text)) heard.push_back(word);
    }
    std::vector<std::string> said;
    for (const NumberedWord& word : recording_.words) said.push_back(numbered_text(word.number));
    const auto [at, other] = std::mismatch(heard.begin(), heard.end(), said.begin(), said.end());
    EXPECT_EQ(heard, said) << "first difference at word " << at - heard.begin() << ": heard "
                           << (at == heard.end() ? "nothing" : *at) << " for "
                           << (other == said.end() ? "nothing" : *other);
  }

  void check_times() const {
    Millis last(0);
    std::size_t index = 0;
    for (const Segment& segment : segments_) {
      EXPECT_GE(segment.start, last);
      EXPECT_GE(segment.end, segment.start);
      if (!segment.words.empty()) {
        EXPECT_EQ(segment.text, join_words(segment.words));
        EXPECT_EQ(segment.start, segment.words.front().start);
        EXPECT_EQ(segment.end, segment.words.back().end);
      }
      for (const Word& word : segment.words) {
        EXPECT_GE(word.start, last);
        EXPECT_GE(word.end, word.start);
        last = word.end;
        if (index >= recording_.words.size()) return;
        const NumberedWord& said = recording_.words[index++];
        EXPECT_LT(std::chrono::abs(word.start - samples_to_time(said.begin)), Millis(300)) << word.text;
        EXPECT_LT(std::chrono::abs(word.end - samples_to_time(said.end())), Millis(300)) << word.text;
      }
      last = segment.end;
    }
  }

  /// The planner alone: each word is complete in one piece of a chunk, whatever the recogniser returns.
  void check_plan() const {
    for (const NumberedWord& word : recording_.words) {
      EXPECT_TRUE(std::any_of(places_.begin(), places_.end(), [&](const ChunkPlace& place) {
        return std::any_of(place.pieces.begin(), place.pieces.end(), [&](const Piece& piece) {
          return piece.source_begin <= word.begin && word.end() <= piece.source_begin + piece.length;
        });
      })) << numbered_text(word.number);
    }
    for (std::size_t i = 0; i + 1 < places_.size(); ++i) {
      EXPECT_EQ(places_[i].overlap_after, places_[i + 1].overlap_before);
      EXPECT_EQ(places_[i].end() - places_[i].overlap_after <= places_[i + 1].begin(), true);
    }
  }

  [[nodiscard]] std::size_t overlaps() const {
    return static_cast<std::size_t>(std::count_if(
        places_.begin(), places_.end(), [](const ChunkPlace& place) { return place.overlap_before > 0; }));
  }
  [[nodiscard]] bool word_times() const { return hearing_.word_times; }
  [[nodiscard]] std::size_t splices() const {
    std::size_t count = 0;
    for (const ChunkPlace& place : places_) count += place.pieces.size() - 1;
    return count;
  }

 private:
  Millis between(int low, int high) { return Millis(std::uniform_int_distribution<int>(low, high)(random_)); }
  Millis between(int low, Millis high) { return between(low, static_cast<int>(high.count())); }

  void check_chunk(const Chunk& chunk) const {
    EXPECT_LE(chunk.length(), time_to_samples(plan_.longest));
    EXPECT_EQ(chunk.length(), static_cast<std::int64_t>(chunk.samples.size()));
    EXPECT_EQ(chunk.speech.size(), (chunk.samples.size() + frame_ - 1) / frame_);
    EXPECT_EQ(chunk.index, places_.size());
  }

  void append(std::vector<Segment> segments) {
    for (Segment& segment : segments) segments_.push_back(std::move(segment));
  }

  std::mt19937 random_;
  PlanOptions plan_;
  NumberedSpeech speech_;
  NumberedHearing hearing_;
  std::size_t frame_ = 320;
  Millis lag_{0};
  Millis hang_{0};
  NumberedRecording recording_;
  std::vector<ChunkPlace> places_;
  std::vector<Segment> segments_;
};

TEST(SeamsPropertyTest, NoWordIsLostNoneIsDoubledAndTimeNeverRunsBackwards) {
  std::size_t overlaps = 0;
  std::size_t splices = 0;
  for (unsigned seed = 0; seed < kRecordings; ++seed) {
    Trial trial(seed);
    trial.run();
    trial.check_plan();
    trial.check_words();
    trial.check_times();
    overlaps += trial.overlaps();
    splices += trial.splices();
    ASSERT_FALSE(HasFailure()) << "recording " << seed << (trial.word_times() ? "" : ", without word times");
  }
  // Both happened often in these recordings.
  EXPECT_GT(overlaps, kRecordings / 2);
  EXPECT_GT(splices, kRecordings / 2);
}

}  // namespace
}  // namespace vat::asr
