// Models over the API, from a real server in the publisher's place.
#include <gmock/gmock.h>

#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include "api/testing/test_service.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/pause.h"
#include "net/testing/http_test_server.h"
#include "pipeline/engines.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::Method;
using test_server::HttpTestServer;
using test_server::ServedRequest;
using ::testing::HasSubstr;
using testing::Reply;
using testing::TestService;

constexpr const char* kWeights = "the weights of film";
constexpr const char* kSpeechDetector = "what finds speech";

class ModelRoutes : public ::testing::Test {
 protected:
  /// Serves all models but those of /gone; slow ones stall after five bytes.
  test_server::Reply serve(const ServedRequest& request) {
    if (request.target.find("/gone/") != std::string::npos) return {.status = 404};
    const bool detector = request.target.find("silero") != std::string::npos;
    test_server::Reply reply{.body = detector ? kSpeechDetector : kWeights};
    reply.stall = request.target.find("slow") != std::string::npos;
    if (reply.stall) reply.close_after = 5;
    return reply;
  }
  [[nodiscard]] catalog::StoreOptions options() const {
    catalog::StoreOptions options;
    options.models = published_;
    options.packages = {};
    return options;
  }
  [[nodiscard]] json::value model(TestService& service, const std::string& name) const {
    const Reply reply = service.client->get("/api/v1/models/" + name);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body);
  }
  [[nodiscard]] Reply pull(TestService& service, const std::string& name, HttpHeaders headers = {}) const {
    return service.client->send(Method::kPost, "/api/v1/models/" + name + "/pull", {}, std::move(headers));
  }
  [[nodiscard]] Reply remove(TestService& service, const std::string& name) const {
    return service.client->send(Method::kDelete, "/api/v1/models/" + name);
  }
  /// The model, once it is as wanted.
  json::value wait_for(TestService& service, const std::string& name,
                       const std::function<bool(const json::value&)>& wanted) const {
    for (int i = 0; i < 3000; ++i) {
      json::value now = model(service, name);
      if (wanted(now)) return now;
      (void)pause(std::chrono::milliseconds(10), {});
    }
    ADD_FAILURE() << json::serialize(model(service, name));
    return model(service, name);
  }
  json::value wait_for_state(TestService& service, const std::string& name, std::string_view state) const {
    return wait_for(service, name,
                    [state](const json::value& now) { return now.at("state").as_string() == state; });
  }

  HttpTestServer publisher_{[this](const ServedRequest& request) { return serve(request); }};
  const std::string url_ = publisher_.url("/models");
  const std::string gone_ = publisher_.url("/gone");
  const std::string weights_ = hash_hex(Digest::kSha1, kWeights);
  const std::string detector_ = hash_hex(Digest::kSha256, kSpeechDetector);
  [[nodiscard]] catalog::PublishedModel film(std::string_view name, std::string_view url) const {
    return {name, catalog::ModelKind::kRecognition, std::string_view(kWeights).size(), weights_, url};
  }
  const std::array<catalog::PublishedModel, 8> published_ = {
      film("film", url_),
      film("gone", gone_),
      film("slow-1", url_),
      film("slow-2", url_),
      film("slow-3", url_),
      film("slow-4", url_),
      film("slow-5", url_),
      catalog::PublishedModel{pipeline::kDetectorModel, catalog::ModelKind::kSpeechDetection,
                              std::string_view(kSpeechDetector).size(), detector_, url_}};
};

TEST_F(ModelRoutes, DownloadAModelAndTheDetectorWithIt) {
  TestService service(options());
  EXPECT_EQ(model(service, "film").at("state"), "missing");
  const Reply started = pull(service, "film");
  EXPECT_EQ(started.status, 202) << started.body;
  EXPECT_EQ(started.header("Location"), "/api/v1/models/film");
  const json::value film = wait_for_state(service, "film", "installed");
  EXPECT_EQ(film.at("source"), "the publisher");
  EXPECT_TRUE(film.at("installed").as_bool());
  EXPECT_TRUE(film.at("error").is_null());
  EXPECT_TRUE(film.at("done_bytes").is_null());
  wait_for_state(service, pipeline::kDetectorModel, "installed");
  EXPECT_EQ(pull(service, "film").status, 200);
  EXPECT_EQ(publisher_.requests().size(), 2U);
  EXPECT_THAT(service.client->get("/api/v1/models").body, HasSubstr(R"("state":"installed")"));
}

TEST_F(ModelRoutes, JoinADownloadThatIsRunning) {
  TestService service(options());
  EXPECT_EQ(pull(service, "slow-1").status, 202);
  const json::value running = wait_for_state(service, "slow-1", "downloading");
  EXPECT_EQ(running.at("total_bytes").to_number<std::size_t>(), std::string_view(kWeights).size());
  EXPECT_EQ(running.at("source"), "the publisher");
  EXPECT_EQ(pull(service, "slow-1").status, 202);
  EXPECT_EQ(publisher_.requests().size(), 1U);
  // A service that ends stops it.
}

