// The service and recordings that crash their decoder.
#include <boost/json/serialize.hpp>

#include "serve_test.h"

namespace vat::service_test {
namespace {

using ::testing::HasSubstr;

TEST_F(ServeTest, ARecordingThatCrashesTheDecoderFailsItsJobAndNoOther) {
#if defined(VAT_SANITIZED) || !defined(__linux__)
  GTEST_SKIP() << "sanitizers must come before a preloaded library";
#endif
  environment["LD_PRELOAD"] = HOSTILE_DECODER;
  hear_quickly();
  make_speech("good.wav");
  std::string evil = text_of("good.wav");
  const std::string mark = "vat-hostile:crash;";
  for (const std::size_t more : {0U, 1000U}) evil.replace(evil.size() / 2 + more, mark.size(), mark);
  const auto server = serve({"--jobs", "2", "--sandbox", "required"});
  const HttpHeaders fields{{"formats", "txt"}, {"speech", "false"}};
  const std::string first = server->upload("good.wav", text_of("good.wav"), fields);
  const std::string bad = server->upload("evil.wav", evil, fields);
  const std::string last = server->upload("again.wav", text_of("good.wav"), fields);
  const boost::json::value failed = server->wait_for_end(bad);
  const std::string text = boost::json::serialize(failed);
  EXPECT_EQ(failed.at("state"), "failed") << text;
  EXPECT_THAT(text, HasSubstr("\"bad_media\""));
  EXPECT_THAT(text, HasSubstr("evil.wav cannot be read: the decoder crashes on it"));
  EXPECT_EQ(server->wait_for_end(first).at("state"), "completed");
  EXPECT_EQ(server->wait_for_end(last).at("state"), "completed");
  server->stop();
}

TEST_F(ServeTest, AFileThatCrashesARealDecoderIsOneFailure) {
#if defined(VAT_SANITIZED) || !defined(__linux__)
  GTEST_SKIP() << "there is no sandbox to try";
#endif
  hear_quickly();
  make_speech("good.wav");
  const std::string crashing = read_file(CRASHING_MEDIA "/fault.hes", 4096).value();
  const auto server = serve({"--jobs", "2", "--sandbox", "required"});
  const HttpHeaders fields{{"formats", "txt"}, {"speech", "false"}};
  const HttpResponse answer = server->offer("fault.hes", crashing, fields);
  if (answer.status == 202) GTEST_SKIP() << "the decoder of this system does not crash on it";
  EXPECT_EQ(answer.status, 422) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("fault.hes cannot be read: the decoder crashes on it"));
  const std::string good = server->upload("good.wav", text_of("good.wav"), fields);
  EXPECT_EQ(server->wait_for_end(good).at("state"), "completed");
  server->stop();
}

}  // namespace
}  // namespace vat::service_test
