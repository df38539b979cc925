#include "queue/local_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace vat::queue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Notification event(const std::string& user, const std::string& job) {
  return {.kind = Notification::Kind::kEvent, .user_id = user, .job_id = job};
}

class LocalBusTest : public testing::Test {
 protected:
  /// Writes down the job of each notification.
  EventBus::Subscription listen(const std::string& user, const std::string& job,
                                std::vector<std::string>& heard) {
    return bus_->subscribe(
        user, job, [&heard](const Notification& notification) { heard.push_back(notification.job_id); });
  }
  std::unique_ptr<EventBus> bus_ = make_local_bus();
};

TEST_F(LocalBusTest, EachHearsWhatConcernsIt) {
  std::vector<std::string> everything, of_ann, of_job, of_anns_job, of_bobs_job;
  const std::vector<EventBus::Subscription> all = {listen("", "", everything), listen("ann", "", of_ann),
                                                   listen("", "j1", of_job), listen("ann", "j1", of_anns_job),
                                                   listen("bob", "j1", of_bobs_job)};
  bus_->publish(event("ann", "j1"));
  bus_->publish(event("ann", "j2"));
  bus_->publish(event("bob", "j3"));
  bus_->publish({.kind = Notification::Kind::kDelivery});
  EXPECT_THAT(everything, ElementsAre("j1", "j2", "j3", ""));
  EXPECT_THAT(of_ann, ElementsAre("j1", "j2"));
  EXPECT_THAT(of_job, ElementsAre("j1"));
  EXPECT_THAT(of_anns_job, ElementsAre("j1"));
  EXPECT_THAT(of_bobs_job, IsEmpty());
}

TEST_F(LocalBusTest, TheKindArrives) {
  Notification::Kind kind = Notification::Kind::kEvent;
  const auto subscription =
      bus_->subscribe("", "", [&](const Notification& notification) { kind = notification.kind; });
  bus_->publish({.kind = Notification::Kind::kCancel, .user_id = "ann", .job_id = "j1"});
  EXPECT_EQ(kind, Notification::Kind::kCancel);
}

TEST_F(LocalBusTest, AnEndedSubscriptionHearsNothingAndLetsGoOfWhatItHeld) {
  const auto held = std::make_shared<int>(0);
  auto subscription = bus_->subscribe("", "j1", [held](const Notification&) { ++*held; });
  bus_->publish(event("ann", "j1"));
  subscription.reset();
  bus_->publish(event("ann", "j1"));
  EXPECT_EQ(*held, 1);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(LocalBusTest, ASubscriptionMayOutliveTheBus) {
  auto subscription = bus_->subscribe("", "", [](const Notification&) {});
  bus_.reset();
  subscription.reset();
}

TEST_F(LocalBusTest, AListenerMayEndItselfSubscribeAndPublish) {
  int heard = 0;
  EventBus::Subscription first, second;
  first = bus_->subscribe("", "j1", [&](const Notification&) {
    first.reset();
    second = bus_->subscribe("", "j2", [&](const Notification&) { ++heard; });
    bus_->publish(event("ann", "j2"));
  });
  bus_->publish(event("ann", "j1"));
  bus_->publish(event("ann", "j1"));
  EXPECT_EQ(heard, 1);
}

TEST_F(LocalBusTest, TheEndWaitsForACallOnAnotherThread) {
  std::latch inside(1), ending(1), leave(1);
  std::atomic<bool> returned = false;
  auto subscription = bus_->subscribe("", "j1", [&](const Notification&) {
    inside.count_down();
    leave.wait();
    returned = true;
  });
  std::thread publisher([&] { bus_->publish(event("ann", "j1")); });
  inside.wait();
  std::thread ender([&] {
    ending.count_down();
    subscription.reset();
    EXPECT_TRUE(returned) << "the subscription ended while its listener ran";
  });
  ending.wait();
  leave.count_down();
  ender.join();
  publisher.join();
}

TEST_F(LocalBusTest, ThreadsMayPublishSubscribeAndEndAtOnce) {
  constexpr int kRounds = 2000;
  std::atomic<int> heard = 0;
  const auto keeper = bus_->subscribe("ann", "", [&](const Notification&) { ++heard; });
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) bus_->publish(event("ann", "j" + std::to_string(i % 10)));
    });
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        // The listener's target is destroyed right after the subscription; a late call would be a use after
        // free.
        auto counter = std::make_unique<std::atomic<int>>(0);
        auto subscription = bus_->subscribe("", "j" + std::to_string(i % 10),
                                            [c = counter.get()](const Notification&) { ++*c; });
        std::this_thread::yield();
        subscription.reset();
        counter.reset();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(heard, 2 * kRounds);
}

TEST_F(LocalBusTest, ListenersOfOtherJobsAreNotEvenAsked) {
  int called = 0;
  std::vector<EventBus::Subscription> others;
  for (int i = 0; i < 20'000; ++i)
    others.push_back(
        bus_->subscribe("ann", "other" + std::to_string(i), [&](const Notification&) { ++called; }));
  int heard = 0;
  const auto mine = bus_->subscribe("ann", "j1", [&](const Notification&) { ++heard; });
  for (int i = 0; i < 1000; ++i) bus_->publish(event("ann", "j1"));
  EXPECT_EQ(heard, 1000);
  EXPECT_EQ(called, 0);
}

}  // namespace
}  // namespace vat::queue