TEST_F(ModelRoutes, RemoveAModelOrStopItsDownload) {
  TestService service(options());
  EXPECT_EQ(remove(service, "film").status, 404);
  ASSERT_EQ(pull(service, "film").status, 202);
  wait_for_state(service, "film", "installed");
  EXPECT_EQ(remove(service, "film").status, 204);
  EXPECT_EQ(model(service, "film").at("state"), "missing");

  ASSERT_EQ(pull(service, "slow-1").status, 202);
  wait_for(service, "slow-1", [](const json::value& now) {
    return now.at("done_bytes").is_int64() && now.at("done_bytes").as_int64() == 5;
  });
  EXPECT_EQ(remove(service, "slow-1").status, 204);
  const json::value stopped = model(service, "slow-1");
  EXPECT_EQ(stopped.at("state"), "missing");
  EXPECT_TRUE(stopped.at("error").is_null());
  EXPECT_EQ(remove(service, "slow-1").status, 404) << "of what had arrived nothing is left";
}

TEST_F(ModelRoutes, RemoveNoModelThatAJobDownloads) {
  TestService service(options());
  std::promise<void> begun;
  std::jthread job([&](const std::stop_token& stop) {
    bool told = false;
    const auto pulled = service.services().models.pull(
        "slow-1",
        [&](const catalog::PullProgress& progress) {
          if (progress.done == 5 && !std::exchange(told, true)) begun.set_value();
        },
        stop);
    EXPECT_EQ(pulled.error().code, ErrorCode::kCancelled);
  });
  begun.get_future().wait();
  EXPECT_EQ(remove(service, "slow-1").status, 409);
  job.request_stop();
  job.join();
  EXPECT_EQ(remove(service, "slow-1").status, 204);
}

TEST_F(ModelRoutes, SayWhyADownloadFailed) {
  TestService service(options());
  ASSERT_EQ(pull(service, "gone").status, 202);
  const json::value failed =
      wait_for(service, "gone", [](const json::value& now) { return now.at("error").is_string(); });
  EXPECT_EQ(failed.at("state"), "missing");
  EXPECT_THAT(std::string(failed.at("error").as_string()), HasSubstr("has no file ggml-gone.bin (HTTP 404)"));
  EXPECT_EQ(pull(service, "nobody").status, 404);
  EXPECT_EQ(service.client->get("/api/v1/models/nobody").status, 404);
}

TEST_F(ModelRoutes, HaveTheModelsThatTheOperatorImported) {
  TestService service(options());
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  // A graph of one byte, and metadata.
  const std::string onnx = "\x3A\x01g\x72\x18\x0A\x0Amodel_type\x12\x0Aparaformer";
  ASSERT_TRUE(write_file_atomically(folder.path() / "model.onnx", onnx, Overwrite::kReplace));
  ASSERT_TRUE(write_file_atomically(folder.path() / "tokens.txt", "<blk> 0\n", Overwrite::kReplace));
  ASSERT_TRUE(service.services().recognisers->import(folder.path(), "mine", false, {}));
  EXPECT_EQ(model(service, "mine").at("kind"), "recognition");
  EXPECT_THAT(service.client->get("/api/v1/models").body, HasSubstr(R"("name":"mine")"));
  EXPECT_THAT(service.client->get("/v1/models").body, HasSubstr(R"("id":"mine")"));
  EXPECT_EQ(service.client->get("/api/v1/models/parakeet-tdt-0.6b-v3").status, 404) << "it is not here";
  EXPECT_EQ(pull(service, "mine").status, 200);
  EXPECT_EQ(remove(service, "mine").status, 403);
}

TEST_F(ModelRoutes, AllowFourDownloadsAtOnce) {
  TestService service(options());
  for (const char* const name : {"slow-1", "slow-2", "slow-3", "slow-4"})
    EXPECT_EQ(pull(service, name).status, 202);
  EXPECT_EQ(pull(service, "slow-5").status, 429);
  EXPECT_EQ(remove(service, "slow-2").status, 204);
  EXPECT_EQ(pull(service, "slow-5").status, 202);
}

TEST_F(ModelRoutes, ObeyTheOperator) {
  TestService service(options());
  const HttpHeaders other = service.other_user();
  EXPECT_EQ(pull(service, "slow-1", other).status, 403);
  EXPECT_EQ(service.client->send(Method::kDelete, "/api/v1/models/slow-1", {}, other).status, 403);
  EXPECT_EQ(service.client->get("/api/v1/models/slow-1", other).status, 200);
  service.services().model_management = ModelManagement::kEveryone;
  EXPECT_EQ(pull(service, "slow-1", other).status, 202);
  service.services().model_management = ModelManagement::kNobody;
  EXPECT_EQ(pull(service, "slow-1").status, 403);
  EXPECT_EQ(remove(service, "slow-1").status, 403);
}

TEST_F(ModelRoutes, DownloadNothingWithoutANetwork) {
  catalog::StoreOptions offline = options();
  offline.refusal = "This service has no network access.";
  TestService service(offline);
  const Reply refused = pull(service, "film");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("This service has no network access."));
}

}  // namespace
}  // namespace vat::api
