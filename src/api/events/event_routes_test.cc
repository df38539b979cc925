#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"
#include "http/server.h"
#include "http/testing/raw_client.h"

namespace vat::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using ::testing::StartsWith;
using testing::TestService;

std::function<bool(const std::string&)> contains(std::string text) {
  return [text = std::move(text)](const std::string& all) { return all.find(text) != std::string::npos; };
}
bool never(const std::string& /*text*/) { return false; }
bool always(const std::string& /*text*/) { return true; }

/// Follows the events of `path` until `enough` accepts them. Another thread does `work`, from when `begin`
/// does.
Reply follow_during(const std::function<void()>& work, TestService& service, const std::string& path,
                    const std::function<bool(const std::string&)>& enough = never,
                    const std::function<bool(const std::string&)>& begin = always) {
  std::atomic<bool> begun = false;
  const std::jthread worker([&] {
    begun.wait(false);
    work();
  });
  return service.client->follow(path, {}, [&](const std::string& all) {
    begun = begun || begin(all);
    begun.notify_all();
    return enough(all);
  });
}

std::size_t count(const std::string& all, const std::string& text) {
  std::size_t found = 0;
  for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++found;
  return found;
}

/// Ids of the events, in order.
std::vector<long> ids(const std::string& all) {
  std::vector<long> found;
  for (std::size_t at = all.find("id: "); at != std::string::npos; at = all.find("\nid: ", at)) {
    at += all[at] == '\n' ? 5 : 4;
    found.push_back(std::stol(all.substr(at)));
  }
  return found;
}

TEST(EventRoutes, TellAllOfAJobThatHasEndedAndEnd) {
  TestService service;
  const Job job = service.completed();
  const Reply reply = service.client->follow(job_path(job.id) + "/events", {}, never);
  ASSERT_EQ(reply.status, 200);
  EXPECT_THAT(reply.header("Content-Type"), StartsWith("text/event-stream"));
  EXPECT_THAT(reply.body, StartsWith("event: job\ndata: {\"id\":\"" + job.id));
  EXPECT_THAT(reply.body,
              HasSubstr("event: segment\ndata: {\"job_id\":\"" + job.id + "\",\"index\":0,\"start\":0"));
  EXPECT_THAT(reply.body, HasSubstr("event: done\ndata: {\"id\":\"" + job.id));
  EXPECT_EQ(count(reply.body, "event: done"), 1U);
}

TEST(EventRoutes, GoOnAfterTheLastEventThatTheClientSaw) {
  TestService service;
  const std::string path = job_path(service.completed().id) + "/events";
  const std::vector<long> all = ids(service.client->follow(path, {}, never).body);
  ASSERT_GE(all.size(), 3U);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  const Reply rest = service.client->follow(path, {{"Last-Event-ID", std::to_string(all[1])}}, never);
  EXPECT_EQ(ids(rest.body), std::vector<long>(all.begin() + 2, all.end()));
  EXPECT_EQ(ids(service.client->follow(path + "?last_event_id=" + std::to_string(all[1]), {}, never).body),
            ids(rest.body));
  // Everything was seen, so EventSource must not reconnect.
  EXPECT_EQ(service.client->follow(path, {{"Last-Event-ID", std::to_string(all.back())}}, never).status, 204);
}

TEST(EventRoutes, RefuseALastEventThatIsNone) {
  TestService service;
  const std::string path = job_path(service.queued().id) + "/events";
  for (const char* const id : {"x", "-1", "1.5", "99999999999999999999"}) {
    EXPECT_EQ(service.client->follow(path, {{"Last-Event-ID", id}}, never).status, 400) << id;
    EXPECT_EQ(service.client->follow("/api/v1/events?last_event_id=" + std::string(id), {}, never).status,
              400)
        << id;
  }
}

TEST(EventRoutes, TellOfMoreEventsThanOnePageHolds) {
  TestService service;
  const Job job = service.queued();
  const Lease lease = service.claim().lease;
  std::vector<std::pair<std::string, std::string>> events;
  for (int i = 0; i < 350; ++i) events.emplace_back("segment", R"({"n":)" + std::to_string(i) + "}");
  ASSERT_TRUE(service.services().queue.add_events(lease, events));
  ASSERT_TRUE(service.services().queue.complete(lease, {}));
  const Reply reply = service.client->follow(job_path(job.id) + "/events", {}, never);
  EXPECT_EQ(count(reply.body, "event: segment"), 350U);
  EXPECT_THAT(reply.body, HasSubstr("event: done"));
}

