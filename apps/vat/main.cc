// vat: text, subtitles and speech from video and audio. Parses the command line and runs one command.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "asr/sherpa_host.h"
#include "command.h"
#include "decoding.h"
#include "flags.h"
#include "help.h"
#include "interrupt.h"
#include "media/helper.h"
#include "onnx/host.h"
#include "toolbox.h"

namespace vat::app {
namespace {

constexpr const char* kDescription =
    "vat turns video and audio into text, subtitles and speech.\n"
    "\n"
    "  vat process talk.mp4           transcript, subtitles and speech next to it\n"
    "  vat transcribe talk.mp4 -o -   its text on standard output\n"
    "  vat speak notes.txt            a text read aloud";

constexpr const char* kFooter =
    "Every option is also an environment variable (--beam-size is VAT_BEAM_SIZE) and\n"
    "a key of vat.toml (beam-size = 5), which is looked for in the working folder and\n"
    "in ~/.config/vat. A flag overrides the environment, the environment the file.\n"
    "`vat COMMAND --help` lists a command's options.\n"
    "\n"
    "Exit codes: 0 success; 1 some inputs failed; 2 invalid command line or settings;\n"
    "3 not found; 4 invalid media or data; 5 an engine or model is not available;\n"
    "6 network; 7 results cannot be written; 8 credentials; 9 over a limit;\n"
    "70 a bug in vat; 130 interrupted.";

int exit_code(const Error& error) {
  if (const int signal = received_signal(); signal != 0) return 128 + signal;
  return traits(error.code).exit_code;
}

/// The value of a flag or its environment variable, for those needed before the options are parsed.
std::string value_of(const std::vector<std::string>& arguments, const std::string& flag,
                     const char* variable) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == flag && i + 1 < arguments.size()) return arguments[i + 1];
    if (arguments[i].starts_with(flag + "=")) return arguments[i].substr(flag.size() + 1);
  }
  const char* const value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
  return value == nullptr ? "" : value;
}

/// The innermost command that was named.
const CLI::App& chosen_app(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : chosen_app(*chosen.front());
}

/// How the chosen command shows its progress, which is also how its errors are shown.
ProgressMode progress_mode(const CLI::App& app) {
  const CLI::Option* const option = chosen_app(app).get_option_no_throw("--progress");
  return option != nullptr && option->count() > 0 && option->results().front() == "json"
             ? ProgressMode::kJson
             : ProgressMode::kNone;
}

/// --help stands with the options that every command has.
void group_help(CLI::App& command) {
  command.get_help_ptr()->group("Everywhere");
  for (CLI::App* inner : command.get_subcommands({})) group_help(*inner);
}

/// What a helper process does. Its errors are the other process's to tell, unless there is none.
int host_model() {
  const Result<> hosted = onnx::host_model();
  if (hosted || hosted.error().code != ErrorCode::kInvalidArgument) return 0;
  std::fprintf(stderr, "vat: %s\n", hosted.error().message.c_str());
  return traits(hosted.error().code).exit_code;
}

/// Large blocks go back to the system as soon as they are free. By default glibc raises the size from which
/// they do with each one that is freed, up to 32 MiB, and then the arenas of all threads keep what sound and
/// encoders needed: 207 MiB after fifty speeches, instead of 123; 12 more for a transcription.
void give_large_blocks_back() {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
#endif
}

int run(int argc, char** argv) {
  give_large_blocks_back();
  const std::stop_token stop = stop_on_signals();
  CLI::App app(kDescription, "vat");
  app.formatter(make_help_formatter());
  app.set_version_flag("--version", std::string("vat ") + VAT_VERSION, "Show the version");
  app.option_defaults()->always_capture_default(false);
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "Show this help");
  app.fallthrough();  // --config may stand after the command too
  std::string config;
  app.add_option("--config", config, "Read defaults from this file instead of vat.toml")->type_name("FILE");

  std::vector<std::unique_ptr<Command>> commands = make_commands(app);
  for (CLI::App* command : app.get_subcommands({})) group_help(*command);
  name_environment(app);
  app.footer(kFooter);  // after the commands, which would inherit it

  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool json = value_of(arguments, "--progress", "VAT_PROGRESS") == "json";
  Console console(json ? ProgressMode::kJson : ProgressMode::kAuto, false);
  // The file changes the options' defaults.
  const Result<> configured = apply_config_file(app, value_of(arguments, "--config", "VAT_CONFIG"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return app.exit(version);
  } catch (const CLI::ParseError& error) {
    console.error({ErrorCode::kInvalidArgument, usage_sentence(app, error, arguments)});
    return traits(ErrorCode::kInvalidArgument).exit_code;
  }
  // Reported only now, so that --help, --version and completion work despite an invalid file.
  if (!configured && !app.got_subcommand("completion")) {
    console.error(configured.error());
    return traits(configured.error().code).exit_code;
  }
  for (const auto& command : commands) {
    if (!command->chosen()) continue;
    const Result<int> result = command->run(stop);
    if (result) return *result;
    // The reader of the output has gone away and does not need the reason.
    if (result.error().code != ErrorCode::kBrokenPipe)
      Console(progress_mode(app), false).error(result.error());
    return exit_code(result.error());
  }
  std::fputs(app.help().c_str(), stdout);
  return 0;
}

}  // namespace
}  // namespace vat::app

int main(int argc, char** argv) {
  try {
    if (argc == 2 && argv[1] == vat::app::kModelHostCommand) return vat::app::host_model();
    if (argc == 4 && argv[1] == vat::app::kSherpaHostCommand) return vat::asr::host_sherpa(argv[2], argv[3]);
    if (argc == 2 && std::string_view(argv[1]) == vat::app::kDecodeHelper)
      return vat::media::run_media_helper();
    return vat::app::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vat: Internal error: %s\n", error.what());
    return 70;
  }
}
