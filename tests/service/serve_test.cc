// `vat serve` as a program: start and stop, signals, settings, and a recording from upload to results.
#include "serve_test.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <chrono>
#include <map>
#include <thread>

#include "http/testing/tls_client.h"
#include "net/testing/http_test_server.h"

namespace vat::service_test {

namespace fs = std::filesystem;
namespace json = boost::json;
using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

Server::Server(const cli_test::Invocation& invocation, const fs::path& port_file) : program_(invocation) {
  EXPECT_TRUE(program_.wait_for("vat is listening on ")) << program_.finish().err;
  const auto text = read_file(port_file, 100);
  if (text) std::from_chars(text->data(), text->data() + text->size(), port_);
  EXPECT_NE(port_, 0);
}

std::string Server::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

HttpResponse Server::send(HttpRequest request) {
  request.url = url(request.url);
  request.total_timeout = request.idle_timeout = minutes(2);
  auto answer = http_.send(request, {});
  EXPECT_TRUE(answer) << answer.error().message;
  return answer ? *answer : HttpResponse();
}

HttpResponse Server::get(const std::string& path) { return send({.url = path}); }

json::value Server::get_json(const std::string& path) {
  const HttpResponse answer = get(path);
  json::error_code error;
  json::value value = json::parse(answer.body, error);
  EXPECT_FALSE(error) << path << ": " << answer.body;
  return error ? json::value(json::object()) : value;
}

HttpResponse Server::offer(const std::string& name, const std::string& bytes, const HttpHeaders& fields) {
  HttpRequest request{.method = "POST", .url = "/api/v1/jobs"};
  request.headers = {{"Content-Type", "multipart/form-data; boundary=limit"}};
  for (const auto& [field, value] : fields)
    request.body +=
        "--limit\r\nContent-Disposition: form-data; name=\"" + field + "\"\r\n\r\n" + value + "\r\n";
  request.body += "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name +
                  "\"\r\n\r\n" + bytes + "\r\n--limit--\r\n";
  return send(request);
}

std::string Server::upload(const std::string& name, const std::string& bytes, const HttpHeaders& fields) {
  const HttpResponse answer = offer(name, bytes, fields);
  EXPECT_EQ(answer.status, 202) << answer.body;
  const std::string location(find_header(answer.headers, "Location"));
  const std::size_t path = location.find("/api/v1/jobs/");
  return path == std::string::npos ? "" : location.substr(path);
}

json::value Server::wait_for_end(const std::string& job) {
  // The stream ends when the job has.
  const HttpResponse events = get(job + "/events");
  EXPECT_THAT(events.body, HasSubstr("event: done\n"));
  return get_json(job);
}

bool Server::wait_for_metric(const std::string& line) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (get("/metrics").body.find("\n" + line + "\n") == std::string::npos) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

std::string Server::stop() {
  program_.send(SIGTERM);
  const Outcome outcome = program_.finish();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return outcome.err;
}

ServeTest::Words ServeTest::arguments(const Words& more) {
  Words all = {"serve", "--port", "0", "--port-file", "port", "--log-format", "human", "--data", "data"};
  if (std::find(more.begin(), more.end(), "--engine") == more.end())
    all.insert(all.end(), {"--engine", "pocketsphinx"});
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::unique_ptr<Server> ServeTest::serve(const Words& more) {
  fs::remove(path("port"));
  return std::make_unique<Server>(invocation(arguments(more)), path("port"));
}

namespace {

std::string state_of(const json::value& job) { return json::serialize(job.at("state")); }

TEST_F(ServeTest, SaysThatItCannotTellHttpsFromHttp) {
  constexpr const char* kWarning = "cannot tell whether a request came by it";
  EXPECT_THAT(serve({"--base-url", "https://vat.example"})->stop(), HasSubstr(kWarning));
  EXPECT_THAT(serve({"--base-url", "https://vat.example", "--trusted-proxies", "127.0.0.1"})->stop(),
              Not(HasSubstr(kWarning)));
}

TEST_F(ServeTest, StartsFromNothingAndStopsOnRequest) {
  auto server = std::make_unique<Server>(
      invocation({"serve", "--port", "0", "--port-file", "port", "--log-format", "human"}), path("port"));
  struct stat info {};
  ASSERT_EQ(::stat(path("data").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
  EXPECT_TRUE(exists("data/vat.db"));
  EXPECT_EQ(server->get("/healthz").status, 200);
  EXPECT_EQ(server->get("/readyz").status, 200);
  EXPECT_THAT(server->get("/").body, HasSubstr("<vat-app>"));
  EXPECT_THAT(server->get("/metrics").body, HasSubstr("vat_database_up 1"));
  EXPECT_EQ(server->get("/api/v1/jobs").status, 200);
  EXPECT_THAT(server->stop(), AllOf(HasSubstr("route=/healthz"), HasSubstr("The service has stopped.")));
}

TEST_F(ServeTest, ALogThatIsNotATerminalIsJson) {
  auto words = arguments({});
  const auto format = std::find(words.begin(), words.end(), "human");
  *format = "auto";
  Server server(invocation(words), path("port"));
  EXPECT_EQ(server.get("/healthz?key=secret").status, 200);
  const std::string log = server.stop();
  bool seen = false;
  for (const json::value& line : json_lines(log)) {
    EXPECT_TRUE(line.as_object().contains("time"));
    seen = seen || (line.at("message").as_string() == "request" && line.at("status").as_int64() == 200 &&
                    !line.at("request_id").as_string().empty());
  }
  EXPECT_TRUE(seen) << log;
  EXPECT_THAT(log, Not(HasSubstr("secret")));
}

TEST_F(ServeTest, AnInvalidSettingIsNamedAndPreventsTheStart) {
  const std::vector<std::pair<Words, std::string>> wrong = {
      {{"--port", "70000"}, "--port"},
      {{"--address", "0.0.0.0"}, "--address (VAT_ADDRESS)"},
      {{"--address", "192.168.1.1"}, "sign-in"},
      {{"--tls-key", "key.pem"}, "--tls-certificate (VAT_TLS_CERTIFICATE)"},
      {{"--upload-limit", "5X"}, "--upload-limit"},
      {{"--jobs", "-1"}, "--jobs"},
      {{"--database-url", "mysql://host/x"}, "--database-url (VAT_DATABASE_URL)"},
      {{"--sentry-dsn", "nonsense"}, "--sentry-dsn (VAT_SENTRY_DSN)"},
      {{"--log-level", "loud"}, "--log-level"},
      {{"--beam-size", "99"}, "beam"},
  };
  for (const auto& [words, name] : wrong) {
    const Outcome run = vat(arguments(words));
    EXPECT_EQ(run.exit_code, 2) << words.front();
    EXPECT_THAT(run.err, HasSubstr(name));
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_FALSE(exists("data")) << words.front();
  }
  environment["VAT_LEASE"] = "soon";
  const Outcome run = vat(arguments({}));
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, HasSubstr("VAT_LEASE"));
}

TEST_F(ServeTest, OnlyOneServerMayUseAPortAndAFolder) {
  const auto server = serve();
  const std::string port = server->url().substr(server->url().rfind(':') + 1);
  const Outcome same_port = vat({"serve", "--port", port, "--data", "other", "--log-level", "error"});
  EXPECT_EQ(same_port.exit_code, 7) << same_port.err;
  EXPECT_THAT(same_port.err, HasSubstr(port));
  const Outcome same_folder = vat({"serve", "--port", "0", "--data", "data", "--log-level", "error"});
  EXPECT_EQ(same_folder.exit_code, 7);
  EXPECT_THAT(same_folder.err, HasSubstr("Another `vat serve` is using the data folder data"));
  server->stop();
}

/// The checks of /readyz that are not "ok", with their messages.
std::map<std::string, std::string> failed_checks(Server& server) {
  const json::value report = server.get_json("/readyz");
  std::map<std::string, std::string> failed;
  for (const auto& [name, answer] : report.at("checks").as_object()) {
    if (answer.as_string() != "ok") failed.emplace(name, answer.as_string().c_str());
  }
  return failed;
}

TEST_F(ServeTest, ADiskWithoutRoomForUploadsMakesItUnready) {
  const auto server = serve({"--reserved-disk", "1000000T"});
  const HttpResponse answer = server->get("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(find_header(answer.headers, "Retry-After"), "");
  EXPECT_THAT(failed_checks(*server), ElementsAre(Pair("storage", HasSubstr("nearly full"))));
  EXPECT_EQ(server->get("/healthz").status, 200);
  server->stop();
}

TEST_F(ServeTest, AnUnobtainableModelMakesItUnready) {
  const std::vector<std::pair<Words, std::string>> missing = {
      {{"--offline"}, "The model base is not installed, and --offline is set."},
      {{"--model", "missing.bin"}, "There is no model file missing.bin."},
      {{"--model", "nonsense"}, "There is no model named nonsense"}};
  for (const auto& [words, reason] : missing) {
    Words all = {"--engine", "whisper"};
    all.insert(all.end(), words.begin(), words.end());
    const auto server = serve(all);
    EXPECT_EQ(server->get("/readyz").status, 503) << reason;
    EXPECT_THAT(failed_checks(*server), ElementsAre(Pair("models", HasSubstr(reason))));
    EXPECT_EQ(server->get("/healthz").status, 200) << reason;
    server->stop();
  }
}

TEST_F(ServeTest, AModelThatIsInstalledOrCanBeFetchedMakesItReady) {
  make_model("model.bin");
  auto server = serve({"--engine", "whisper", "--model", "model.bin", "--offline"});
  EXPECT_EQ(server->get("/readyz").status, 200);
  server->stop();
  // It is fetched only for a job.
  environment.erase("VAT_OFFLINE");
  server = serve({"--engine", "whisper"});
  EXPECT_EQ(server->get("/readyz").status, 200);
  server->stop();
}

TEST_F(ServeTest, AHangupReloadsTheLogLevel) {
  put("vat.toml", "[serve]\nlog-level = \"error\"\n");
  const auto server = serve();
  EXPECT_EQ(server->get("/healthz?first").status, 200);
  put("vat.toml", "[serve]\nlog-level = \"info\"\n");
  server->program().send(SIGHUP);
  ASSERT_TRUE(server->program().wait_for("were reloaded"));
  EXPECT_EQ(server->get("/readyz").status, 200);
  const std::string log = server->stop();
  EXPECT_THAT(log, AllOf(HasSubstr("route=/readyz"), Not(HasSubstr("route=/healthz"))));
}

TEST_F(ServeTest, AHangupReloadsTheCertificate) {
  http::testing::make_certificate(path(""), "first");
  const auto server = serve({"--tls-certificate", "cert.pem", "--tls-key", "key.pem"});
  const auto name = [&] { return http::testing::TlsClient(server->port()).peer_name(); };
  EXPECT_EQ(name(), "first");
  http::testing::make_certificate(path(""), "second");
  EXPECT_EQ(name(), "first");
  server->program().send(SIGHUP);
  ASSERT_TRUE(server->program().wait_for("were reloaded"));
  EXPECT_EQ(name(), "second");
  put("cert.pem", "broken");
  server->program().send(SIGHUP);
  ASSERT_TRUE(server->program().wait_for("The certificate was not reloaded"));
  EXPECT_EQ(name(), "second");
  server->stop();
}

TEST_F(ServeTest, ErrorsGoToSentryWithTheirContext) {
  const test_server::HttpTestServer sentry(test_server::Reply{});
  const auto server = serve({"--sentry-dsn", "http://key@127.0.0.1:" + std::to_string(sentry.port()) + "/7",
                             "--sentry-environment", "test"});
  put("vat.toml", "log-level = [\n");
  server->program().send(SIGHUP);
  ASSERT_TRUE(sentry.wait_for_requests(1));
  server->stop();
  const auto request = sentry.requests().front();
  EXPECT_EQ(request.target, "/api/7/envelope/");
  EXPECT_THAT(request.body,
              AllOf(HasSubstr("vat.toml was not reloaded."), HasSubstr("\"environment\":\"test\""),
                    HasSubstr("\"release\":\"vat@" VAT_VERSION "\"")));
}

/// What the program reports to its supervisor.
class Supervisor {
 public:
  explicit Supervisor(const fs::path& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    const timeval patience{.tv_sec = 120, .tv_usec = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  [[nodiscard]] bool wait_for(const std::string& word) {
    std::array<char, 4096> block{};
    while (true) {
      const ssize_t count = ::recv(fd_.get(), block.data(), block.size(), 0);
      if (count < 0) return false;
      if (std::string(block.data(), static_cast<std::size_t>(count)).find(word) != std::string::npos)
        return true;
    }
  }

 private:
  UniqueFd fd_;
};

TEST_F(ServeTest, TheSupervisorIsNotifiedOfStartLifeAndEnd) {
#ifndef VAT_SYSTEMD
  GTEST_SKIP() << "built without libsystemd";
#endif
  Supervisor supervisor(path("notify"));
  environment["NOTIFY_SOCKET"] = path("notify").string();
  environment["WATCHDOG_USEC"] = "200000";
  const auto server = serve();
  EXPECT_TRUE(supervisor.wait_for("READY=1"));
  EXPECT_TRUE(supervisor.wait_for("WATCHDOG=1"));
  server->program().send(SIGHUP);
  EXPECT_TRUE(supervisor.wait_for("RELOADING=1"));
  EXPECT_TRUE(supervisor.wait_for("READY=1"));
  server->stop();
  EXPECT_TRUE(supervisor.wait_for("STOPPING=1"));
}

TEST_F(ServeTest, ARecordingBecomesTextAndFiles) {
  make_speech("talk.wav");
  const auto server = serve();
  const std::string job =
      server->upload("talk.wav", text_of("talk.wav"), {{"speech", "true"}, {"audio_format", "wav"}});
  const json::value ended = server->wait_for_end(job);
  EXPECT_EQ(state_of(ended), "\"completed\"") << json::serialize(ended);
  EXPECT_LT(error_rate(kSaid, server->get(job + "/transcript?format=txt").body), 0.5);
  const json::value files = server->get_json(job + "/files");
  std::vector<std::string> kinds;
  for (const json::value& file : files.at("items").as_array()) {
    kinds.emplace_back(file.at("kind").as_string().c_str());
    const HttpResponse whole = server->get(file.at("url").as_string().c_str());
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.body.size(), static_cast<std::size_t>(file.at("size").as_int64()));
  }
  EXPECT_THAT(kinds, AllOf(::testing::Contains("transcript"), ::testing::Contains("speech")));
  EXPECT_TRUE(server->wait_for_metric(R"(vat_jobs_finished_total{kind="process",state="completed"} 1)"));
  const std::string log = server->stop();
  EXPECT_THAT(log, AllOf(HasSubstr("state=completed"), Not(HasSubstr("depth of a well"))));
}

class ServeWithModel : public ServeTest {
 protected:
  /// A server whose jobs take a while, because the recording lasts minutes and has many chunks.
  std::unique_ptr<Server> slow_server(const Words& more = {}) {
    if (!exists("model.bin")) {
      make_model("model.bin");
      make_long_speech("long.wav");
    }
    Words words = {"--engine", "whisper", "--model",   path("model.bin").string(),
                   "--lease",  "1",       "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return serve(words);
  }
  /// A job that has begun to transcribe.
  std::string begin(Server& server) {
    const std::string job = server.upload("long.wav", text_of("long.wav"), {{"formats", "txt"}});
    EXPECT_TRUE(server.program().wait_for("The job starts."));
    return job;
  }
};

TEST_F(ServeWithModel, AKilledServerResumesItsJobs) {
  std::string job;
  {
    const auto server = slow_server();
    job = begin(*server);
    server->program().send(SIGKILL);
    EXPECT_EQ(server->program().finish().exit_code, 128 + SIGKILL);
  }
  const auto server = slow_server();
  const json::value ended = server->wait_for_end(job);
  EXPECT_EQ(state_of(ended), "\"completed\"") << json::serialize(ended);
  EXPECT_EQ(ended.at("attempt").as_int64(), 2);
  server->stop();
}

TEST_F(ServeWithModel, AStopReturnsJobsToTheQueue) {
  std::string job;
  {
    const auto server = slow_server({"--shutdown-deadline", "0"});
    job = begin(*server);
    EXPECT_THAT(server->stop(), HasSubstr("The service has stopped."));
  }
  const auto server = slow_server();
  EXPECT_EQ(state_of(server->wait_for_end(job)), "\"completed\"");
  server->stop();
}

TEST_F(ServeWithModel, ASecondSignalEndsItAtOnce) {
  const auto server = slow_server({"--shutdown-deadline", "3600"});
  (void)begin(*server);
  server->program().send(SIGTERM);
  ASSERT_TRUE(server->program().wait_for("The service is stopping."));
  server->program().send(SIGTERM);
  EXPECT_EQ(server->program().finish().exit_code, 128 + SIGTERM);
}

TEST_F(ServeTest, TheDatabaseIsBackedUpAndRestored) {
  EXPECT_EQ(vat({"db", "status"}).exit_code, 3);
  auto server = serve();
  const HttpResponse made = server->send({.method = "POST",
                                          .url = "/api/v1/keys",
                                          .headers = {{"Content-Type", "application/json"}},
                                          .body = R"({"name": "kept"})"});
  EXPECT_EQ(made.status, 201) << made.body;
  const Outcome backup = vat({"db", "backup", "copy.db"});
  EXPECT_EQ(backup.exit_code, 0) << backup.err;
  EXPECT_EQ(vat({"db", "backup", "copy.db"}).exit_code, 7);
  EXPECT_THAT(vat({"db", "status"}).out, AllOf(HasSubstr("SQLite data/vat.db"), HasSubstr("up to date")));
  const Outcome early = vat({"db", "restore", "copy.db"});
  EXPECT_EQ(early.exit_code, 7);
  EXPECT_THAT(early.err, HasSubstr("vat serve"));
  server->stop();

  fs::remove_all(path("data"));
  EXPECT_EQ(vat({"db", "migrate"}).exit_code, 0);
  const Outcome restored = vat({"db", "restore", "copy.db"});
  EXPECT_EQ(restored.exit_code, 0) << restored.err;
  server = serve();
  EXPECT_THAT(server->get("/api/v1/keys").body, HasSubstr("\"kept\""));
  server->stop();
}

TEST_F(ServeTest, SmokeReportsWhatWorksAndWhatDoesNot) {
  const auto server = serve();
  const Outcome good = vat({"smoke", server->url()});
  EXPECT_EQ(good.exit_code, 0) << good.out << good.err;
  EXPECT_THAT(good.out,
              AllOf(HasSubstr("ok      events"), HasSubstr("ok      delete"), Not(HasSubstr("FAILED"))));
  const Outcome bad_key = vat({"smoke", server->url(), "--key", "vat_wrong"});
  EXPECT_EQ(bad_key.exit_code, 1);
  EXPECT_THAT(bad_key.out, AllOf(HasSubstr("ok      health"), HasSubstr("FAILED  upload"), HasSubstr("401")));
  const Outcome nobody = vat({"smoke", "http://127.0.0.1:" + std::to_string(test_server::unused_port())});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.out, HasSubstr("FAILED  health"));
  server->stop();
}

}  // namespace
}  // namespace vat::service_test