TEST(EventRoutes, KeepForASlowReaderWhatItDidNotTakeYet) {
  TestService service;
  const http::Router router = make_router(service.services());
  http::Server server({.port = 0}, router, service.services().pool);
  ASSERT_TRUE(server.start());
  const Job job = service.queued();
  const Lease lease = service.claim().lease;
  http::testing::RawClient client(server.port(), 65'536);
  client.send("GET " + job_path(job.id) + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.head().status, 200);

  // Far more than sockets buffer, while the client reads nothing.
  const std::string text = R"({"text":")" + std::string(4'000, 'x') + R"("})";
  const std::vector<std::pair<std::string, std::string>> events(500, {"segment", text});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(service.services().queue.add_events(lease, events));
  ASSERT_TRUE(service.services().queue.complete(lease, {}));
  http::testing::RawClient other(server.port());
  other.send("GET " + job_path(job.id) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(other.reply().status, 200);

  const std::string all = client.read_until("event: done");
  EXPECT_EQ(count(all, "event: segment"), 1'500U);
  const std::vector<long> seen = ids(all);
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end(), std::greater_equal<>()), seen.end());
  server.stop(std::chrono::seconds(0));
}

TEST(EventRoutes, TellLiveWhatHappens) {
  TestService service;
  const Job job = service.queued();
  const auto work = [&] {
    const Lease lease = service.claim().lease;
    ASSERT_TRUE(service.services().queue.add_events(lease, {{"segment", R"({"text":"live"})"}}));
    ASSERT_TRUE(service.services().queue.complete(lease, {}));
  };
  const Reply reply = follow_during(work, service, job_path(job.id) + "/events");
  EXPECT_THAT(reply.body, HasSubstr("\"state\":\"processing\""));
  EXPECT_THAT(reply.body, HasSubstr("\"text\":\"live\""));
  EXPECT_THAT(reply.body, HasSubstr("event: done"));
}

TEST(EventRoutes, TellWhatAnotherServerDid) {
  TestService service;
  service.services().limits.heartbeat = std::chrono::milliseconds(10);
  const Job job = service.queued();
  const auto work = [&] {
    const auto claimed = service.elsewhere().queue().claim({.worker = "elsewhere"});
    ASSERT_TRUE(claimed && *claimed);
    ASSERT_TRUE(service.elsewhere().queue().complete((*claimed)->lease, {}));
  };
  const Reply reply =
      follow_during(work, service, job_path(job.id) + "/events", never, contains(": heartbeat"));
  EXPECT_THAT(reply.body, HasSubstr("\"state\":\"completed\""));
  EXPECT_THAT(reply.body, HasSubstr("event: done"));
}

TEST(EventRoutes, TellProgressWithoutKeepingIt) {
  TestService service;
  const Job job = service.queued();
  const Lease lease = service.claim().lease;
  const auto work = [&] {
    ASSERT_TRUE(service.services().queue.heartbeat(
        lease, {.stage = Stage::kTranscribe, .fraction = 0.5, .speed = 4}));
    service.services().bus.publish(
        {.kind = Notification::Kind::kProgress, .user_id = kLocalUserId, .job_id = job.id});
  };
  const Reply reply = follow_during(work, service, job_path(job.id) + "/events", contains("event: progress"));
  EXPECT_THAT(reply.body,
              HasSubstr("event: progress\ndata: {\"job_id\":\"" + job.id + "\",\"stage\":\"transcribe\""));
}

TEST(EventRoutes, TellAllJobsFromNowOn) {
  TestService service;
  (void)service.completed("before");
  std::string id;
  const Reply reply = follow_during([&] { id = service.queued("after").id; }, service, "/api/v1/events",
                                    contains("event: state"));
  EXPECT_THAT(reply.body, HasSubstr("{\"job_id\":\"" + id + "\""));
  EXPECT_THAT(reply.body, Not(HasSubstr("event: segment")));
  const Reply all = service.client->follow("/api/v1/events?last_event_id=0", {}, contains(id));
  EXPECT_THAT(all.body, HasSubstr("event: segment"));
}

TEST(EventRoutes, TellOfLabels) {
  TestService service;
  const Job job = service.queued();
  std::string label;
  const auto work = [&] {
    label = service.services().labels.create(kLocalUserId, "talks")->id;
    ASSERT_TRUE(
        service.services().labels.change(kLocalUserId, {.job_ids = {job.id}, .add = {label}, .remove = {}}));
  };
  const Reply reply = follow_during(work, service, "/api/v1/events", [](const std::string& text) {
    return text.find("event: labels") != std::string::npos &&
           text.find("event: label_list\ndata: {}\n") != std::string::npos;
  });
  EXPECT_THAT(reply.body, HasSubstr("event: labels\ndata: {\"job_id\":\"" + job.id +
                                    "\",\"labels\":[{\"id\":\"" + label + "\",\"name\":\"talks\"}]}\n"));
}

TEST(EventRoutes, TellOfPreferences) {
  TestService service;
  const auto work = [&] {
    ASSERT_TRUE(service.services().preferences.change_preferences(
        kLocalUserId, [](const auto&) { return std::string(R"({"theme":"dark"})"); }));
  };
  const Reply reply = follow_during(work, service, "/api/v1/events", [](const std::string& text) {
    return text.find("event: preferences") != std::string::npos;
  });
  EXPECT_THAT(reply.body, HasSubstr("event: preferences\ndata: {}\n"));
}

TEST(EventRoutes, EndWhenTheJobIsDeleted) {
  TestService service;
  const Job job = service.queued();
  const auto work = [&] { ASSERT_TRUE(service.services().jobs.remove(kLocalUserId, job.id)); };
  const Reply reply = follow_during(work, service, job_path(job.id) + "/events");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, StartsWith("event: job"));
}

TEST(EventRoutes, BoundTheStreamsOfAUser) {
  TestService service;
  service.services().limits.max_event_streams = 0;
  const http::Router router = make_router(service.services());
  testing::LocalClient client(router);
  const Reply reply = client.follow("/api/v1/events", {}, never);
  EXPECT_EQ(reply.status, 429);
  EXPECT_FALSE(reply.header("Retry-After").empty());
}

}  // namespace
}  // namespace vat::api
