#include "pipeline/model_cache.h"

#include <gtest/gtest.h>

#include <latch>
#include <stdexcept>
#include <string>
#include <thread>

#include "asr/testing/numbered_words.h"

namespace vat::pipeline {
namespace {

using Loading = ModelCache::Loading;
using Model = ModelCache::Model;
using Loader = ModelCache::Loader;

class ModelCacheTest : public testing::Test {
 protected:
  static Loader model_of(std::uint64_t bytes) {
    return [bytes](Loading& loading) -> Result<Model> {
      loading.make_room(bytes);
      return std::make_shared<asr::NumberedModel>();
    };
  }
  /// Waits until no caller waits for it any more, then fails.
  static Result<Model> until_stopped(Loading& loading) {
    std::latch stopped(1);
    const std::stop_callback told(loading.stop(), [&] { stopped.count_down(); });
    stopped.wait();
    return fail(ErrorCode::kCancelled, "The load was stopped.");
  }
  Model get(const std::string& key, std::uint64_t bytes) { return *cache_.get(key, model_of(bytes), {}, {}); }
  [[nodiscard]] bool is_loaded(const std::string& key) {
    bool loaded = true;
    const Loader mark = [&](Loading&) -> Result<Model> {
      loaded = false;
      return fail(ErrorCode::kNotFound, "It is not loaded.");
    };
    (void)cache_.get(key, mark, {}, {});
    return loaded;
  }

