#include "http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace vat::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::string_view kUuid = "019395a1-8f0e-7c3a-9c1f-5d2b6f0a7e11";

Handler nothing() {
  return [](Request&) -> Task<Result<Response>> { co_return empty_response(204); };
}

Request request_for(std::string_view path, Method method = Method::kGet) {
  Request request;
  request.method = method;
  request.path = path;
  return request;
}

std::string pattern_for(const Router& router, std::string_view path) {
  Request request = request_for(path);
  return std::string(router.match(request).pattern);
}

TEST(Router, PrefersLiteralsThenStrictKinds) {
  Router router;
  for (const std::string_view pattern :
       {"/", "/jobs", "/jobs/{name}", "/jobs/{id:uuid}", "/jobs/{n:int}", "/jobs/all",
        "/jobs/{id:uuid}/files", "/jobs/{name}/other", "/assets/{rest:path}", "/assets/known"})
    router.add(Method::kGet, pattern, nothing());
  EXPECT_EQ(pattern_for(router, "/"), "/");
  EXPECT_EQ(pattern_for(router, "/jobs"), "/jobs");
  EXPECT_EQ(pattern_for(router, "/jobs/all"), "/jobs/all");
  EXPECT_EQ(pattern_for(router, "/jobs/" + std::string(kUuid)), "/jobs/{id:uuid}");
  EXPECT_EQ(pattern_for(router, "/jobs/12"), "/jobs/{n:int}");
  EXPECT_EQ(pattern_for(router, "/jobs/1234567890123456789"), "/jobs/{name}");
  EXPECT_EQ(pattern_for(router, "/jobs/x"), "/jobs/{name}");
  EXPECT_EQ(pattern_for(router, "/jobs/" + std::string(kUuid) + "/files"), "/jobs/{id:uuid}/files");
  // Backtracks when the more specific path leads nowhere.
  EXPECT_EQ(pattern_for(router, "/jobs/" + std::string(kUuid) + "/other"), "/jobs/{name}/other");
  EXPECT_EQ(pattern_for(router, "/jobs/all/other"), "/jobs/{name}/other");
  EXPECT_EQ(pattern_for(router, "/assets/known"), "/assets/known");
  EXPECT_EQ(pattern_for(router, "/assets/known/deeper"), "/assets/{rest:path}");
  for (const std::string_view path : {"/job", "/jobs/", "/jobs//files", "//", "/jobs/x/y/z"})
    EXPECT_EQ(pattern_for(router, path), "") << path;
}

TEST(Router, GivesParametersDecoded) {
  Router router;
  router.add(Method::kGet, "/a/{one}/b/{two:int}/{three:path}", nothing());
  Request request = request_for("/a/x%20%C3%A9/b/7/y/%7Ez/");
  EXPECT_NE(router.match(request).handler, nullptr);
  EXPECT_THAT(request.parameters,
              ElementsAre(Pair("one", "x \xC3\xA9"), Pair("three", "y/~z/"), Pair("two", "7")));
  EXPECT_EQ(request.route, "/a/{one}/b/{two:int}/{three:path}");
  EXPECT_EQ(request.parameter("two"), "7");
}

TEST(Router, MatchesLiteralsThatAreEncoded) {
  Router router;
  router.add(Method::kGet, "/jobs", nothing());
  EXPECT_EQ(pattern_for(router, "/%6Aobs"), "/jobs");
  EXPECT_EQ(pattern_for(router, "/jobs%2F"), "");
}

TEST(Router, TellsWhichMethodsAPathHas) {
  Router router;
  router.add(Method::kGet, "/jobs/{id:uuid}", nothing());
  router.add(Method::kDelete, "/jobs/{name}", nothing());
  Request request = request_for("/jobs/" + std::string(kUuid), Method::kPut);
  EXPECT_THAT(router.match(request).allowed,
              ElementsAre(Method::kGet, Method::kHead, Method::kDelete, Method::kOptions));
  request = request_for("/other", Method::kPut);
  EXPECT_THAT(router.match(request).allowed, IsEmpty());
  request = request_for("/jobs/" + std::string(kUuid), Method::kDelete);
  EXPECT_EQ(router.match(request).pattern, "/jobs/{name}");
}

