// What operators and users of the API read is true of the running service: the examples, the settings'
// documents, the dashboard.
#include <boost/json/parse.hpp>
#include <regex>
#include <set>

#include "net/testing/http_test_server.h"
#include "serve_test.h"

namespace vat::service_test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string project_file(const std::string& name) {
  auto text = read_file(fs::path(PROJECT_FOLDER) / name, 10'000'000);
  EXPECT_TRUE(text) << name;
  return text ? *text : "";
}

class Examples : public ServeTest {
 protected:
  void expect_results(const Outcome& run) {
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    for (const char* const name : {"talk.txt", "talk.srt", "talk.speech.wav", "said.wav"})
      EXPECT_TRUE(exists(name) && fs::file_size(path(name)) > 0) << name << "\n" << run.out << run.err;
    EXPECT_LT(error_rate(kSaid, text_of("talk.txt")), 0.5);
  }
};

TEST_F(Examples, TheShellScriptGetsTheResults) {
  make_speech("in/talk.wav");
  const auto server = serve();
  const Outcome run = bash(PROJECT_FOLDER "/examples/api.sh in/talk.wav " + server->url());
  EXPECT_THAT(run.out, AllOf(HasSubstr("segment"), HasSubstr("The job is completed"))) << run.err;
  expect_results(run);
  server->stop();
}

TEST_F(Examples, ThePythonScriptGetsTheResults) {
  make_speech("in/talk.wav");
  const auto server = serve();
  const Outcome run = bash("python3 -B " PROJECT_FOLDER "/examples/api.py in/talk.wav " + server->url());
  EXPECT_THAT(run.out, HasSubstr("The job is completed")) << run.err;
  expect_results(run);
  server->stop();
}

TEST_F(Examples, BothTakeALinkAndAKey) {
  make_speech("in/talk.wav");
  const std::string recording = text_of("in/talk.wav");
  const test_server::HttpTestServer source(test_server::Reply{.body = recording});
  environment.erase("VAT_OFFLINE");
  const auto server = serve({"--link-networks", "127.0.0.1", "--no-voice-fetching"});
  for (const std::string script : {"", "python3 -B "}) {
    for (const char* const name : {"talk.txt", "talk.srt", "talk.speech.wav", "said.wav"})
      fs::remove(path(name));
    // The key is made as docs/service.md shows it.
    const Outcome run =
        bash("set -e; VAT_KEY=$(curl -sf -H 'Content-Type: application/json' -d '{\"name\":\"script\"}' " +
             server->url("/api/v1/keys") +
             " | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"secret\"])')\nexport VAT_KEY\n" +
             script + PROJECT_FOLDER "/examples/api." + (script.empty() ? "sh " : "py ") +
             source.url("/talk.wav") + " " + server->url());
    EXPECT_THAT(run.out, HasSubstr("The job is completed")) << run.err;
    expect_results(run);
    const Outcome wrong =
        bash("VAT_KEY=vat_wrong " + script + PROJECT_FOLDER "/examples/api." +
             (script.empty() ? "sh " : "py ") + source.url("/talk.wav") + " " + server->url());
    EXPECT_NE(wrong.exit_code, 0);
    EXPECT_THAT(wrong.out + wrong.err, HasSubstr("unauthorized"));
  }
  server->stop();
}

TEST_F(Examples, ARefusalIsReportedInTheServicesWords) {
  put("notes.txt", "no recording");
  const auto server = serve();
  const Outcome shell = bash(PROJECT_FOLDER "/examples/api.sh notes.txt " + server->url());
  EXPECT_NE(shell.exit_code, 0);
  const Outcome python = bash("python3 -B " PROJECT_FOLDER "/examples/api.py notes.txt " + server->url());
  EXPECT_NE(python.exit_code, 0);
  EXPECT_THAT(python.err, HasSubstr("bad_media")) << python.out;
  server->stop();
}

TEST_F(Examples, TheSettingsDocumentsAreThoseOfTheTable) {
  // `vat serve --print-settings KIND > FILE` regenerates them.
  EXPECT_EQ(vat({"serve", "--print-settings", "env"}).out, project_file(".env.example"));
  EXPECT_EQ(vat({"serve", "--print-settings", "markdown"}).out, project_file("docs/configuration.md"));
  EXPECT_EQ(vat({"serve", "--print-settings", "yaml"}).exit_code, 2);
}

TEST_F(Examples, EveryMetricOfTheDashboardExists) {
  const std::string dashboard = project_file("deploy/grafana/vat.json");
  const auto server = serve();
  (void)server->get("/healthz");
  const std::string metrics = server->get("/metrics").body;
  static const std::regex kName("\\b(vat|process)_[a-z_]+");
  std::set<std::string> names;
  for (auto match = std::sregex_iterator(dashboard.begin(), dashboard.end(), kName);
       match != std::sregex_iterator(); ++match)
    names.insert(match->str());
  EXPECT_GT(names.size(), 20U);
  for (const std::string& name : names)
    EXPECT_TRUE(std::regex_search(metrics, std::regex("\n" + name + "[ {]"))) << name;
  const boost::json::value parsed = boost::json::parse(dashboard);
  EXPECT_FALSE(parsed.at("panels").as_array().empty());
  server->stop();
}

}  // namespace
}  // namespace vat::service_test