  int let_go_ = 0;
  ModelCache cache_{{.max_bytes = 100, .let_go = [this](const RecognitionModel&) { ++let_go_; }}};
};

TEST_F(ModelCacheTest, WhatIsLoadedIsListedTheLeastRecentlyUsedFirst) {
  EXPECT_TRUE(cache_.loaded().empty());
  (void)get("a", 30);
  (void)get("b", 40);
  (void)get("a", 30);
  const std::vector<LoadedModel> loaded = cache_.loaded();
  ASSERT_EQ(loaded.size(), 2U);
  EXPECT_EQ(loaded[0].bytes, 40U);
  EXPECT_EQ(loaded[1].bytes, 30U);
  EXPECT_EQ(loaded[1].name, asr::NumberedModel().name());
  EXPECT_EQ(loaded[1].engine, asr::NumberedModel().engine());
}

TEST_F(ModelCacheTest, ModelsThatFitStayLoaded) {
  const Model first = get("a", 50);
  const Model second = get("b", 50);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(get("a", 50), first);
    EXPECT_EQ(get("b", 50), second);
  }
  const ModelUse use = cache_.use();
  EXPECT_EQ(use.loads, 2U);
  EXPECT_EQ(use.evictions, 0U);
  EXPECT_EQ(use.loaded, 2U);
  EXPECT_EQ(use.bytes, 100U);
  EXPECT_EQ(let_go_, 0);
}

TEST_F(ModelCacheTest, TheLeastRecentlyUsedGoFirst) {
  get("a", 40);
  get("b", 30);
  get("c", 30);
  get("a", 40);
  get("d", 50);
  EXPECT_TRUE(is_loaded("a"));
  EXPECT_FALSE(is_loaded("b"));
  EXPECT_FALSE(is_loaded("c"));
  EXPECT_TRUE(is_loaded("d"));
  EXPECT_EQ(cache_.use().evictions, 2U);
}

TEST_F(ModelCacheTest, ModelsInUseStayAndCountUntilTheyAreReleased) {
  Model used = get("a", 80);
  get("b", 30);
  EXPECT_EQ(cache_.use().bytes, 110U) << "a is in use, and b is needed";
  const Model other = get("c", 20);
  EXPECT_TRUE(is_loaded("a"));
  EXPECT_FALSE(is_loaded("b"));
  EXPECT_EQ(cache_.use().bytes, 100U);
  used.reset();
  get("d", 10);
  EXPECT_FALSE(is_loaded("a"));
  EXPECT_TRUE(is_loaded("c"));
  EXPECT_TRUE(is_loaded("d"));
}

TEST_F(ModelCacheTest, WhatJobsHeldBeyondTheBoundGoesAtTheNextCall) {
  Model first = get("a", 80);
  Model second = get("b", 80);
  first.reset();
  second.reset();
  get("b", 80);
  EXPECT_FALSE(is_loaded("a"));
  EXPECT_TRUE(is_loaded("b"));
}

TEST_F(ModelCacheTest, AModelLargerThanTheBoundIsLoadedAlone) {
  get("a", 50);
  get("huge", 1'000);
  EXPECT_TRUE(is_loaded("huge"));
  EXPECT_FALSE(is_loaded("a"));
}

TEST(ModelCache, WhoeverKeepsAModelForLaterIsAskedToLetItGo) {
  Model kept;
  ModelCache cache({.max_bytes = 100, .let_go = [&](const RecognitionModel& model) {
                      if (kept.get() == &model) kept.reset();
                    }});
  const auto load = [](std::uint64_t bytes) {
    return [bytes](Loading& loading) -> Result<Model> {
      loading.make_room(bytes);
      return std::make_shared<asr::NumberedModel>();
    };
  };
  kept = *cache.get("a", load(60), {}, {});
  ASSERT_TRUE(cache.get("b", load(60), {}, {}));
  EXPECT_EQ(kept, nullptr);
  EXPECT_EQ(cache.use().bytes, 60U);
}

TEST_F(ModelCacheTest, ALoadThatFailsIsTriedAgainByTheNextCall) {
  const Loader failing = [](Loading&) -> Result<Model> { return fail(ErrorCode::kBadData, "No model."); };
  EXPECT_EQ(cache_.get("a", failing, {}, {}).error().message, "No model.");
  EXPECT_TRUE(cache_.get("a", model_of(1), {}, {}));
  EXPECT_EQ(cache_.use().failed_loads, 1U);
}

TEST_F(ModelCacheTest, ALoadThatThrowsIsADefectAndNoMore) {
  const Loader throwing = [](Loading&) -> Result<Model> { throw std::runtime_error("unforeseen"); };
  const auto got = cache_.get("a", throwing, {}, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::kInternal);
  EXPECT_EQ(got.error().detail, "unforeseen");
}

TEST_F(ModelCacheTest, TheOnlyOneWhoWaitsEndsTheLoad) {
  std::stop_source stop;
  std::latch ended(1);
  const Loader load = [&](Loading& loading) {
    stop.request_stop();
    auto result = until_stopped(loading);
    ended.count_down();
    return result;
  };
  EXPECT_EQ(cache_.get("a", load, {}, stop.get_token()).error().code, ErrorCode::kCancelled);
  ended.wait();
  EXPECT_EQ(cache_.use().waiting, 0U);
}

TEST_F(ModelCacheTest, WhoeverComesWhileALoadIsGivenUpGetsTheModelAllTheSame) {
  std::stop_source stop;
  std::latch given_up(1);
  std::latch may_end(1);
  const Loader slow_to_stop = [&](Loading& loading) {
    stop.request_stop();
    auto result = until_stopped(loading);
    given_up.count_down();
    may_end.wait();
    return result;
  };
  EXPECT_FALSE(cache_.get("a", slow_to_stop, {}, stop.get_token()));
  given_up.wait();
  Result<Model> late;
  std::jthread later([&] { late = cache_.get("a", model_of(1), {}, {}); });
  while (cache_.use().waiting == 0) std::this_thread::yield();
  may_end.count_down();
  later.join();
  EXPECT_TRUE(late);
  EXPECT_EQ(cache_.use().stopped_loads, 1U);
  EXPECT_EQ(cache_.use().loads, 1U);
}

TEST(ModelCache, ItsEndStopsALoadThatNobodyWaitsForAnyMore) {
  std::stop_source stop;
  bool stopped = false;
  {
    ModelCache cache({.max_bytes = 1});
    const Loader load = [&](Loading& loading) -> Result<Model> {
      stop.request_stop();
      std::latch told(1);
      const std::stop_callback callback(loading.stop(), [&] { told.count_down(); });
      told.wait();
      stopped = true;
      return fail(ErrorCode::kCancelled, "Stopped.");
    };
    EXPECT_FALSE(cache.get("a", load, {}, stop.get_token()));
  }
  EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace vat::pipeline
