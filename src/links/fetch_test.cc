#include "links/fetch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "net/curl_http_client.h"
#include "net/testing/http_test_server.h"

namespace vat::links {
namespace {

using std::chrono::milliseconds;
using test_server::HttpTestServer;
using test_server::Reply;
using test_server::serve_file;
using test_server::ServedRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Keeps everything in memory, as a disk keeps it when a process dies.
class Memory final : public Landing {
 public:
  [[nodiscard]] std::uint64_t size() const override { return bytes.size(); }
  Result<> append(std::string_view more) override {
    if (bytes.size() + more.size() > room) return fail(ErrorCode::kDiskFull, "There is no room.");
    bytes += more;
    return {};
  }
  Result<> clear() override {
    bytes.clear();
    text.clear();
    return {};
  }
  [[nodiscard]] std::string note() const override { return text; }
  Result<> set_note(std::string_view now) override {
    EXPECT_TRUE(bytes.empty() || !text.empty()) << "a note is there before the bytes";
    text = now;
    return {};
  }

  std::string bytes, text;
  std::size_t room = 1U << 30U;
};

std::string content(std::size_t size, unsigned seed = 1) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>((seed = seed * 1'103'515'245U + 12'345U) >> 16U);
  return bytes;
}

class FetchTest : public ::testing::Test {
 protected:
  Result<FetchedFile> get(const HttpTestServer& server, const std::string& path = "/talk.mp4",
                          const std::stop_token& stop = {}) {
    return fetch(
        http, {.url = server.url(path), .headers = {}}, landing, limits,
        [this](std::uint64_t done, std::uint64_t total) {
          seen_done = done;
          seen_total = total;
        },
        stop);
  }
  /// Cuts the connection after so many bytes of each answer.
  static Reply cut(Reply reply, std::size_t after) {
    reply.close_after = after;
    return reply;
  }
  static std::vector<std::string> ranges(const HttpTestServer& server) {
    std::vector<std::string> all;
    for (const ServedRequest& request : server.requests()) all.push_back(request.header("Range"));
    return all;
  }

