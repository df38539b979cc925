#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"
#include "auth/testing/issuer.h"
#include "queue/local_rate_limiter.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using ::testing::StartsWith;
using testing::TestService;

std::string text_of(const json::value& value, const char* name) {
  return json::value_to<std::string>(value.at(name));
}

class ShareRoutes : public ::testing::Test {
 protected:
  std::string shares_path() const { return job_path(job.id) + "/shares"; }
  json::value make(const std::string& body = "{}") {
    const Reply reply = service.client->json(Method::kPost, shares_path(), body);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return json::parse(reply.body);
  }
  /// What the link of a new share opens: "/api/v1/shared/TOKEN".
  static std::string opened(const json::value& share) {
    return "/api/v1/shared/" + text_of(share, "url").substr(std::string("/s/").size());
  }
  /// What a response tells, but for its request's id and the token.
  static std::string seen(const Reply& reply) {
    std::string all = std::to_string(reply.status);
    for (const auto& [name, value] : reply.headers)
      if (name != "X-Request-Id") all += "\n" + name + ": " + value;
    return all;
  }
  Reply page(const std::string& url) { return service.client->get(url, {{"Accept", "text/html"}}); }

  TestService service;
  const Job job = service.completed("Board meeting.mp4");
};

TEST_F(ShareRoutes, ALinkShowsTheTranscriptAndOnlyOnceItsSecret) {
  const json::value made = make();
  const std::string url = text_of(made, "url");
  EXPECT_EQ(url.size(), std::string("/s/").size() + 43) << "256 bits";
  EXPECT_THAT(service.client->get(shares_path()).body, Not(HasSubstr(url.substr(3))));
  EXPECT_THAT(service.client->get(shares_path()).body, HasSubstr(text_of(made, "id")));
  const Reply shared = service.client->get(opened(made));
  ASSERT_EQ(shared.status, 200) << shared.body;
  const json::value view = json::parse(shared.body);
  EXPECT_EQ(text_of(view, "title"), "Board meeting.mp4");
  EXPECT_EQ(text_of(view, "language"), "en");
  EXPECT_TRUE(view.at("recording").is_null());
  for (const char* const format : {"txt", "srt", "vtt", "json", "tsv", "csv", "lrc", "md"}) {
    const Reply reply = service.client->get(opened(made) + "/transcript?format=" + format);
    EXPECT_EQ(reply.status, 200) << format;
    EXPECT_THAT(reply.body, HasSubstr("country")) << format;
    EXPECT_EQ(reply.header("Cache-Control"), "no-store");
  }
  for (const char* const end : {"/media", "/waveform", "/thumbnail", "/filmstrip", "/filmstrip/sheet"})
    EXPECT_EQ(service.client->get(opened(made) + end).status, 404) << end;
  EXPECT_THAT(service.client->get("/api/v1/admin/audit").body, HasSubstr("share.created"));
}

TEST_F(ShareRoutes, NothingKeepsOrIndexesThePageAndItTellsNobodyItsAddress) {
  const std::string url = text_of(make(), "url");
  for (const std::string& path : {url, std::string("/s/") + std::string(43, 'x')}) {
    const Reply reply = page(path);
    EXPECT_EQ(reply.status, path == url ? 200 : 404);
    EXPECT_THAT(reply.body, HasSubstr("<vat-app>"));
    EXPECT_EQ(reply.header("Cache-Control"), "no-store");
    EXPECT_EQ(reply.header("Referrer-Policy"), "no-referrer");
    EXPECT_THAT(reply.header("X-Robots-Tag"), HasSubstr("noindex"));
  }
}

TEST_F(ShareRoutes, TheRecordingIsPlayedOnlyWithALinkThatIncludesIt) {
  const json::value made = make(R"({"recording":true})");
  const json::value view = json::parse(service.client->get(opened(made)).body);
  EXPECT_EQ(text_of(view.at("recording"), "url"), opened(made) + "/media");
  EXPECT_TRUE(view.at("recording").at("video").as_bool());
  const Reply media = service.client->get(opened(made) + "/media", {{"Range", "bytes=0-1"}});
  EXPECT_EQ(media.status, 206);
  EXPECT_EQ(media.body, "me");
  EXPECT_EQ(media.header("Content-Type"), "video/mp4");
  EXPECT_EQ(media.header("Cache-Control"), "no-store");
  for (const auto& [key, bytes] : {std::pair{"waveform_url", "drawn"}, std::pair{"thumbnail_url", "seen"},
                                   std::pair{"filmstrip_url", "{}"}}) {
    const Reply picture = service.client->get(text_of(view.at("recording"), key));
    EXPECT_EQ(picture.body, bytes) << key;
    EXPECT_EQ(picture.header("Cache-Control"), "no-store");
  }
  EXPECT_EQ(service.client->get(opened(made) + "/filmstrip/sheet").body, "moments");
}