TEST(Router, AnswersHeadAndOptionsByTheirOwnHandlersWhereThereAreSome) {
  Router router;
  router.add(Method::kGet, "/a", nothing(), {.max_body_bytes = 1});
  router.add(Method::kHead, "/a", nothing(), {.max_body_bytes = 2});
  router.add(Method::kOptions, "/a", nothing(), {.max_body_bytes = 3});
  router.add(Method::kGet, "/b", nothing(), {.max_body_bytes = 4});
  const auto bytes = [&](std::string_view path, Method method) {
    Request request = request_for(path, method);
    return router.match(request).options.max_body_bytes;
  };
  EXPECT_EQ(bytes("/a", Method::kGet), 1U);
  EXPECT_EQ(bytes("/a", Method::kHead), 2U);
  EXPECT_EQ(bytes("/a", Method::kOptions), 3U);
  EXPECT_EQ(bytes("/b", Method::kHead), 4U);
}

TEST(Router, RedirectsToThePathWithoutSlashAndNowhereElse) {
  Router router;
  router.add(Method::kPost, "/jobs", nothing());
  router.add(Method::kGet, "/dir/", nothing());
  const auto redirect = [&](std::string_view path) {
    Request request = request_for(path);
    return router.match(request).redirect;
  };
  EXPECT_EQ(redirect("/jobs/"), "/jobs");
  EXPECT_EQ(redirect("/dir/"), "");
  EXPECT_EQ(redirect("/jobs//"), "");
  EXPECT_EQ(redirect("//jobs/"), "");
  EXPECT_EQ(redirect("/"), "");
}

Result<Response> run(const Handler& handler, Request& request) {
  boost::asio::io_context context;
  std::optional<Result<Response>> result;
  boost::asio::co_spawn(context, handler(request),
                        [&](std::exception_ptr, Result<Response> returned) { result = std::move(returned); });
  context.run();
  return std::move(*result);
}

Middleware mark(std::string name) {
  return [name = std::move(name)](Request& request, const Handler& next) -> Task<Result<Response>> {
    request.headers.emplace_back("Trace", name);
    Result<Response> response = co_await next(request);
    if (response) response->set("Trace", name);
    co_return response;
  };
}

std::string trace(const HttpHeaders& headers) {
  std::string text;
  for (const auto& [name, value] : headers) text += value;
  return text;
}

TEST(Router, RunsMiddlewareInItsOrderForItsPrefix) {
  Router router;
  router.use("/api", mark("1"));
  router.add(Method::kGet, "/api/x", nothing());
  router.add(Method::kGet, "/y", nothing());
  router.use("", mark("2"));
  Request request = request_for("/api/x");
  Result<Response> response = run(*router.match(request).handler, request);
  EXPECT_EQ(trace(request.headers), "12");
  EXPECT_EQ(trace(response->headers), "21");
  request = request_for("/y");
  response = run(*router.match(request).handler, request);
  EXPECT_EQ(trace(response->headers), "2");
}

TEST(Router, LetsMiddlewareAnswerItself) {
  Router router;
  router.use("", [](Request&, const Handler&) -> Task<Result<Response>> { co_return empty_response(401); });
  router.add(Method::kGet, "/x", nothing());
  Request request = request_for("/x");
  EXPECT_EQ(run(*router.match(request).handler, request)->status, 401);
}

TEST(RouterDeathTest, RefusesAPatternTwice) {
  Router router;
  router.add(Method::kGet, "/jobs/{id:uuid}", nothing());
  router.add(Method::kPost, "/jobs/{id:uuid}", nothing());
  EXPECT_DEATH(router.add(Method::kGet, "/jobs/{other:uuid}", nothing()), "twice");
  EXPECT_DEATH(router.add(Method::kGet, "/x/{id:number}", nothing()), "unknown kind");
  EXPECT_DEATH(router.add(Method::kGet, "/x/{rest:path}/y", nothing()), "rest of the path");
}

}  // namespace
}  // namespace vat::http
