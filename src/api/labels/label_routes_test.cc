#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "api/jobs/job_json.h"
#include "api/testing/test_service.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Reply;
using testing::TestService;

class LabelRoutes : public ::testing::Test {
 protected:
  std::string make(const std::string& name) {
    const Reply reply =
        service.client->json(Method::kPost, "/api/v1/labels", json::serialize(json::object{{"name", name}}));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return json::value_to<std::string>(json::parse(reply.body).at("id"));
  }
  int change(const std::vector<std::string>& jobs, const std::vector<std::string>& add,
             const std::vector<std::string>& remove = {}) {
    const json::object body{{"job_ids", json::value_from(jobs)},
                            {"add", json::value_from(add)},
                            {"remove", json::value_from(remove)}};
    return service.client->json(Method::kPost, "/api/v1/jobs/labels", json::serialize(body)).status;
  }
  static std::vector<std::string> names(const json::value& labels) {
    std::vector<std::string> all;
    for (const json::value& label : labels.as_array())
      all.push_back(json::value_to<std::string>(label.at("name")));
    return all;
  }
  std::vector<std::string> of(const Job& job) {
    return names(json::parse(service.client->get(job_path(job.id)).body).at("labels"));
  }

  TestService service;
  const Job one = service.completed("One");
  const Job two = service.completed("Two");
};

TEST_F(LabelRoutes, JobsAreLabelledListedAndFilteredByThem) {
  const std::string talks = make("  Talks\n");
  const std::string drafts = make("drafts");
  EXPECT_EQ(change({one.id, two.id}, {talks}), 204);
  EXPECT_EQ(change({two.id}, {drafts}, {}), 204);
  EXPECT_THAT(of(one), ElementsAre("Talks"));
  EXPECT_THAT(of(two), ElementsAre("drafts", "Talks"));
  EXPECT_EQ(change({two.id}, {}, {talks}), 204);
  EXPECT_THAT(of(two), ElementsAre("drafts"));
  const json::value page = json::parse(service.client->get("/api/v1/jobs?label=" + talks).body);
  ASSERT_EQ(page.at("items").as_array().size(), 1U);
  EXPECT_EQ(json::value_to<std::string>(page.at("items").at(0).at("id")), one.id);
  EXPECT_THAT(names(page.at("items").at(0).at("labels")), ElementsAre("Talks"));
  EXPECT_EQ(service.client->get("/api/v1/jobs?label=talks").status, 400);
  EXPECT_THAT(service.client->get("/api/v1/labels").body, HasSubstr(R"("name":"Talks","jobs":1)"));
}

TEST_F(LabelRoutes, AJobIsGivenExactlyTheseLabels) {
  const std::string a = make("a");
  const std::string b = make("b");
  EXPECT_EQ(change({one.id}, {a}), 204);
  const Reply reply =
      service.client->json(Method::kPatch, job_path(one.id), R"({"labels":[")" + b + R"("]})");
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(names(json::parse(reply.body).at("labels")), ElementsAre("b"));
  EXPECT_EQ(service.client->json(Method::kPatch, job_path(one.id), R"({"labels":[]})").status, 200);
  EXPECT_THAT(of(one), IsEmpty());
}

TEST_F(LabelRoutes, NamesAreCheckedAndUnknownThingsRefused) {
  const std::string label = make("x");
  const auto post = [&](const std::string& body) {
    return service.client->json(Method::kPost, "/api/v1/labels", body).status;
  };
  EXPECT_EQ(post(R"({"name":"X"})"), 409);
  EXPECT_EQ(post(R"({"name":" "})"), 400);
  EXPECT_EQ(post(R"({"name":")" + std::string(51, 'a') + R"("})"), 400);
  EXPECT_EQ(post("{}"), 400);
  const std::string path = "/api/v1/labels/" + label;
  EXPECT_EQ(service.client->json(Method::kPatch, path, R"({"name":"y"})").status, 200);
  EXPECT_EQ(change({make_uuid()}, {label}), 404);
  EXPECT_EQ(change({one.id}, {make_uuid()}), 404);
  EXPECT_EQ(change({}, {label}), 400);
  EXPECT_EQ(change({one.id}, {label}), 204);
  EXPECT_EQ(service.client->send(Method::kDelete, path).status, 204);
  EXPECT_EQ(service.client->send(Method::kDelete, path).status, 404);
  EXPECT_THAT(of(one), IsEmpty());
}

}  // namespace
}  // namespace vat::api
