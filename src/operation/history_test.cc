#include "operation/history.h"

#include <gmock/gmock.h>

#include <thread>

namespace vat::operation {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::SizeIs;

const UtcTime kBegan = parse_rfc3339("2026-11-29T10:00:00Z").value();

TEST(History, AStepThatIsNotOverIsThereFromTheStart) {
  History history(kBegan);
  history.count_request("/api/v1/jobs", 200, milliseconds(3));
  history.count_request("/api/v1/jobs", 503, milliseconds(3));
  history.count_request("/api/v1/jobs", 404, milliseconds(3));
  const auto points = history.points(FigureSpan::kHour, kBegan + seconds(30),
                                     {.waiting = 4, .running = 2, .resident_bytes = 9, .cpu_seconds = 60});
  ASSERT_THAT(points, SizeIs(1));
  EXPECT_EQ(points[0].at, kBegan);
  EXPECT_EQ(points[0].length, seconds(30));
  EXPECT_EQ(points[0].requests, 3U);
  EXPECT_EQ(points[0].failed, 1U);
  EXPECT_EQ(points[0].waiting, 4U);
  EXPECT_EQ(points[0].running, 2U);
  EXPECT_EQ(points[0].resident_bytes, 9U);
  EXPECT_DOUBLE_EQ(points[0].cpu, 2);
}

TEST(History, DurationsAreToldByTheirMiddleAndTheirSlowest) {
  History history(kBegan);
  EXPECT_FALSE(history.points(FigureSpan::kHour, kBegan, {})[0].median);
  for (int i = 0; i < 90; ++i) history.count_request("/a", 200, milliseconds(3));
  for (int i = 0; i < 10; ++i) history.count_request("/a", 200, milliseconds(900));
  for (int i = 0; i < 900; ++i) history.count_request("/api/v1/events", 200, hours(2));
  history.count_request("/a", 200, hours(9));
  const FigurePoint point = history.points(FigureSpan::kHour, kBegan + seconds(1), {})[0];
  EXPECT_EQ(point.requests, 1001U);
  EXPECT_GE(point.median.value(), 0.002);
  EXPECT_LE(point.median.value(), 0.004);
  EXPECT_GE(point.slow.value(), 0.5);
  EXPECT_LE(point.slow.value(), 1.1);
}

TEST(History, ADayIsToldByTheQuarterOfAnHourWithItsHighestValues) {
  History history(kBegan);
  UtcTime now = kBegan;
  for (std::uint64_t minute = 0; minute < 60; ++minute) {
    history.count_request("/a", 200, microseconds(1));
    now += minutes(1);
    history.end_step(now, {.waiting = minute, .cpu_seconds = static_cast<double>(minute + 1) * 30});
  }
  const auto day = history.points(FigureSpan::kDay, now + seconds(1), {.cpu_seconds = 60 * 30});
  ASSERT_THAT(day, SizeIs(5));
  EXPECT_EQ(day[1].at, kBegan + minutes(15));
  EXPECT_EQ(day[1].length, minutes(15));
  EXPECT_EQ(day[1].requests, 15U);
  EXPECT_EQ(day[1].waiting, 29U);
  EXPECT_DOUBLE_EQ(day[1].cpu, 0.5);
  const auto hour = history.points(FigureSpan::kHour, now, {});
  ASSERT_THAT(hour, SizeIs(61));
  EXPECT_EQ(hour[59].waiting, 59U);
  EXPECT_EQ(hour[60].requests, 0U);
}

TEST(History, NothingIsKeptForLongerThanADay) {
  History history(kBegan);
  UtcTime now = kBegan;
  for (int minute = 0; minute < 3 * 24 * 60; ++minute) {
    now += minutes(1);
    history.end_step(now, {});
  }
  EXPECT_LE(history.points(FigureSpan::kDay, now, {}).size(), 97U);
  EXPECT_LE(history.points(FigureSpan::kHour, now, {}).size(), 61U);
  EXPECT_GE(history.points(FigureSpan::kDay, now, {}).front().at, now - hours(24));
}

TEST(History, AClockThatIsSetBackDoesNoHarm) {
  History history(kBegan);
  history.end_step(kBegan - hours(1), {.cpu_seconds = 5});
  const auto points = history.points(FigureSpan::kHour, kBegan - hours(2), {.cpu_seconds = 4});
  for (const FigurePoint& point : points) {
    EXPECT_GE(point.length, milliseconds(0));
    EXPECT_GE(point.cpu, 0);
  }
}

TEST(History, ManyThreadsCount) {
  History history(kBegan);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int request = 0; request < 1000; ++request) history.count_request("/a", 200, microseconds(5));
      });
    for (int i = 0; i < 100; ++i) (void)history.points(FigureSpan::kDay, kBegan, {});
  }
  EXPECT_EQ(history.points(FigureSpan::kHour, kBegan, {})[0].requests, 4000U);
}

}  // namespace
}  // namespace vat::operation
