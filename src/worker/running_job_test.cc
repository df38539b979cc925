#include "worker/running_job.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "worker/testing/forwarding_queue.h"
#include "worker/testing/test_service.h"

namespace vat::worker {
namespace {

class CountingQueue : public testing::ForwardingQueue {
 public:
  using ForwardingQueue::ForwardingQueue;
  std::vector<std::size_t> batches;

  Result<> add_events(const Lease&, const std::vector<std::pair<std::string, std::string>>& events) override {
    batches.push_back(events.size());
    return {};
  }
};

TEST(RunningJobTest, TheFirstEventIsWrittenAtOnceAndLaterOnesTogether) {
  const auto folder = TemporaryDirectory::create().value();
  auto service = testing::TestService({.folder = folder.path()});
  CountingQueue queue(service.queue());
  int due = 0;
  RunningJob job(queue, {}, std::chrono::minutes(10), [&] { ++due; });
  job.add_event("segment", "1");
  EXPECT_EQ(due, 1);
  ASSERT_TRUE(job.write_events(false));
  EXPECT_EQ(queue.batches, std::vector<std::size_t>{1});
  job.add_event("segment", "2");
  job.add_event("segment", "3");
  EXPECT_EQ(due, 1);
  ASSERT_TRUE(job.write_events(true));
  EXPECT_EQ(queue.batches, (std::vector<std::size_t>{1, 2}));
  for (int i = 0; i < 50; ++i) job.add_event("segment", "more");
  EXPECT_EQ(due, 2);
  ASSERT_TRUE(job.write_events(false));
  EXPECT_EQ(queue.batches.back(), 50U);
}

}  // namespace
}  // namespace vat::worker
