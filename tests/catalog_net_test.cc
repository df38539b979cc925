// The catalogue's downloads over real connections to a server that drops connections, lies, ignores requests,
// and serves several processes at once.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "catalog/store.h"
#include "child.h"
#include "net/curl_http_client.h"
#include "net/testing/http_test_server.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::vat::test::Child;
using ::vat::test_server::HttpTestServer;
using ::vat::test_server::Reply;
using ::vat::test_server::serve_file;
using ::vat::test_server::ServedRequest;

constexpr std::size_t kBytes = 1'000'000;
constexpr std::string_view kEtag = "\"first\"";

std::string random_bytes(std::size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(generator());
  return bytes;
}

class CatalogNetTest : public testing::Test {
 protected:
  /// A store whose publisher is `server`.
  [[nodiscard]] StoreOptions options(const HttpTestServer& server) {
    base_url_ = server.url("/models");
    models_ = {PublishedModel{"m", ModelKind::kRecognition, content_.size(), digest_, base_url_}};
    StoreOptions options;
    options.directory = directory();
    options.models = models_;
    options.packages = {};
    options.first_pause = std::chrono::milliseconds(1);
    return options;
  }
  Result<fs::path> pull(const HttpTestServer& server, std::stop_token stop = {}) {
    net::CurlHttpClient client;
    return ModelStore(client, options(server)).pull("m", {}, stop);
  }
  [[nodiscard]] fs::path directory() const { return dir_.path() / "models"; }
  [[nodiscard]] fs::path partial() const { return directory() / "ggml-m.bin.partial"; }
  void leave_partial(std::string_view bytes, std::string_view etag) {
    ASSERT_TRUE(write_file_atomically(partial(), bytes, Overwrite::kReplace));
    if (etag.empty()) return;
    ASSERT_TRUE(write_file_atomically(partial().string() + ".etag", etag, Overwrite::kReplace));
  }
  void expect_installed() {
    EXPECT_EQ(hash_file(Digest::kSha1, directory() / "ggml-m.bin").value_or("missing"), digest_);
    EXPECT_FALSE(fs::exists(partial()));
    EXPECT_FALSE(fs::exists(partial().string() + ".etag"));
  }
  [[nodiscard]] Child spawn_pull(const HttpTestServer& server) {
    return Child({PULL_MODEL_PROGRAM, directory().string(), server.url("/models"), "m",
                  std::to_string(content_.size()), digest_});
  }

  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
  const std::string content_ = random_bytes(kBytes, 1);
  const std::string digest_ = hash_hex(Digest::kSha1, content_);
  std::string base_url_;
  std::array<PublishedModel, 1> models_;
};

TEST_F(CatalogNetTest, AModelIsFetchedAndProgressReported) {
  HttpTestServer server([&](const ServedRequest& request) { return serve_file(request, content_, kEtag); });
  net::CurlHttpClient client;
  std::uint64_t downloaded = 0;
  std::uint64_t verified = 0;
  const PullSink progress = [&](const PullProgress& now) {
    EXPECT_EQ(now.total, kBytes);
    std::uint64_t& last = now.phase == PullPhase::kVerifying ? verified : downloaded;
    EXPECT_GE(now.done, last);
    last = now.done;
  };
  const auto path = ModelStore(client, options(server)).pull("m", progress, {});
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(*path, directory() / "ggml-m.bin");
  EXPECT_EQ(downloaded, kBytes);
  EXPECT_EQ(verified, kBytes);
  EXPECT_EQ(server.requests().at(0).target, "/models/ggml-m.bin");
  EXPECT_EQ(server.requests().at(0).header("Range"), "");
  expect_installed();
}

TEST_F(CatalogNetTest, AMirrorTakesThePublishersPlace) {
  HttpTestServer mirror([&](const ServedRequest& request) { return serve_file(request, content_, kEtag); });
  StoreOptions mirrored = options(mirror);
  mirrored.mirror = mirror.url("/get?file={file}");
  net::CurlHttpClient client;
  ASSERT_TRUE(ModelStore(client, mirrored).pull("m", {}, {}));
  EXPECT_EQ(mirror.requests().at(0).target, "/get?file=ggml-m.bin");
}

TEST_F(CatalogNetTest, ABrokenDownloadResumesWhereItStopped) {
  HttpTestServer server([&](const ServedRequest& request) {
    Reply reply = serve_file(request, content_, kEtag);
    if (reply.body.size() > 300'000) reply.close_after = 300'000;
    return reply;
  });
  const auto path = pull(server);
  ASSERT_TRUE(path) << path.error().message;
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[1].header("Range"), "bytes=300000-");
  EXPECT_EQ(requests[1].header("If-Range"), kEtag);
  EXPECT_EQ(requests[3].header("Range"), "bytes=900000-");
  expect_installed();
}

