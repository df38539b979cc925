#include "operation/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace vat::operation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::Pair;

Result<> good() { return {}; }
Check counted(std::atomic<int>& asked) {
  return {"database", [&asked]() -> Result<> {
            ++asked;
            return {};
          }};
}

TEST(Readiness, WhatIsNotVitalIsToldAndNotRequired) {
  Readiness readiness(
      {{"database", good},
       {"voices", [] { return fail(ErrorCode::kUnavailable, "They are on their way."); }, false}});
  EXPECT_EQ(to_json(readiness.report()),
            R"({"status":"ok","checks":{"database":"ok","voices":"They are on their way."}})");
}

TEST(Readiness, AllChecksMustBeGood) {
  std::atomic<bool> full = false;
  Readiness readiness({{"database", good},
                       {"storage",
                        [&]() -> Result<> {
                          if (full) return fail(ErrorCode::kDiskFull, "The disk is full.");
                          return {};
                        }}},
                      milliseconds(0), minutes(1));
  EXPECT_EQ(to_json(readiness.report()), R"({"status":"ok","checks":{"database":"ok","storage":"ok"}})");
  full = true;
  const ReadinessReport report = readiness.report();
  EXPECT_FALSE(report.ready);
  EXPECT_EQ(to_json(report),
            R"({"status":"unavailable","checks":{"database":"ok","storage":"The disk is full."}})");
}

TEST(Readiness, AnAnswerIsGivenAgainWhileItIsFresh) {
  std::atomic<int> asked = 0;
  Readiness readiness({counted(asked)}, hours(1), minutes(1));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(readiness.report().ready);
  EXPECT_EQ(asked, 1);
}

TEST(Readiness, ACheckThatHangsFailsAloneAndIsNotBegunTwice) {
  std::latch go_on(1);
  std::atomic<int> asked = 0;
  Readiness readiness({{"database",
                        [&]() -> Result<> {
                          ++asked;
                          go_on.wait();
                          return {};
                        }},
                       {"storage", good}},
                      milliseconds(0), milliseconds(50));
  for (int i = 0; i < 3; ++i) {
    const ReadinessReport report = readiness.report();
    EXPECT_FALSE(report.ready);
    EXPECT_THAT(report.checks,
                ElementsAre(Pair("database", "It did not answer in time."), Pair("storage", "ok")));
  }
  EXPECT_EQ(asked, 1);
  go_on.count_down();
}

TEST(Readiness, ACheckIsSaidToBeAsItIsSinceItChanged) {
  std::atomic<bool> full = false;
  Readiness readiness({{"storage",
                        [&]() -> Result<> {
                          if (full) return fail(ErrorCode::kDiskFull, "The disk is full.");
                          return {};
                        },
                        false}},
                      milliseconds(0), minutes(1));
  const CheckState well = readiness.states().at(0);
  EXPECT_TRUE(well.ok);
  EXPECT_FALSE(well.vital);
  EXPECT_EQ(well.message, "");
  EXPECT_EQ(readiness.states().at(0).since, well.since);
  full = true;
  const CheckState ill = readiness.states().at(0);
  EXPECT_FALSE(ill.ok);
  EXPECT_EQ(ill.message, "The disk is full.");
  EXPECT_GE(ill.since, well.since);
  EXPECT_EQ(readiness.states().at(0).since, ill.since);
}

TEST(Readiness, ManyMayAskAtOnce) {
  std::atomic<int> asked = 0;
  Readiness readiness({counted(asked)}, hours(1), minutes(1));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_TRUE(readiness.report().ready); });
  threads.clear();
  EXPECT_LE(asked, 2);
}

}  // namespace
}  // namespace vat::operation