TEST_F(ShareRoutes, WhoReadsSeesTheNewestRevisionAndNotHowItWasMade) {
  const std::string transcript = job_path(job.id) + "/transcript";
  const std::string body = R"({"segments":[{"start":0,"end":2,"text":"Nothing to hide"}]})";
  ASSERT_EQ(service.client
                ->send(Method::kPut, transcript, body,
                       {{"Content-Type", "application/json"}, {"If-Match", "\"1\""}})
                .status,
            200);
  const Reply shown = service.client->get(opened(make()) + "/transcript?revision=1");
  EXPECT_THAT(shown.body, HasSubstr("Nothing to hide"));
  EXPECT_THAT(shown.body, Not(HasSubstr("country")));
  EXPECT_THAT(shown.body, HasSubstr(R"("engine":"")"));
}

TEST_F(ShareRoutes, RevokedExpiredAndUnknownLinksLookTheSame) {
  const json::value revoked = make();
  const json::value expired = make(R"({"expires_at":"2100-01-01T00:00:00Z"})");
  ASSERT_EQ(service.client->send(Method::kDelete, shares_path() + "/" + text_of(revoked, "id")).status, 204);
  EXPECT_THAT(service.client->get("/api/v1/admin/audit").body, HasSubstr("share.revoked"));
  const std::string unknown = std::string(43, 'A');
  for (const char* const end :
       {"", "/transcript?format=srt", "/media", "/waveform", "/thumbnail", "/filmstrip", "/filmstrip/sheet"})
    EXPECT_EQ(seen(service.client->get(opened(revoked) + end)),
              seen(service.client->get("/api/v1/shared/" + unknown + end)));
  EXPECT_EQ(seen(page(text_of(revoked, "url"))), seen(page("/s/" + unknown)));
  EXPECT_EQ(page("/s/" + std::string(5000, 'x')).status, 404);
  EXPECT_EQ(page(text_of(expired, "url")).status, 200);
  EXPECT_EQ(
      service.client->json(Method::kPost, shares_path(), R"({"expires_at":"2020-01-01T00:00:00Z"})").status,
      400);
}

TEST_F(ShareRoutes, ALinkOpensNothingElse) {
  const Job secret = service.completed("Salaries");
  const json::value made = make(R"({"recording":true})");
  const std::string token = opened(made).substr(std::string("/api/v1/shared/").size());
  auth::testing::TestWeb web;
  service.require_sign_in(web);
  for (const std::string& path :
       {job_path(job.id), job_path(secret.id), job_path(job.id) + "/transcript", job_path(job.id) + "/media",
        job_path(job.id) + "/thumbnail", shares_path(), std::string("/api/v1/jobs")}) {
    EXPECT_EQ(service.client->get(path).status, 401) << path;
    EXPECT_EQ(service.client->get(path, {{"Authorization", "Bearer " + token}}).status, 401) << path;
  }
  EXPECT_EQ(service.client->get(opened(made)).status, 200) << "nobody has to sign in for it";
  for (const Method method : {Method::kPost, Method::kPut, Method::kPatch, Method::kDelete})
    EXPECT_EQ(service.client->send(method, opened(made)).status, 405);
}

TEST_F(ShareRoutes, LinksGoWithTheirJobAndAreInTheExport) {
  const json::value made = make();
  const std::string all = service.client->get("/api/v1/me/export").body;
  EXPECT_THAT(all, HasSubstr("jobs/" + job.id + "/shares.json"));
  EXPECT_THAT(all, Not(HasSubstr(opened(made).substr(std::string("/api/v1/shared/").size()))));
  ASSERT_EQ(service.client->send(Method::kDelete, job_path(job.id)).status, 204);
  EXPECT_EQ(service.client->get(opened(made)).status, 404);
}

TEST_F(ShareRoutes, OnlyWhatHasATranscriptIsShared) {
  const Job waiting = service.queued();
  EXPECT_EQ(service.client->json(Method::kPost, job_path(waiting.id) + "/shares", "{}").status, 404);
  EXPECT_EQ(service.client->json(Method::kPost, shares_path(), R"({"writable":true})").status, 400);
}

TEST_F(ShareRoutes, ALinkIsUsedOnlySoOften) {
  const auto limiter = queue::make_local_rate_limiter();
  service.services().rate_limiter = limiter.get();
  service.services().rates.requests = 3;
  const std::string path = opened(make());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(service.client->get(path).status, 200);
  const Reply refused = service.client->get(path);
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.header("Retry-After"), "");
  EXPECT_EQ(service.client->get(opened(make())).status, 200) << "another link";
}

}  // namespace
}  // namespace vat::api
