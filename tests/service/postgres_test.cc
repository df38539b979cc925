// `vat serve` on a real PostgreSQL: a recording from upload to text, and an outage of the database.
#include <boost/json/serialize.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "db/testing/postgres_server.h"
#include "serve_test.h"

namespace vat::service_test {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::seconds kPatience{60};

class ServeOnPostgres : public ServeTest {
 protected:
  void SetUp() override {
    auto created = db::testing::PostgresServer::create();
    ASSERT_TRUE(created) << created.error().message << " " << created.error().detail;
    postgres = *std::move(created);
    const Result<> made = postgres->create_database("vat");
    ASSERT_TRUE(made) << made.error().message << " " << made.error().detail;
    environment["VAT_DATABASE_URL"] = postgres->url("vat");
  }

  /// Sends a short recording, waits for the end of its job and returns the job's path.
  [[nodiscard]] std::string transcribe(Server& server) const {
    make_speech("talk.wav");
    const std::string job = server.upload("talk.wav", text_of("talk.wav"), {{"formats", "txt"}});
    const json::value ended = server.wait_for_end(job);
    EXPECT_EQ(ended.at("state").as_string(), "completed") << json::serialize(ended);
    return job;
  }
  /// Repeats the request until the response has this status, for up to a minute; returns the last response.
  [[nodiscard]] static HttpResponse ask_until(Server& server, const std::string& path, int status) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    HttpResponse answer = server.get(path);
    while (answer.status != status && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
      answer = server.get(path);
    }
    return answer;
  }

  std::unique_ptr<db::testing::PostgresServer> postgres;
};

TEST_F(ServeOnPostgres, ARecordingBecomesText) {
  const auto server = serve();
  const std::string job = transcribe(*server);
  EXPECT_LT(error_rate(kSaid, server->get(job + "/transcript?format=txt").body), 0.5);
  EXPECT_FALSE(exists("data/vat.db"));
  const Outcome status = vat({"db", "status"});
  EXPECT_EQ(status.exit_code, 0) << status.err;
  EXPECT_THAT(status.out, AllOf(HasSubstr("PostgreSQL " + postgres->url("vat")), HasSubstr("up to date")));
  server->stop();
}

TEST_F(ServeOnPostgres, AnOutageOfTheDatabaseEndsByItself) {
  // Keeps the log short, because nothing reads it meanwhile.
  const auto server = serve({"--log-level", "error"});
  const std::string job = transcribe(*server);
  const std::string id = job.substr(job.rfind('/') + 1);
  EXPECT_THAT(server->get("/api/v1/jobs").body, HasSubstr(id));

  postgres->stop();
  const HttpResponse refused = server->get("/api/v1/jobs");
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_NE(find_header(refused.headers, "Retry-After"), "");
  // The result of a readiness check is kept for a moment.
  const HttpResponse unready = ask_until(*server, "/readyz", 503);
  EXPECT_EQ(unready.status, 503);
  EXPECT_THAT(unready.body, Not(HasSubstr(R"("database":"ok")")));
  EXPECT_EQ(server->get("/healthz").status, 200);
  EXPECT_EQ(vat({"db", "status"}).exit_code, 5);

  const Result<> started = postgres->start();
  ASSERT_TRUE(started) << started.error().message << " " << started.error().detail;
  const HttpResponse listed = ask_until(*server, "/api/v1/jobs", 200);
  EXPECT_EQ(listed.status, 200) << listed.body;
  EXPECT_THAT(listed.body, HasSubstr(id));
  EXPECT_EQ(ask_until(*server, "/readyz", 200).status, 200);
  server->stop();
}

}  // namespace
}  // namespace vat::service_test
