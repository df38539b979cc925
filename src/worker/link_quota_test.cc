// The bytes behind a link count against the quota of its user as those of an upload do.
#include <gmock/gmock.h>

#include "base/file.h"
#include "domain/user.h"
#include "net/testing/http_test_server.h"
#include "worker/testing/test_service.h"

namespace vat::worker {
namespace {

using ::testing::HasSubstr;

TEST(LinkQuota, WhatDoesNotFitFailsAndDoesNotStay) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  const auto path = folder.path() / "numbers.wav";
  testing::write_numbered_recording(path, Millis(5'000), 7);
  const std::string recording = read_file(path, 10'000'000).value();
  const test_server::HttpTestServer server([&](const test_server::ServedRequest& request) {
    return test_server::serve_file(request, recording, "\"v1\"");
  });
  testing::TestService service({.folder = folder.path()});
  Worker worker(service.services(), {.name = "test:1", .poll = std::chrono::milliseconds(50)});
  worker.start();
  const auto used = [&] { return service.quotas().allowance(kLocalUserId)->usage.stored_bytes; };
  const auto allow = [&](std::uint64_t bytes) {
    ASSERT_TRUE(service.quotas().set_own(kLocalUserId, {.stored_bytes = bytes}));
  };

  allow(recording.size() - 1);
  const Job refused = service.wait_for_end(
      service.create_of_link(server.url("/a.wav"), "a.wav", R"({"formats":["txt"]})").id);
  ASSERT_EQ(refused.state, JobState::kFailed);
  EXPECT_EQ(refused.attempt, 1) << "it is not fetched again by itself";
  EXPECT_EQ(refused.failure->code, ErrorCode::kLimit);
  EXPECT_THAT(refused.failure->message, HasSubstr("delete some first"));
  EXPECT_EQ(used(), 0U);
  EXPECT_EQ(service.stored_files(), 0U);

  allow(2 * recording.size());
  ASSERT_TRUE(service.jobs().retry(kLocalUserId, refused.id));
  const Job done = service.wait_for_end(refused.id);
  ASSERT_EQ(done.state, JobState::kCompleted) << done.failure->message;
  EXPECT_GE(used(), recording.size());
  EXPECT_EQ(service.uploads().get(kLocalUserId, done.upload_id)->size, recording.size());
  worker.stop(std::chrono::milliseconds(0));
  EXPECT_EQ(service.staged_files(), 0U);
}

}  // namespace
}  // namespace vat::worker
