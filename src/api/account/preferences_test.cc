#include "api/account/preferences.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <utility>
#include <vector>

#include "api/testing/test_service.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::TestService;

constexpr const char* kPath = "/api/v1/me/preferences";

Reply change(TestService& service, const std::string& patch, HttpHeaders headers = {}) {
  return service.client->json(Method::kPatch, kPath, patch, std::move(headers));
}

TEST(Preferences, AreMergedMemberByMemberAndRemovedByNull) {
  EXPECT_EQ(merge_preferences(R"({"theme":"dark","profile":{"voice":"a","speech":true}})",
                              R"({"language":"de","theme":null,"profile":{"voice":null,"model":"base"}})")
                .value(),
            R"({"profile":{"speech":true,"model":"base"},"language":"de"})");
  EXPECT_EQ(merge_preferences("{}", R"({"formats":{"srt":{"preset":null}}})").value(),
            R"({"formats":{"srt":{}}})")
      << "a null is stored nowhere";
  EXPECT_EQ(
      merge_preferences(R"({"profile":{"formats":["txt","srt"]}})", R"({"profile":{"formats":["vtt"]}})")
          .value(),
      R"({"profile":{"formats":["vtt"]}})");
}

TEST(Preferences, AreStoredForTheUserAndNobodyElse) {
  TestService service;
  EXPECT_EQ(service.client->get(kPath).body, "{}");
  const Reply changed =
      change(service, R"({"theme":"dark","formats":{"srt":{"line_length":42,"speakers":true}}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  ASSERT_EQ(change(service, R"({"profile":{"voice":"slt"},"theme":null})").status, 200);
  EXPECT_EQ(
      json::parse(service.client->get(kPath).body),
      json::parse(R"({"formats":{"srt":{"line_length":42,"speakers":true}},"profile":{"voice":"slt"}})"));
  EXPECT_EQ(service.client->get(kPath, service.other_user()).body, "{}");
}

TEST(Preferences, AreNotOverwrittenByWhoNamesAnotherVersion) {
  TestService service;
  const std::string first = service.client->get(kPath).header("ETag");
  const Reply changed = change(service, R"({"theme":"dark"})", {{"If-Match", first}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_NE(changed.header("ETag"), first);
  EXPECT_EQ(service.client->get(kPath).header("ETag"), changed.header("ETag"));
  EXPECT_EQ(change(service, R"({"theme":"light"})", {{"If-Match", first}}).status, 412);
  EXPECT_EQ(change(service, R"({"theme":"light"})", {{"If-Match", "*"}}).status, 200);
}

TEST(Preferences, RefuseWhatTheyDoNotHave) {
  TestService service;
  const std::string long_text(101, 'x');
  for (const auto& [patch, field] : std::vector<std::pair<std::string, std::string>>{
           {R"({"colour":"red"})", "colour"},
           {R"({"theme":"blue"})", "theme"},
           {R"({"theme":1})", "theme"},
           {R"({"language":"tlh"})", "language"},
           {R"({"profile":[]})", "profile"},
           {R"({"profile":{"voice":")" + long_text + R"("}})", "profile.voice"},
           {R"({"profile":{"speech":"yes"}})", "profile.speech"},
           {R"({"profile":{"dub":"loud"}})", "profile.dub"},
           {R"({"profile":{"most":101}})", "profile.most"},
           {R"({"profile":{"formats":"txt"}})", "profile.formats"},
           {R"({"profile":{"<script>":1}})", "profile.<script>"},
           {R"({"speech":{"speed":9}})", "speech.speed"},
           {R"({"formats":{"srt":true}})", "formats.srt"},
           {R"({"formats":{"S R T":{}}})", "formats"},
           {R"({"formats":{"srt":{"x":[1]}}})", "formats.srt.x"},
           {R"({"formats":{"srt":{"x":")" + long_text + R"("}}})", "formats.srt.x"}}) {
    const Reply reply = change(service, patch);
    EXPECT_EQ(reply.status, 400) << patch;
    EXPECT_EQ(json::parse(reply.body).at("field").as_string(), field) << reply.body;
  }
  EXPECT_EQ(change(service, "[]").status, 400);
  EXPECT_EQ(service.client->get(kPath).body, "{}");
}

TEST(Preferences, HaveABound) {
  TestService service;
  std::string formats;
  for (int format = 0; format < 32; ++format) {
    std::string settings;
    for (int setting = 0; setting < 32; ++setting)
      settings +=
          (setting > 0 ? ",\"s" : "\"s") + std::to_string(setting) + "\":\"" + std::string(20, 'x') + '"';
    formats += (format > 0 ? ",\"f" : "\"f") + std::to_string(format) + "\":{" + settings + "}";
  }
  const Reply reply = change(service, R"({"formats":{)" + formats + "}}");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("longer than 16384 bytes"));
  EXPECT_EQ(change(service, R"({"theme":")" + std::string(100'000, 'x') + R"("})").status, 413);
  EXPECT_EQ(service.client->get(kPath).body, "{}");
}

TEST(Preferences, AreInTheExportAndGoWithTheAccount) {
  TestService service;
  EXPECT_THAT(service.client->get("/api/v1/me/export").body, Not(HasSubstr("preferences.json")));
  ASSERT_EQ(change(service, R"({"theme":"dark"})").status, 200);
  EXPECT_THAT(service.client->get("/api/v1/me/export").body, HasSubstr("preferences.json"));
  ASSERT_EQ(service.client->send(Method::kDelete, "/api/v1/me?confirm=" + std::string(kLocalUserId)).status,
            200);
  EXPECT_EQ(service.client->get(kPath).body, "{}");
}

}  // namespace
}  // namespace vat::api