  net::CurlHttpClient http;
  Memory landing;
  FetchLimits limits{.first_pause = milliseconds(1)};
  std::uint64_t seen_done = 0, seen_total = 0;
  std::atomic<bool> server_stalls = false;
};

TEST_F(FetchTest, AFileArrivesWithItsName) {
  const std::string file = content(300'000);
  const HttpTestServer server([&](const ServedRequest& request) {
    Reply reply = serve_file(request, file, "\"v1\"");
    reply.headers.emplace_back("Content-Disposition", "attachment; filename=\"own name.mp4\"");
    reply.headers.emplace_back("Content-Type", "video/mp4");
    return reply;
  });
  const auto fetched = get(server);
  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_EQ(fetched->name, "own name.mp4");
  EXPECT_EQ(fetched->content_type, "video/mp4");
  EXPECT_EQ(landing.bytes, file);
  EXPECT_EQ(seen_done, file.size());
  EXPECT_EQ(seen_total, file.size());
  // Another process finds it whole, and asks nobody.
  EXPECT_EQ(get(server)->name, "own name.mp4");
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(FetchTest, ABrokenConnectionIsContinued) {
  const std::string file = content(300'000);
  const HttpTestServer server(
      [&](const ServedRequest& request) { return cut(serve_file(request, file, "\"v1\""), 130'000); });
  const auto fetched = get(server);
  ASSERT_TRUE(fetched) << fetched.error().message;
  EXPECT_EQ(landing.bytes, file);
  EXPECT_THAT(ranges(server), ElementsAre("", "bytes=130000-", "bytes=260000-"));
  EXPECT_EQ(server.requests()[1].header("If-Range"), "\"v1\"");
}

TEST_F(FetchTest, AnotherCallContinuesAndAChangedFileBeginsAnew) {
  const std::string old_file = content(300'000, 1);
  const std::string new_file = content(310'000, 2);
  std::atomic<bool> changed = false;
  std::stop_source stop;
  const HttpTestServer server([&](const ServedRequest& request) {
    Reply reply = serve_file(request, changed ? new_file : old_file, changed ? "\"v2\"" : "\"v1\"");
    if (server_stalls) {
      reply.close_after = 100'000;
      reply.stall = true;
    }
    return reply;
  });
  server_stalls = true;
  {
    const auto stopped = fetch(
        http, {.url = server.url("/a.mp4"), .headers = {}}, landing, limits,
        [&](std::uint64_t done, std::uint64_t) {
          if (done == 100'000) stop.request_stop();
        },
        stop.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(landing.bytes, old_file.substr(0, 100'000));
  }
  server_stalls = false;
  Memory before = landing;
  ASSERT_TRUE(get(server, "/a.mp4"));
  EXPECT_EQ(landing.bytes, old_file);
  EXPECT_EQ(ranges(server).back(), "bytes=100000-");

  landing = before;
  changed = true;
  ASSERT_TRUE(get(server, "/a.mp4"));
  EXPECT_EQ(landing.bytes, new_file) << "not a mixture of both";
}

TEST_F(FetchTest, WithoutProofOfTheSameFileItBeginsAnew) {
  const std::string file = content(200'000);
  std::atomic<int> count = 0;
  const HttpTestServer server([&](const ServedRequest& request) {
    Reply reply = serve_file(request, file, "W/\"weak\"");
    if (count++ == 0) reply.close_after = 150'000;
    return reply;
  });
  ASSERT_TRUE(get(server));
  EXPECT_EQ(landing.bytes, file);
  EXPECT_THAT(ranges(server), ElementsAre("", ""));
}

TEST_F(FetchTest, APartThatWasNotAskedForIsNotTaken) {
  const std::string file = content(200'000);
  std::atomic<int> count = 0;
  const HttpTestServer server([&](const ServedRequest& request) {
    Reply reply = serve_file(request, file, "\"v1\"");
    switch (count++) {
      case 0:
        return cut(reply, 100'000);
      case 1:
        reply.headers.back().second = "bytes 99999-199999/200000";
        return reply;
      default:
        return reply;
    }
  });
  ASSERT_TRUE(get(server));
  EXPECT_EQ(landing.bytes, file);
  EXPECT_THAT(ranges(server), ElementsAre("", "bytes=100000-", ""));
}

TEST_F(FetchTest, AFileOfUnknownLengthThatIsWholeIsNotFetchedAgain) {
  const std::string file = content(50'000);
  const HttpTestServer server(
      [&](const ServedRequest& request) { return serve_file(request, file, "\"v1\""); });
  landing.bytes = file;
  landing.text = "\"v1\"\ntalk.mp4\nvideo/mp4\n\n";
  EXPECT_EQ(get(server)->name, "talk.mp4");
  EXPECT_EQ(landing.bytes, file);
  EXPECT_THAT(ranges(server), ElementsAre("bytes=50000-"));
  // More than the file has.
  landing.bytes = file + "x";
  landing.text = "\"v1\"\ntalk.mp4\nvideo/mp4\n\n";
  ASSERT_TRUE(get(server));
  EXPECT_EQ(landing.bytes, file);
}

TEST_F(FetchTest, AServerThatBringsNothingNewIsGivenUp) {
  const std::string file = content(200'000);
  const HttpTestServer server([&](const ServedRequest& request) {
    return cut(serve_file(request, file, "\"v1\""), request.header("Range").empty() ? 70'000 : 0);
  });
  const auto failed = get(server);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kNetwork);
  EXPECT_TRUE(failed.error().retryable);
  EXPECT_EQ(server.requests().size(), 4U) << "the first brought something, three did not";
  EXPECT_EQ(landing.size(), 70'000U);
}

TEST_F(FetchTest, ALengthThatIsALieEndsInAnErrorOrAtTheLength) {
  Reply longer;
  longer.body = content(1'000);
  longer.claimed_length = 2'000;
  const HttpTestServer promises_more(longer);
  EXPECT_EQ(get(promises_more).error().code, ErrorCode::kNetwork);
  Reply shorter;
  shorter.body = content(2'000);
  shorter.claimed_length = 1'000;
  const HttpTestServer sends_more(shorter);
  ASSERT_TRUE(get(sends_more));
  EXPECT_EQ(landing.bytes, shorter.body.substr(0, 1'000));
}

TEST_F(FetchTest, AnEndlessBodyEndsAtTheLimit) {
  limits.max_bytes = 1'000'000;
  Reply endless;
  endless.body = content(65'536);
  endless.endless = true;
  const HttpTestServer server(endless);
  const auto failed = get(server);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kLimit);
  EXPECT_FALSE(failed.error().retryable);
  EXPECT_EQ(failed.error().message, "The file at 127.0.0.1:" + std::to_string(server.port()) +
                                        " is larger than 1.0 MB, which is the limit.");
  EXPECT_LE(landing.size(), limits.max_bytes);
}

TEST_F(FetchTest, AFileThatSaysThatItIsTooLargeIsNotFetched) {
  limits.max_bytes = 1'000;
  Reply large;
  large.body = content(1'001);
  EXPECT_EQ(get(HttpTestServer(large)).error().code, ErrorCode::kLimit);
  EXPECT_EQ(landing.size(), 0U);
}

TEST_F(FetchTest, ASlowServerIsLeft) {
  limits.rate_window = milliseconds(50);
  limits.min_bytes_per_window = 100;
  Reply slow;
  slow.body = content(10'000);
  slow.drip = milliseconds(5);
  const auto failed = get(HttpTestServer(slow));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kLimit);
  EXPECT_THAT(failed.error().message, HasSubstr("sends the file too slowly."));
}

TEST_F(FetchTest, TheWholeHasADeadline) {
  limits.total_timeout = milliseconds(150);
  Reply slow;
  slow.body = content(10'000);
  slow.drip = milliseconds(5);
  const auto failed = get(HttpTestServer(slow));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kLimit);
  EXPECT_THAT(failed.error().message, HasSubstr("did not send the file in time."));
}

TEST_F(FetchTest, ASilentServerIsLeft) {
  limits.idle_timeout = milliseconds(100);
  Reply silent;
  silent.silent = true;
  const auto failed = get(HttpTestServer(silent));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kNetwork);
}

TEST_F(FetchTest, EachRefusalHasItsCodeAndSentence) {
  const auto refusal = [&](int status) {
    const HttpTestServer server(Reply{.status = status, .body = "no"});
    const Error error = get(server).error();
    const std::string host = "127.0.0.1:" + std::to_string(server.port());
    EXPECT_EQ(error.message.find(host), 0U);
    return std::string(traits(error.code).name) + (error.retryable ? "+" : "") +
           error.message.substr(host.size());
  };
  EXPECT_EQ(refusal(404), "not_found has no such file (HTTP 404).");
  EXPECT_EQ(refusal(410), "not_found has no such file (HTTP 410).");
  EXPECT_EQ(refusal(401), "unauthorized does not give the file to strangers (HTTP 401).");
  EXPECT_EQ(refusal(403), "unauthorized does not give the file to strangers (HTTP 403).");
  EXPECT_EQ(refusal(405), "invalid_argument refuses to send the file (HTTP 405).");
  EXPECT_EQ(refusal(451), "invalid_argument refuses to send the file (HTTP 451).");
  EXPECT_EQ(refusal(204), "invalid_argument refuses to send the file (HTTP 204).");
  EXPECT_EQ(refusal(429), "network+ cannot send the file now (HTTP 429).");
  EXPECT_EQ(refusal(503), "network+ cannot send the file now (HTTP 503).");
  EXPECT_EQ(landing.size(), 0U);
}

TEST_F(FetchTest, APageIsNoRecording) {
  for (const char* page : {"<!DOCTYPE html><title>x", "\xEF\xBB\xBF\n <html lang=en>", "<HTML>"}) {
    const auto failed = get(HttpTestServer(Reply{.headers = {{"Content-Type", "video/mp4"}}, .body = page}));
    ASSERT_FALSE(failed) << page;
    EXPECT_EQ(failed.error().code, ErrorCode::kBadMedia);
    EXPECT_THAT(failed.error().message, HasSubstr("sent a web page, not a recording"));
  }
}

TEST_F(FetchTest, WhatTheDiskSaysIsTheError) {
  landing.room = 100;
  const auto failed = get(HttpTestServer(Reply{.body = content(1'000)}));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kDiskFull);
}

TEST_F(FetchTest, AStopEndsAWaitForAnotherAttempt) {
  limits.first_pause = milliseconds(600'000);
  const HttpTestServer server(Reply{.status = 503});
  std::stop_source stop;
  std::jthread stopping([&] {
    EXPECT_TRUE(server.wait_for_requests(1));
    stop.request_stop();
  });
  EXPECT_EQ(get(server, "/", stop.get_token()).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace vat::links
