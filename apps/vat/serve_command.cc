// vat serve: the web service, with its worker in the same process.
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <condition_variable>
#include <mutex>

#include "base/file.h"
#include "base/log.h"
#include "command.h"
#include "flags.h"
#include "interrupt.h"
#include "serve_service.h"
#include "serve_settings.h"
#include "settings_document.h"
#include "sign_in_options.h"
#include "supervisor.h"

namespace vat::app {
namespace {

constexpr const char* kServeFooter =
    "Examples:\n"
    "  vat serve                                 http://localhost:8000, everything in ./data\n"
    "  vat serve --port 9000 --data /srv/vat     another port and folder\n"
    "  curl -F file=@talk.mp4 localhost:8000/api/v1/jobs\n"
    "\n"
    "SIGTERM and Ctrl-C stop it once running work has finished, or after\n"
    "--shutdown-deadline; jobs resume at the next start. SIGHUP reloads\n"
    "certificates and log-level.";

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop, [] { return false; });
}

class ServeCommand : public Command {
 public:
  explicit ServeCommand(CLI::App& app)
      : Command(app, "serve", "Run the web service: uploads, jobs and an API"), app_(app) {
    add_serve_flags(command(), configuration_.settings);
    add_recognition_flags(command(), job_);
    add_result_flags(command(), job_);
    add_speech_flags(command(), job_);
    add_background_flag(command(), job_);
    command()
        .add_flag("--no-speech", job_.no_speech, "Make no speech, unless a job asks for it")
        ->group("Speech");
    add_service_flags(command(), configuration_.speech);
    add_machine_flags(command(), configuration_.machine);
    command()
        .add_option("--print-settings", print_, "Print every setting as env or markdown, and exit")
        ->type_name("KIND")
        ->configurable(false)
        ->group("");
    command().footer(kServeFooter);
  }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    if (!print_.empty()) {
      VAT_ASSIGN(const std::string text, settings_document(command(), print_));
      VAT_TRY(write_all(STDOUT_FILENO, text, "standard output"));
      return 0;
    }
    VAT_TRY(validate(configuration_.settings));
    VAT_ASSIGN(configuration_.sign_in, sign_in_options(configuration_.settings));
    VAT_ASSIGN(configuration_.defaults, to_job_options(job_));
    set_log_format(log_format(configuration_.settings));
    set_log_level(*parse_log_level(configuration_.settings.log_level));
    const BackgroundLog background;
    // Whatever the service writes belongs to its users; nobody else on the machine reads it.
    ::umask(S_IRWXG | S_IRWXO);
    return serve(stop);
  }

 private:
  [[nodiscard]] Result<int> serve(const std::stop_token& stop) {
    VAT_ASSIGN(const std::unique_ptr<Service> service, Service::start(configuration_));
    VAT_TRY(write_port_file(service->port()));
    on_hangup([&] { reload(*service); });
    const std::string ready = "vat is listening on " + service->url();
    // Printed for a person even if the log is quiet; in a JSON log, a line of JSON.
    if (log_format(configuration_.settings) == LogFormat::kHuman)
      VAT_TRY(write_all(STDERR_FILENO, ready + "\n", "standard error"));
    else
      log(LogLevel::kInfo, ready, {{"port", service->port()}});
    tell_ready(ready);
    wait_for(stop);
    on_hangup({});
    tell_stopping("Finishing running work");
    log(LogLevel::kInfo, "The service is stopping.",
        {{"signal", received_signal()}, {"deadline_seconds", configuration_.settings.shutdown_deadline}});
    service->stop();
    log(LogLevel::kInfo, "The service has stopped.");
    return 0;
  }

  [[nodiscard]] Result<> write_port_file(std::uint16_t port) const {
    const std::string& file = configuration_.settings.port_file;
    if (file.empty()) return {};
    return write_file_atomically(file, std::to_string(port) + "\n", Overwrite::kReplace);
  }

  /// On the signal thread; the service uses copies of the settings, so only the level is shared.
  void reload(Service& service) {
    tell_reloading();
    service.reload_certificate();
    reload_log_level();
    log(LogLevel::kInfo, "Certificates and log level were reloaded.",
        {{"log_level", configuration_.settings.log_level}});
    tell_ready("vat is listening on " + service.url());
  }

  /// A flag or a variable is fixed; vat.toml may have changed.
  void reload_log_level() {
    if (command().get_option("--log-level")->count() > 0) return;
    const auto named = app_.get_option("--config")->results();
    if (const Result<> read = apply_config_file(app_, named.empty() ? "" : named.front()); !read) {
      log(LogLevel::kError, "vat.toml was not reloaded.", {{"reason", read.error().message}});
      return;
    }
    if (const auto level = parse_log_level(configuration_.settings.log_level)) set_log_level(*level);
  }

  CLI::App& app_;
  ServiceConfiguration configuration_;
  JobFlags job_;
  std::string print_;
};

}  // namespace

std::unique_ptr<Command> make_serve_command(CLI::App& app) { return std::make_unique<ServeCommand>(app); }

}  // namespace vat::app