TEST_F(CatalogNetTest, AServerThatKeepsDroppingConnectionsIsGivenUpAndTheBytesAreKept) {
  HttpTestServer server([&](const ServedRequest& request) {
    Reply reply = serve_file(request, content_, kEtag);
    reply.close_after = request.header("Range").empty() ? 400'000 : 0;
    return reply;
  });
  const auto first = pull(server);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::kNetwork);
  EXPECT_THAT(first.error().message, HasSubstr("the next attempt resumes there"));
  EXPECT_EQ(fs::file_size(partial()), 400'000U);

  HttpTestServer healed([&](const ServedRequest& request) { return serve_file(request, content_, kEtag); });
  ASSERT_TRUE(pull(healed));
  EXPECT_EQ(healed.requests().at(0).header("Range"), "bytes=400000-");
  expect_installed();
}

TEST_F(CatalogNetTest, AServerThatIgnoresRangesIsReadFromTheStart) {
  leave_partial(content_.substr(0, 600'000), kEtag);
  HttpTestServer server([&](const ServedRequest&) { return Reply{.body = content_}; });
  ASSERT_TRUE(pull(server));
  EXPECT_EQ(server.requests().size(), 1U);
  expect_installed();
}

TEST_F(CatalogNetTest, AFileThatChangedIsReadFromTheStart) {
  leave_partial(random_bytes(600'000, 2), "\"older\"");
  HttpTestServer server([&](const ServedRequest& request) { return serve_file(request, content_, kEtag); });
  ASSERT_TRUE(pull(server));
  EXPECT_EQ(server.requests().size(), 1U);
  expect_installed();
}

TEST_F(CatalogNetTest, GarbageOfAnEarlierRunIsDetectedAndFetchedAgain) {
  leave_partial(random_bytes(600'000, 2), {});
  HttpTestServer server([&](const ServedRequest& request) { return serve_file(request, content_, kEtag); });
  const auto path = pull(server);
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(server.requests().size(), 2U);
  expect_installed();
}

TEST_F(CatalogNetTest, ACompletePartialNeedsNoServer) {
  leave_partial(content_, {});
  HttpTestServer server(Reply{.status = 500});
  ASSERT_TRUE(pull(server));
  EXPECT_TRUE(server.requests().empty());
  expect_installed();
}

TEST_F(CatalogNetTest, ACompletePartialOfGarbageIsFetchedAgain) {
  leave_partial(random_bytes(kBytes, 2), {});
  HttpTestServer server([&](const ServedRequest& request) { return serve_file(request, content_, kEtag); });
  const auto path = pull(server);
  ASSERT_TRUE(path) << path.error().message;
  expect_installed();
}

TEST_F(CatalogNetTest, APartialThatIsTooLongIsFetchedAgain) {
  leave_partial(random_bytes(kBytes * 2, 2), {});
  HttpTestServer server([&](const ServedRequest& request) { return serve_file(request, content_, kEtag); });
  ASSERT_TRUE(pull(server));
  EXPECT_EQ(server.requests().at(0).header("Range"), "");
  expect_installed();
}

TEST_F(CatalogNetTest, AWrongPartIsNotAppended) {
  leave_partial(content_.substr(0, 600'000), {});
  HttpTestServer server([&](const ServedRequest& request) {
    Reply reply = serve_file(request, content_, kEtag);
    if (reply.status == 206) reply.headers = {{"Content-Range", "bytes 0-999999/1000000"}};
    return reply;
  });
  ASSERT_TRUE(pull(server));
  EXPECT_EQ(server.requests().size(), 2U);
  expect_installed();
}

TEST_F(CatalogNetTest, WrongBytesAreRefusedAndRemoved) {
  HttpTestServer server(
      [&](const ServedRequest& request) { return serve_file(request, random_bytes(kBytes, 3), kEtag); });
  const auto path = pull(server);
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kBadData);
  EXPECT_THAT(path.error().message, HasSubstr("is not the model m"));
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_FALSE(fs::exists(partial()));
  EXPECT_FALSE(fs::exists(directory() / "ggml-m.bin"));
}

TEST_F(CatalogNetTest, ALoginPageDoesNotDiscardWhatWasFetched) {
  leave_partial(content_.substr(0, 600'000), kEtag);
  HttpTestServer server(Reply{.body = "<html>Please log in.</html>"});
  const auto path = pull(server);
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kBadData);
  EXPECT_THAT(path.error().message, HasSubstr("login page"));
  EXPECT_EQ(fs::file_size(partial()), 600'000U);
}

TEST_F(CatalogNetTest, AServerThatPromisesMoreThanItSendsIsABreak) {
  HttpTestServer server([&](const ServedRequest& request) {
    Reply reply = serve_file(request, content_.substr(0, 999'000), kEtag);
    if (reply.status == 200) reply.claimed_length = kBytes;
    return reply;
  });
  const auto path = pull(server);
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kNetwork);
  EXPECT_FALSE(fs::exists(directory() / "ggml-m.bin"));
}

TEST_F(CatalogNetTest, AServerThatPromisesLessThanItSendsIsDetected) {
  HttpTestServer server(
      [&](const ServedRequest&) { return Reply{.body = content_, .claimed_length = kBytes - 1}; });
  const auto path = pull(server);
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kBadData);
  EXPECT_FALSE(fs::exists(directory() / "ggml-m.bin"));
}

TEST_F(CatalogNetTest, AnEndlessAnswerEnds) {
  HttpTestServer server(Reply{.body = std::string(100'000, 'x'), .endless = true});
  const auto path = pull(server);
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kBadData);
  EXPECT_FALSE(fs::exists(partial()));
}

TEST_F(CatalogNetTest, AMissingFileAndARefusalAreReported) {
  HttpTestServer missing(Reply{.status = 404});
  EXPECT_EQ(pull(missing).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.requests().size(), 1U);
  HttpTestServer closed(Reply{.status = 403});
  EXPECT_EQ(pull(closed).error().code, ErrorCode::kUnauthorized);
}

TEST_F(CatalogNetTest, ABusyServerIsAskedAgain) {
  std::atomic<int> calls{0};
  HttpTestServer server([&](const ServedRequest& request) {
    return ++calls < 3 ? Reply{.status = 503} : serve_file(request, content_, kEtag);
  });
  ASSERT_TRUE(pull(server));
  EXPECT_EQ(calls, 3);
}

TEST_F(CatalogNetTest, WithoutAServerTheRemedyIsNamedAtOnce) {
  StoreOptions offline;
  {
    HttpTestServer gone(Reply{});
    offline = options(gone);
  }
  // With pauses this long, a second attempt would exceed the test's time.
  offline.first_pause = std::chrono::hours(1);
  offline.controls.import = "tool import";
  net::CurlHttpClient client;
  const auto path = ModelStore(client, offline).pull("m", {}, {});
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kNetwork);
  EXPECT_THAT(path.error().message, HasSubstr("Could not connect."));
  EXPECT_THAT(path.error().message, HasSubstr("run `tool import ggml-m.bin`."));
}

TEST_F(CatalogNetTest, ASilentServerIsNotWaitedForLong) {
  // The kernel accepts the connection, but nothing ever reads from it.
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof(address);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener.get(), 4), 0);
  ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  StoreOptions silent;
  {
    HttpTestServer unused(Reply{});
    silent = options(unused);
  }
  silent.mirror = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
  // Either of these would exceed the test's time.
  silent.idle_timeout = silent.first_pause = std::chrono::hours(1);
  silent.answer_timeout = std::chrono::milliseconds(50);
  net::CurlHttpClient client;
  const auto path = ModelStore(client, silent).pull("m", {}, {});
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kNetwork);
}

TEST_F(CatalogNetTest, AStoppedDownloadKeepsWhatArrived) {
  HttpTestServer server([&](const ServedRequest& request) {
    Reply reply = serve_file(request, content_, kEtag);
    reply.close_after = 500'000;
    reply.stall = true;
    return reply;
  });
  net::CurlHttpClient client;
  std::stop_source stop;
  const PullSink progress = [&](const PullProgress& now) {
    if (now.done == 500'000) stop.request_stop();
  };
  const auto path = ModelStore(client, options(server)).pull("m", progress, stop.get_token());
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(path.error().message, HasSubstr("the next attempt resumes there"));
  EXPECT_EQ(fs::file_size(partial()), 500'000U);
}

TEST_F(CatalogNetTest, ThreadsThatPullAtOnceFetchOnce) {
  HttpTestServer server([&](const ServedRequest& request) { return serve_file(request, content_, kEtag); });
  const StoreOptions shared = options(server);
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      net::CurlHttpClient client;
      const auto path = ModelStore(client, shared).pull("m", {}, {});
      EXPECT_TRUE(path) << path.error().message;
    });
  }
  threads.clear();
  EXPECT_EQ(server.requests().size(), 1U);
  expect_installed();
}

TEST_F(CatalogNetTest, ProcessesThatPullAtOnceFetchOnce) {
  HttpTestServer server([&](const ServedRequest& request) { return serve_file(request, content_, kEtag); });
  std::vector<Child> children;
  for (int i = 0; i < 3; ++i) children.push_back(spawn_pull(server));
  for (Child& child : children) EXPECT_EQ(child.exit_status(), 0);
  EXPECT_EQ(server.requests().size(), 1U);
  expect_installed();
}

TEST_F(CatalogNetTest, AfterAKillTheNextProcessResumes) {
  HttpTestServer stalling([&](const ServedRequest& request) {
    Reply reply = serve_file(request, content_, kEtag);
    reply.close_after = 500'000;
    reply.stall = true;
    return reply;
  });
  Child child = spawn_pull(stalling);
  ASSERT_TRUE(child.has_said("500000"));
  ASSERT_EQ(::kill(child.id(), SIGKILL), 0);
  EXPECT_EQ(child.exit_status(), -1);

  HttpTestServer server([&](const ServedRequest& request) { return serve_file(request, content_, kEtag); });
  EXPECT_EQ(spawn_pull(server).exit_status(), 0);
  EXPECT_EQ(server.requests().at(0).header("Range"), "bytes=500000-");
  EXPECT_EQ(server.requests().at(0).header("If-Range"), kEtag);
  expect_installed();
}

}  // namespace
}  // namespace vat::catalog
