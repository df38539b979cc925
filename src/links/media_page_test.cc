#include "links/media_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/file.h"

namespace vat::links {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

/// A script stands in for yt-dlp, which needs the network.
class MediaPageTest : public ::testing::Test {
 protected:
  PageProgram script(const std::string& body) {
    const auto path = folder_.path() / "yt-dlp";
    EXPECT_TRUE(write_file_atomically(path, "#!/bin/sh\n" + body + "\n", Overwrite::kReplace));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return {.name = path.string()};
  }
  Result<std::optional<PageRecording>> ask(const PageProgram& program,
                                           const std::string& url = "https://example.com/watch?v=1",
                                           const std::stop_token& stop = {}) {
    return ask_page_program(program, url, stop);
  }
  [[nodiscard]] std::string said() const { return read_file(folder_.path() / "said", 10'000).value_or(""); }

  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
};

TEST_F(MediaPageTest, TheAnswerIsTheLinkWithItsNameAndHeaders) {
  const auto found = ask(
      script("echo 'WARNING: something'\n"
             "echo 'vat-link {\"url\":\"https://cdn.example.com/a?b\",\"title\":\"A talk\",\"ext\":\"m4a\","
             "\"http_headers\":{\"User-Agent\":\"Agent\",\"Cookie\":\"secret\",\"Accept\":3}}'"));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->link.url, "https://cdn.example.com/a?b");
  EXPECT_EQ((*found)->name, "A talk.m4a");
  EXPECT_THAT((*found)->link.headers, ElementsAre(Pair("User-Agent", "Agent")));
}

TEST_F(MediaPageTest, TheUrlIsOneWordBehindTheOptionsAndNoShellSeesIt) {
  const PageProgram program = script("for word in \"$@\"; do echo \"<$word>\" >> \"${0%/*}/said\"; done");
  const std::string url = "https://example.com/$(touch bad);`id`'\" --exec=x";
  EXPECT_FALSE(ask(program, url)->has_value());
  EXPECT_THAT(said(), HasSubstr("<--ignore-config>\n"));
  EXPECT_THAT(said(), HasSubstr("<--use-extractors>\n<all,-generic>\n"));
  EXPECT_THAT(said(), HasSubstr("<-->\n<" + url + ">\n"));
  ASSERT_FALSE(ask(program, "--exec=x")->has_value());
  EXPECT_THAT(said(), HasSubstr("<-->\n<--exec=x>\n"));
}

TEST_F(MediaPageTest, WhatItDoesNotKnowIsFetchedAsItIs) {
  EXPECT_FALSE(ask({})->has_value()) << "none is asked";
  EXPECT_FALSE(ask({.name = "no-such-program-of-this-machine"})->has_value());
  for (const char* body : {"echo 'ERROR: Unsupported URL' >&2; exit 1", "exit 0", "echo 'vat-link nonsense'",
                           "echo 'vat-link {}'", "echo 'vat-link {\"url\":7}'", "echo 'vat-link [1]'",
                           "echo 'vat-link {\"url\":\"https://example.com/a\"}'; exit 1",
                           "echo 'not vat-link {\"url\":\"https://example.com/a\"}'"})
    EXPECT_FALSE(ask(script(body))->has_value()) << body;
}

TEST_F(MediaPageTest, ItHasADeadlineAndEndsOnAStop) {
  PageProgram slow = script("sleep 600");
  slow.timeout = std::chrono::milliseconds(100);
  EXPECT_EQ(ask(slow).error().code, ErrorCode::kLimit);
  slow.timeout = std::chrono::minutes(10);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(ask(slow, "https://example.com/", stop.get_token()).error().code, ErrorCode::kCancelled);
}

TEST_F(MediaPageTest, ItsOutputIsBounded) {
  const auto found = ask(script(
      "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo 'vat-link {\"url\":\"https://example.com/a\"}'"));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->link.url, "https://example.com/a");
  EXPECT_FALSE(ask(script("printf 'vat-link {\"url\":\"https://example.com/'; head -c 3000000 /dev/zero | tr "
                          "'\\0' x; echo '\"}'"))
                   ->has_value());
}

}  // namespace
}  // namespace vat::links
