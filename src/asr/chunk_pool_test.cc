#include "asr/chunk_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

namespace vat::asr {
namespace {

class CountingModel;

class CountingRecognizer : public Recognizer {
 public:
  explicit CountingRecognizer(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
  ~CountingRecognizer() override { --alive_; }
  void use_threads(std::function<int()> threads) override { threads_ = std::move(threads); }
  [[nodiscard]] Result<ChunkText> recognize(std::span<const float>, const RecognitionOptions&,
                                            std::stop_token) override {
    return ChunkText{};
  }
  [[nodiscard]] Result<DetectedLanguage> detect_language(std::span<const float>, std::stop_token) override {
    return DetectedLanguage{};
  }
  std::function<int()> threads_;

 private:
  std::atomic<int>& alive_;
};

class CountingModel : public RecognitionModel {
 public:
  explicit CountingModel(std::optional<int> max = std::nullopt, bool broken = false)
      : max_(max), broken_(broken) {}
  [[nodiscard]] std::string engine() const override { return "counting"; }
  [[nodiscard]] std::string name() const override { return "counting"; }
  [[nodiscard]] std::string version() const override { return "1"; }
  [[nodiscard]] std::string fingerprint() const override { return "1"; }
  [[nodiscard]] Result<> validate(const RecognitionOptions&) const override { return {}; }
  [[nodiscard]] Millis longest_chunk() const override { return Millis(30'000); }
  [[nodiscard]] std::optional<int> max_recognizers() const override { return max_; }
  [[nodiscard]] Result<std::unique_ptr<Recognizer>> make_recognizer() const override {
    if (broken_) return fail(ErrorCode::kUnavailable, "no memory");
    ++made_;
    return std::make_unique<CountingRecognizer>(alive_);
  }
  mutable std::atomic<int> made_{0};
  mutable std::atomic<int> alive_{0};

 private:
  std::optional<int> max_;
  bool broken_;
};

using Following = ChunkPool::Following;

TEST(ChunkPoolTest, LanesAreServedInTurn) {
  ChunkPool pool(1);
  const auto model = std::make_shared<CountingModel>();
  auto gate_lane = pool.open_lane(model);
  std::binary_semaphore gate(0);
  gate_lane.submit([&](Result<Recognizer*>) { gate.acquire(); }, Following::kNone);

  auto film = pool.open_lane(model);
  auto clip = pool.open_lane(model);
  std::string order;  // written by the one worker only
  std::thread feeder([&] {
    for (int i = 0; i < 6; ++i) film.submit([&](Result<Recognizer*>) { order += 'f'; }, Following::kMore);
  });
  clip.submit([&](Result<Recognizer*>) { order += 'c'; }, Following::kMore);
  clip.submit([&](Result<Recognizer*>) { order += 'c'; }, Following::kNone);
  gate.release();
  feeder.join();
  film.wait();
  clip.wait();
  EXPECT_EQ(order.size(), 8U);
  EXPECT_LE(order.find_last_of('c'), 4U) << order;
}

TEST(ChunkPoolTest, TellsHowBusyItIs) {
  ChunkPool pool(2);
  const auto model = std::make_shared<CountingModel>(1);
  auto lane = pool.open_lane(model);
  std::binary_semaphore begun(0);
  std::binary_semaphore gate(0);
  lane.submit(
      [&](Result<Recognizer*>) {
        begun.release();
        gate.acquire();
      },
      Following::kMore);
  begun.acquire();
  lane.submit([](Result<Recognizer*>) {}, Following::kNone);
  const PoolUse use = pool.use();
  gate.release();
  lane.wait();
  EXPECT_EQ(use.threads, 2U);
  EXPECT_EQ(use.busy, 1U);
  EXPECT_EQ(use.waiting, 1U);
}

TEST(ChunkPoolTest, ThereAreNoMoreRecognizersThanTheModelAllows) {
  ChunkPool pool(4);
  const auto model = std::make_shared<CountingModel>(2);
  auto lane = pool.open_lane(model);
  std::atomic<int> now{0};
  std::atomic<int> max{0};
  for (int i = 0; i < 50; ++i) {
    lane.submit(
        [&](Result<Recognizer*>) {
          const int current = ++now;
          max = std::max(max.load(), current);
          std::this_thread::yield();
          --now;
        },
        Following::kMore);
  }
  lane.wait();
  EXPECT_LE(max, 2);
  EXPECT_LE(model->made_, 2);
}

TEST(ChunkPoolTest, RecognizersAreKeptForTheNextLaneOfTheSameModel) {
  ChunkPool pool(1);
  const auto model = std::make_shared<CountingModel>();
  for (int i = 0; i < 20; ++i) {
    auto lane = pool.open_lane(model);
    lane.submit([](Result<Recognizer*> r) { ASSERT_TRUE(r); }, Following::kNone);
    lane.wait();
  }
  EXPECT_EQ(model->made_, 1);
}

TEST(ChunkPoolTest, AnotherModelFreesTheMemoryOfOneThatIsNotUsed) {
  ChunkPool pool(1);
  const auto first = std::make_shared<CountingModel>();
  const auto second = std::make_shared<CountingModel>();
  {
    auto lane = pool.open_lane(first);
    lane.submit([](Result<Recognizer*>) {}, Following::kNone);
    lane.wait();
  }
  EXPECT_EQ(first->alive_, 1);
  auto lane = pool.open_lane(second);
  EXPECT_EQ(first->alive_, 0);
}

TEST(ChunkPoolTest, AModelThatIsNotUsedIsLetGoWhenAsked) {
  ChunkPool pool(1);
  const auto model = std::make_shared<CountingModel>();
  {
    auto lane = pool.open_lane(model);
    lane.submit([](Result<Recognizer*>) {}, Following::kNone);
    lane.wait();
    pool.let_go(*model);
    EXPECT_EQ(model->alive_, 1) << "while a lane uses it";
  }
  EXPECT_EQ(model->alive_, 1) << "kept for the next lane";
  pool.let_go(*model);
  EXPECT_EQ(model->alive_, 0);
  EXPECT_EQ(model.use_count(), 1);
}

TEST(ChunkPoolTest, ATaskThatIsAloneGetsEveryCore) {
  std::counting_semaphore<2> ended(0);
  ChunkPool pool(4);
  // When the pool notices that the task has ended, which is later than its actual end.
  pool.observe([&](std::chrono::duration<double> /*took*/) { ended.release(); });
  const auto model = std::make_shared<CountingModel>();
  auto lane = pool.open_lane(model);
  int first = 0;
  int alone = 0;
  const auto threads_of = [](Result<Recognizer*>& r) {
    return static_cast<CountingRecognizer*>(*r)->threads_();
  };
  lane.submit([&](Result<Recognizer*> r) { first = threads_of(r); }, Following::kMore);
  ended.acquire();
  lane.submit([&](Result<Recognizer*> r) { alone = threads_of(r); }, Following::kNone);
  lane.wait();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(alone, 4);
}

TEST(ChunkPoolTest, ARunningTaskGetsTheCoresOfThoseThatEndAndGivesThemBack) {
  std::counting_semaphore<2> ended(0);
  ChunkPool pool(2);
  pool.observe([&](std::chrono::duration<double> /*took*/) { ended.release(); });
  const auto model = std::make_shared<CountingModel>();
  auto lane = pool.open_lane(model);
  std::latch may_end(1);
  std::latch begun(2);
  std::function<int()> threads_of_first;
  lane.submit(
      [&](Result<Recognizer*> r) {
        threads_of_first = static_cast<CountingRecognizer*>(*r)->threads_;
        begun.count_down();
        may_end.wait();
      },
      Following::kMore);
  std::latch second_may_end(1);
  lane.submit(
      [&](Result<Recognizer*>) {
        begun.count_down();
        second_may_end.wait();
      },
      Following::kNone);
  begun.wait();
  EXPECT_EQ(threads_of_first(), 1);
  second_may_end.count_down();
  ended.acquire();
  EXPECT_EQ(threads_of_first(), 2);
  {
    const auto other = pool.open_lane(model);  // from which tasks may come
    EXPECT_EQ(threads_of_first(), 1);
  }
  EXPECT_EQ(threads_of_first(), 2);
  may_end.count_down();
  lane.wait();
}

/// How many cores the last task gets when the first task took ten minutes and the second, which still runs,
/// began `second_began` after it.
int cores_of_the_last_task(std::chrono::minutes second_began) {
  // Ahead of real time, so that a thread waiting for a time of this clock sleeps until it is woken.
  const auto start = std::chrono::steady_clock::now() + std::chrono::hours(24);
  std::atomic<std::chrono::minutes> minutes{std::chrono::minutes(0)};
  ChunkPool pool(2, 0, [&] { return start + minutes.load(); });
  auto lane = pool.open_lane(std::make_shared<CountingModel>());
  std::latch begun[2] = {std::latch(1), std::latch(1)};
  std::latch may_end[2] = {std::latch(1), std::latch(1)};
  const auto submit = [&](int i) {
    lane.submit(
        [&, i](Result<Recognizer*>) {
          begun[i].count_down();
          may_end[i].wait();
        },
        Following::kMore);
    begun[i].wait();
  };
  submit(0);
  minutes = second_began;
  submit(1);
  int cores = 0;
  std::latch last_begun(1);
  lane.submit(
      [&](Result<Recognizer*> r) {
        cores = static_cast<CountingRecognizer*>(*r)->threads_();
        last_begun.count_down();
      },
      Following::kNone);
  minutes = std::chrono::minutes(10);
  may_end[0].count_down();
  if (second_began > std::chrono::minutes(4)) last_begun.wait();
  may_end[1].count_down();
  lane.wait();
  return cores;
}

TEST(ChunkPoolTest, TheLastTaskWaitsForCoresThatAreAboutToComeFree) {
  EXPECT_EQ(cores_of_the_last_task(std::chrono::minutes(1)), 2);
}

TEST(ChunkPoolTest, TheLastTaskDoesNotWaitForATaskThatHasHardlyBegun) {
  EXPECT_EQ(cores_of_the_last_task(std::chrono::minutes(9)), 1);
}

TEST(ChunkPoolTest, ALaneThatGoesAwayDropsWhatWaitsAndWaitsForWhatRuns) {
  ChunkPool pool(1);
  const auto model = std::make_shared<CountingModel>();
  std::atomic<int> ran{0};
  std::latch started(1);
  std::binary_semaphore gate(0);
  {
    auto lane = pool.open_lane(model);
    lane.submit(
        [&](Result<Recognizer*>) {
          started.count_down();
          gate.acquire();
          ++ran;
        },
        Following::kMore);
    started.wait();
    // Only when this waiting task is dropped can the running one end.
    std::shared_ptr<void> dropped(nullptr, [&](void*) { gate.release(); });
    lane.submit([&ran, held = std::move(dropped)](Result<Recognizer*>) { ran += 100; }, Following::kMore);
  }
  EXPECT_EQ(ran, 1);
}

TEST(ChunkPoolTest, AModelThatCannotMakeARecognizerGivesEachTaskTheError) {
  ChunkPool pool(2);
  const auto model = std::make_shared<CountingModel>(std::nullopt, true);
  auto lane = pool.open_lane(model);
  std::atomic<int> errors{0};
  for (int i = 0; i < 3; ++i)
    lane.submit([&](Result<Recognizer*> r) { errors += r ? 0 : 1; }, Following::kMore);
  lane.wait();
  EXPECT_EQ(errors, 3);
}

}  // namespace
}  // namespace vat::asr
