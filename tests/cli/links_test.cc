// Recordings that are named by a link.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "cli_test.h"
#include "net/testing/http_test_server.h"

namespace vat::cli_test {
namespace {

using test_server::HttpTestServer;
using test_server::Reply;
using test_server::ServedRequest;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Links : public CliTest {
 protected:
  Links() {
    environment.erase("VAT_OFFLINE");
    environment["VAT_DETECTOR"] = "webrtc";
    make_speech("served/talk.wav");
    recording_ = text_of("served/talk.wav");
    std::filesystem::remove_all(path("served"));
    make_model("model.bin");
  }
  [[nodiscard]] static Words command(const std::string& url, const Words& more = {}) {
    Words words{"transcribe", url, "-m", "model.bin", "-f", "txt", "--progress", "json"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  /// While `stalls_`, only the first half comes.
  Reply serve(const ServedRequest& request) {
    if (request.target.starts_with("/gone")) return Reply{.status = 404};
    if (request.target.starts_with("/page")) return Reply{.body = "<!doctype html><title>A page</title>"};
    if (request.target.starts_with("/text")) return Reply{.body = "This is no recording."};
    Reply reply = serve_file(request, recording_, "\"v1\"");
    if (request.target.starts_with("/download"))
      reply.headers.emplace_back("Content-Disposition", "attachment; filename*=UTF-8''The%20talk.wav");
    if (stalls_) {
      reply.close_after = std::min(reply.body.size(), recording_.size() / 2);
      reply.stall = true;
    }
    return reply;
  }

  /// Until an unfinished download has so many.
  [[nodiscard]] bool wait_for_bytes(std::size_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
      std::error_code none;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(path("cache/links"), none)) {
        if (entry.path().filename() == "part" && entry.file_size(none) == count) return true;
      }
      std::this_thread::yield();
    }
    return false;
  }

  std::string recording_;
  std::atomic<bool> stalls_ = false;
  HttpTestServer server_{[this](const ServedRequest& request) { return serve(request); }};
};

TEST_F(Links, ResultsAreCalledAsTheServerCallsTheFile) {
  const Outcome run = vat(command(server_.url("/download?id=3")));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("\"download\":\"download\""));
  EXPECT_THAT(files(), ElementsAre("The talk.txt", "model.bin"));
  const Outcome named = vat(command(server_.url("/a%20talk.wav?key=1"), {"-o", "out"}));
  ASSERT_EQ(named.exit_code, 0) << named.err;
  EXPECT_TRUE(exists("out/a talk.txt"));
  EXPECT_EQ(vat(command(server_.url("/a.wav"), {"-o", "-"})).out, text_of("The talk.txt"));
}

TEST_F(Links, AreDoneOnceWithoutFetchingAgain) {
  const Words words = command(server_.url("/download"), {"--skip-existing"});
  ASSERT_EQ(vat(words).exit_code, 0);
  const Outcome again = vat(words);
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("already exist"));
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(Links, AResultThatIsInTheWayCostsNoSecondDownload) {
  put("a.txt", "mine");
  EXPECT_EQ(vat(command(server_.url("/a.wav"))).exit_code, 7);
  EXPECT_EQ(text_of("a.txt"), "mine");
  EXPECT_EQ(vat(command(server_.url("/a.wav"), {"--force"})).exit_code, 0);
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(Links, AStoppedOrKilledDownloadIsContinued) {
  environment["VAT_CACHE"] = path("cache").string();
  const std::size_t half = recording_.size() / 2;
  for (const int signal : {SIGINT, SIGKILL}) {
    const std::string url = server_.url("/a.wav?" + std::to_string(signal));
    stalls_ = true;
    Program program(invocation(command(url)));
    ASSERT_TRUE(wait_for_bytes(half));
    program.send(signal);
    EXPECT_EQ(program.finish().exit_code, 128 + signal);
    stalls_ = false;
    const Outcome resumed = vat(command(url, {"--force"}));
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(server_.requests().back().header("Range"), "bytes=" + std::to_string(half) + "-");
    EXPECT_TRUE(exists("a.txt"));
  }
}

TEST_F(Links, SeveralWithOneNameAreKeptApart) {
  const Outcome run = vat({"transcribe", server_.url("/1/a.wav"), server_.url("/2/a.wav"),
                           server_.url("/1/a.wav"), "-m", "model.bin", "-f", "txt"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(files(), ElementsAre("a.wav-2.txt", "a.wav.txt", "model.bin"));
}

TEST_F(Links, AProgramThatKnowsThePageIsAskedFirst) {
  // It stands in for yt-dlp, which needs the network.
  put("pages", "#!/bin/sh\nfor url; do :; done\ncase $url in */page*) echo 'vat-link {\"url\":\"" +
                   server_.url("/a.wav") +
                   "\",\"title\":\"A talk / part 1\",\"ext\":\"wav\"}';; *) exit 1;; esac\n");
  std::filesystem::permissions(path("pages"), std::filesystem::perms::owner_all);
  const Words asks{"--yt-dlp", path("pages").string()};
  const Outcome page = vat(command(server_.url("/page"), asks));
  ASSERT_EQ(page.exit_code, 0) << page.err;
  EXPECT_TRUE(exists("A talk _ part 1.txt"));
  const Outcome file = vat(command(server_.url("/b.wav"), asks));
  ASSERT_EQ(file.exit_code, 0) << file.err;
  EXPECT_TRUE(exists("b.txt"));
  put("vat.toml", "yt-dlp = \"./pages\"\n");
  const Outcome refused = vat(command(server_.url("/page")));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("vat.toml may not set yt-dlp"));
}

TEST_F(Links, EachFailureHasItsSentenceAndCode) {
  const std::string host = "127.0.0.1:" + std::to_string(server_.port());
  const auto failure = [&](const std::string& url) {
    const Outcome run = vat({"transcribe", url, "-m", "model.bin"});
    return std::to_string(run.exit_code) + " " + run.err;
  };
  EXPECT_EQ(failure(server_.url("/gone.wav")), "3 vat: " + host + " has no such file (HTTP 404).\n");
  EXPECT_EQ(failure(server_.url("/page")),
            "4 vat: " + host + " sent a web page, not a recording; use the link of the recording itself.\n");
  EXPECT_EQ(failure(server_.url("/text.wav")),
            "4 vat: text.wav is not an audio or video file that can be read.\n");
  EXPECT_THAT(failure("http://127.0.0.1:" + std::to_string(test_server::unused_port()) + "/a.wav"),
              AllOf(HasSubstr("6 vat: Cannot reach 127.0.0.1"), HasSubstr("Could not connect")));
  EXPECT_THAT(failure("https://"), HasSubstr("2 vat: The URL must be a complete http or https URL."));
  environment["VAT_OFFLINE"] = "1";
  EXPECT_EQ(failure(server_.url("/a.wav")), "5 vat: --offline does not allow network access.\n");
  EXPECT_THAT(files(), ElementsAre("model.bin"));
}

}  // namespace
}  // namespace vat::cli_test
