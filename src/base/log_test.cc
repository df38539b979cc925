#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace vat {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

LogRecord record(std::string_view message, const std::vector<LogField>& fields) {
  return {LogLevel::kWarning, message, fields,
          std::chrono::system_clock::time_point(std::chrono::milliseconds(1'764'031'657'123))};
}

class Log : public ::testing::Test {
 protected:
  ~Log() override {
    set_log_level(LogLevel::kWarning);
    set_log_format(LogFormat::kHuman);
    set_error_observer({});
  }
  static std::string captured(const std::function<void()>& write) {
    ::testing::internal::CaptureStderr();
    write();
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(Log, AJsonLineHasTheTimeInUtcAndEveryFieldWithItsType) {
  const std::vector<LogField> fields = {{"request_id", "a1"}, {"status", 200}, {"took", 1.5}, {"warm", true}};
  EXPECT_EQ(format_json(record("It happened.", fields)),
            R"({"time":"2025-11-25T00:47:37.123Z","level":"warning","message":"It happened.",)"
            R"("request_id":"a1","status":200,"took":1.5,"warm":true})");
}

TEST_F(Log, AJsonLineStaysOneLineWhateverIsInIt) {
  const std::vector<LogField> fields = {{"path", "/a\"b\\\n\x01"}, {"bytes", "\xff\xfe"}};
  const std::string line = format_json(record("first\nsecond", fields));
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_THAT(line, HasSubstr(R"("message":"first\nsecond")"));
  EXPECT_THAT(line, HasSubstr(R"("path":"/a\"b\\\n\u0001")"));
  EXPECT_THAT(line, HasSubstr("\xef\xbf\xbd"));
}

TEST_F(Log, AHumanLineObeysNoControlCharacters) {
  const std::vector<LogField> fields = {{"job", "0193"}, {"path", "/a b"}, {"escape", "\x1b[2J"}};
  EXPECT_EQ(format_human(record("red \x1b[31m\nnext", fields)),
            "red \\x1b[31m\\x0anext job=0193 path=\"/a b\" escape=\"\\u001b[2J\"");
}

TEST_F(Log, NoLineHasAControlCharacterRaw) {
  // C1 as UTF-8 and as a byte, DEL, line separators, and what turns the direction of text.
  const std::string hidden = "a\xc2\x9b\x32J\xc2\x85\x9b\x7f\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6z";
  const std::string harmless = "\xc2\xa0\xc3\x9b\xe2\x82\xac\xe2\x80\x94";
  for (const std::string& text : {hidden, hidden + " b"}) {
    const std::vector<LogField> fields = {{"path", text}, {"name", harmless}};
    const LogRecord all = record(text, fields);
    for (const std::string& line : {format_json(all), format_human(all)}) {
      for (const char* const raw :
           {"\xc2\x9b", "\xc2\x85", "\x7f", "\xe2\x80\xa8", "\xe2\x80\xae", "\xe2\x81\xa6"})
        EXPECT_THAT(line, Not(HasSubstr(raw)));
      EXPECT_THAT(line, HasSubstr("\\u009b2J\\u0085\xef\xbf\xbd"));
      EXPECT_THAT(line, HasSubstr(harmless));
    }
  }
}

TEST_F(Log, LinesBelowTheLevelAreDropped) {
  EXPECT_THAT(captured([] { log(LogLevel::kInfo, "quiet"); }), IsEmpty());
  set_log_level(LogLevel::kInfo);
  EXPECT_THAT(captured([] { log(LogLevel::kInfo, "heard"); }), HasSubstr("info heard"));
}

TEST_F(Log, FieldsOfAScopeAreInTheLinesOfItsThreadAlone) {
  set_log_format(LogFormat::kJson);
  const std::string text = captured([] {
    const LogScope scope("job", "0193");
    log(LogLevel::kWarning, "mine");
    log(LogLevel::kWarning, "said", {{"job", "0194"}});
    std::thread([] { log(LogLevel::kWarning, "other"); }).join();
  });
  EXPECT_THAT(text, HasSubstr(R"("message":"mine","job":"0193"})"));
  EXPECT_THAT(text, HasSubstr(R"("message":"said","job":"0194"})"));
  EXPECT_THAT(text, HasSubstr(R"("message":"other"})"));
}

TEST_F(Log, ErrorsAreObservedEvenWhenNotWritten) {
  set_log_level(LogLevel::kOff);
  std::vector<std::string> heard;
  set_error_observer([&](const LogRecord& seen) { heard.emplace_back(seen.message); });
  log(LogLevel::kWarning, "a warning");
  log(LogLevel::kError, "an error");
  set_error_observer({});
  log(LogLevel::kError, "too late");
  EXPECT_THAT(heard, ElementsAre("an error"));
}

TEST_F(Log, TheBackgroundLogWritesAllThatWaitsWhenItEnds) {
  set_log_level(LogLevel::kInfo);
  set_log_format(LogFormat::kJson);
  const std::string text = captured([] {
    const BackgroundLog background;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread)
      threads.emplace_back([] {
        for (int line = 0; line < 100; ++line) log(LogLevel::kInfo, "line", {{"number", line}});
      });
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 400);
  EXPECT_THAT(captured([] { log(LogLevel::kError, "afterwards"); }), HasSubstr("afterwards"));
}

TEST_F(Log, LevelsHaveNames) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError, LogLevel::kOff})
    EXPECT_EQ(parse_log_level(log_level_name(level)), level);
  EXPECT_FALSE(parse_log_level("loud"));
}

}  // namespace
}  // namespace vat
