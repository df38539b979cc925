// vat smoke: checks from outside whether a running service works.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <functional>

#include "base/file.h"
#include "base/random.h"
#include "command.h"
#include "net/curl_http_client.h"
#include "pipeline/speech.h"
#include "tts/flite_engine.h"

namespace vat::app {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr int kSomethingFailed = 1;
constexpr std::string_view kSaid = "It is easy to tell the depth of a well.";
constexpr const char* kFileName = "smoke.wav";
constexpr std::size_t kMaxRecordingBytes = 4U << 20U;
constexpr std::size_t kRangeBytes = 4;
constexpr std::chrono::milliseconds kAnswerTimeout{20'000};

/// The member of a JSON object as text; empty when there is none.
std::string text_of(const json::value& object, std::string_view name) {
  const auto* const fields = object.if_object();
  const auto* const value =
      fields == nullptr ? nullptr : fields->if_contains(json::string_view(name.data(), name.size()));
  const auto* const text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? "" : std::string(text->begin(), text->end());
}

tl::unexpected<Error> failed(std::string sentence) {
  return fail(ErrorCode::kUnavailable, std::move(sentence));
}

/// Looks for one event in a stream as it arrives (WHATWG HTML, section 9.2), and keeps its data.
class EventWaiter {
 public:
  explicit EventWaiter(std::string_view event) : wanted_("event: " + std::string(event) + "\n") {}
  /// True once the event is complete.
  bool add(std::string_view bytes) {
    rest_ += bytes;
    for (std::size_t end = 0; (end = rest_.find("\n\n")) != std::string::npos; rest_.erase(0, end + 2)) {
      ++events_;
      const std::string block = rest_.substr(0, end + 1);
      if (block.find(wanted_) == std::string::npos) continue;
      const std::size_t data = block.find("data: ");
      data_ = data == std::string::npos ? "" : block.substr(data + 6, block.find('\n', data) - data - 6);
      return true;
    }
    return false;
  }
  [[nodiscard]] const std::string& data() const { return data_; }
  [[nodiscard]] int events() const { return events_; }

 private:
  std::string wanted_;
  std::string rest_;
  std::string data_;
  int events_ = 0;
};

class Smoke {
 public:
  Smoke(std::string url, std::string key, std::chrono::seconds patience, std::stop_token stop)
      : url_(std::move(url)), key_(std::move(key)), patience_(patience), stop_(std::move(stop)) {
    while (url_.ends_with('/')) url_.pop_back();
  }

  /// Runs one check after another and prints a line for each; true when all passed.
  [[nodiscard]] bool run() {
    check("health", [this] { return get_json("/healthz").map([](const auto&) { return std::string(); }); });
    check("ready", [this] { return ready(); });
    check("openapi", [this] { return document(); });
    check("limits", [this] { return limits(); });
    if (check("upload", [this] { return upload(); })) {
      if (check("events", [this] { return follow(); })) {
        check("transcript", [this] { return transcript(); });
        check("range", [this] { return range(); });
      }
      check("delete", [this] { return remove(); });
    }
    return all_well_;
  }

 private:
  using Said = Result<std::string>;  ///< A detail of a check that passed; may be empty.

  bool check(const char* name, const std::function<Said()>& what) {
    const auto began = Clock::now();
    const Said said = what();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
    const std::string words = said ? *said : said.error().message;
    const std::string line = fmt::format("{:<7} {:<10} {:>6} ms{}{}\n", said ? "ok" : "FAILED", name, took,
                                         words.empty() ? "" : "  ", words);
    (void)write_all(STDOUT_FILENO, line, "standard output");
    all_well_ = all_well_ && said.has_value();
    return said.has_value();
  }

  [[nodiscard]] HttpRequest request(const std::string& method, const std::string& path) const {
    HttpRequest made{.method = method, .url = url_ + path};
    if (!key_.empty()) made.headers.emplace_back("Authorization", "Bearer " + key_);
    made.total_timeout = kAnswerTimeout;
    return made;
  }

  /// The response if it has this status; otherwise the service's own message, if it has one.
  [[nodiscard]] Result<HttpResponse> ask(const HttpRequest& made, int status) {
    VAT_ASSIGN(HttpResponse answer, http_.send(made, stop_));
    if (answer.status == status) return answer;
    json::error_code error;
    const json::value body = json::parse(answer.body, error);
    const std::string detail = error ? "" : text_of(body, "detail");
    return failed(fmt::format("{} {} returned {} instead of {}. {}", made.method,
                              made.url.substr(url_.size()), answer.status, status, detail));
  }

  [[nodiscard]] Result<json::value> get_json(const std::string& path) {
    VAT_ASSIGN(const HttpResponse answer, ask(request("GET", path), 200));
    json::error_code error;
    json::value value = json::parse(answer.body, error);
    if (error || !value.is_object()) return failed(path + " did not return a JSON object.");
    return value;
  }

  Said ready() {
    VAT_ASSIGN(const HttpResponse answer, http_.send(request("GET", "/readyz"), stop_));
    if (answer.status == 200) return std::string();
    return failed("The service is not ready: " + answer.body);
  }

  Said document() {
    VAT_ASSIGN(const json::value value, get_json("/openapi.json"));
    const std::string version = text_of(value, "openapi");
    if (!version.starts_with("3.1")) return failed("/openapi.json is not an OpenAPI 3.1 document.");
    return "OpenAPI " + version;
  }

  Said limits() {
    VAT_TRY(get_json("/api/v1/limits"));
    return std::string();
  }

  /// A sentence spoken by Flite.
  [[nodiscard]] static Result<std::string> recording() {
    tts::Engines engines;
    engines.push_back(tts::make_flite());
    const pipeline::Speech speech(std::move(engines), {});
    VAT_ASSIGN(const TemporaryDirectory folder, TemporaryDirectory::create("vat-smoke"));
    pipeline::SpeechOptions options;
    options.format = media::AudioFormat::kWav;
    options.loudness.reset();
    VAT_TRY(speech.speak(kSaid, "en", options, {.path = folder.path() / kFileName}, {}, {}));
    return read_file(folder.path() / kFileName, kMaxRecordingBytes);
  }

  Said upload() {
    VAT_ASSIGN(const std::string sound, recording());
    const std::string boundary = "vat-" + random_token(12);
    const auto field = [&](const std::string& name, const std::string& value) {
      return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
             "\r\n";
    };
    HttpRequest made = request("POST", "/api/v1/jobs");
    made.headers.emplace_back("Content-Type", "multipart/form-data; boundary=" + boundary);
    made.body = field("speech", "false") + field("language", "en") + "--" + boundary +
                "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + kFileName +
                "\"\r\nContent-Type: audio/wav\r\n\r\n" + sound + "\r\n--" + boundary + "--\r\n";
    VAT_ASSIGN(const HttpResponse answer, ask(made, 202));
    const std::string location(find_header(answer.headers, "Location"));
    const std::size_t path = location.find("/api/v1/jobs/");
    if (path == std::string::npos) return failed("The new job has no Location.");
    job_ = location.substr(path);
    return job_;
  }

  /// Until the job has ended.
  Said follow() {
    HttpRequest made = request("GET", job_ + "/events");
    made.total_timeout = patience_;
    EventWaiter done("done");
    bool whole = false;
    int status = 0;
    const HttpSink sink{[&](const HttpResponse& head) -> Result<> {
                          status = head.status;
                          return {};
                        },
                        [&](std::string_view bytes) -> Result<> {
                          whole = whole || done.add(bytes);
                          if (whole) return fail(ErrorCode::kCancelled, "That is all.");
                          return {};
                        }};
    const auto answer = http_.download(made, sink, stop_);
    if (status != 0 && status != 200) return failed(fmt::format("The event stream returned {}.", status));
    if (!whole)
      return answer ? failed("The event stream ended before the job did.") : Said(fail(answer.error()));
    json::error_code error;
    const json::value job = json::parse(done.data(), error);
    const std::string state = error ? "" : text_of(job, "state");
    if (state != "completed") return failed("The job ended as \"" + state + "\": " + done.data());
    return fmt::format("{} events", done.events());
  }

  Said transcript() {
    VAT_ASSIGN(const HttpResponse answer, ask(request("GET", job_ + "/transcript?format=txt"), 200));
    if (answer.body.find_first_not_of(" \r\n") == std::string::npos)
      return failed("The transcript is empty.");
    return fmt::format("{} bytes", answer.body.size());
  }

  Said range() {
    VAT_ASSIGN(const json::value files, get_json(job_ + "/files"));
    const auto* const items = files.get_object().if_contains("items");
    if (items == nullptr || !items->is_array() || items->get_array().empty())
      return failed("The job has no files.");
    const std::string path = text_of(items->get_array().front(), "url");
    VAT_ASSIGN(const HttpResponse whole, ask(request("GET", path), 200));
    HttpRequest made = request("GET", path);
    made.headers.emplace_back("Range", fmt::format("bytes=1-{}", kRangeBytes));
    VAT_ASSIGN(const HttpResponse part, ask(made, 206));
    if (part.body != whole.body.substr(1, kRangeBytes))
      return failed("A range of " + path + " differs from that part of the whole file.");
    return path.substr(path.rfind('/') + 1);
  }

  Said remove() {
    VAT_TRY(ask(request("DELETE", job_), 204));
    VAT_TRY(ask(request("GET", job_), 404));
    return std::string();
  }

  std::string url_;
  std::string key_;
  std::chrono::seconds patience_;
  std::stop_token stop_;
  net::CurlHttpClient http_;
  std::string job_;  ///< "/api/v1/jobs/ID".
  bool all_well_ = true;
};

class SmokeCommand : public Command {
 public:
  explicit SmokeCommand(CLI::App& app) : Command(app, "smoke", "Check a running service from outside") {
    command()
        .add_option("url", url_, "Its URL, such as http://localhost:8000")
        ->required()
        ->configurable(false);
    command().add_option("--key", key_, "API key of the account to use (vat_...)")->type_name("KEY");
    command()
        .add_option("--patience", patience_, "Time limit for its job")
        ->type_name("SECONDS")
        ->capture_default_str();
    command().footer(
        "Uploads a spoken sentence, follows its job, downloads the results and deletes\n"
        "everything. Prints one line per check; exit code 1 means that one failed.");
  }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    if (!url_.starts_with("http://") && !url_.starts_with("https://"))
      return fail(ErrorCode::kInvalidArgument, "The URL of a service must begin with http:// or https://.");
    return Smoke(url_, key_, std::chrono::seconds(patience_), std::move(stop)).run() ? 0 : kSomethingFailed;
  }

 private:
  std::string url_;
  std::string key_;
  int patience_ = 300;
};

}  // namespace

std::unique_ptr<Command> make_smoke_command(CLI::App& app) { return std::make_unique<SmokeCommand>(app); }

}  // namespace vat::app
