// The options of the commands: flags, environment, vat.toml, defaults, in this order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "console.h"
#include "pipeline/options.h"
#include "tts/lexicon.h"

namespace CLI {
class App;
class Validator;
}  // namespace CLI

namespace vat::app {

/// Where the results go and which are made.
struct OutputFlags {
  std::string output;  ///< Folder, or a file for a single result, or "-"; empty: next to the input.
  bool force = false;
  bool skip_existing = false;
  bool no_resume = false;
  std::string speakers_from;  ///< An RTTM file; empty: none.
};

/// The services that are called with credentials.
struct ServiceFlags {
  std::string google_api_key;
  std::string google_credentials;  ///< Service-account JSON file.
  std::string google_tts_url;
  std::string openai_url;
  std::string openai_api_key;
  std::string openai_tts_model;
};

/// The options of every command.
struct CommonFlags {
  bool quiet = false;
  int verbose = 0;
  std::string progress = "auto";
  int threads = 0;  ///< 0: one per core.
  std::string models_directory;
  std::string model_url;
  std::vector<std::string> model_sources = {"mirror", "publisher", "packages"};
  bool offline = false;
};

/// Raw text of options that pipeline::JobOptions holds as types.
struct JobFlags {
  pipeline::JobOptions job;
  std::vector<std::string> formats;
  std::string audio_format = "mp3";
  std::string loudness = "-16";
  std::string background = "off";
  std::vector<std::string> voices_for;  ///< "Anna=af_heart".
  bool no_fallback = false;
  bool no_word_times = false;
  bool no_speech = false;
};

void add_common_flags(CLI::App& app, CommonFlags& flags);
/// Those of them that are about this machine: threads, models, the network.
void add_machine_flags(CLI::App& app, CommonFlags& flags);
void add_recognition_flags(CLI::App& app, JobFlags& flags);
void add_result_flags(CLI::App& app, JobFlags& flags);
void add_speech_flags(CLI::App& app, JobFlags& flags);
/// --voice-for, for commands that speak what several people say.
void add_voice_for_flag(CLI::App& app, JobFlags& flags);
/// --background, for commands that dub.
void add_background_flag(CLI::App& app, JobFlags& flags);
/// --lexicon, for commands that speak.
void add_lexicon_flag(CLI::App& app, std::string& file);
/// The lexicon of the file, or null for an empty name. The errors name the file.
[[nodiscard]] Result<std::shared_ptr<const tts::Lexicon>> read_lexicon(const std::string& file);
void add_service_flags(CLI::App& app, ServiceFlags& flags);
/// -o, whose `meaning` differs, and --force.
void add_output_flags(CLI::App& app, OutputFlags& flags, const std::string& meaning);
/// --skip-existing and --no-resume, for commands that take many inputs.
void add_batch_flags(CLI::App& app, OutputFlags& flags);
/// --yt-dlp, for commands that take links.
void add_link_flags(CLI::App& app, std::string& yt_dlp);
void add_check_flag(CLI::App& app, bool& check);

/// "a.txt already exists." becomes "a.txt already exists; use --force to replace it." Other errors stay as
/// they are, and so does one that names a remedy. For commands that have --force.
[[nodiscard]] Error with_force_remedy(Error error);

/// The typed options, checked.
[[nodiscard]] Result<pipeline::JobOptions> to_job_options(const JobFlags& flags);

/// Checks of a value: it is one of these names; it is a whole number within bounds.
[[nodiscard]] CLI::Validator one_of(std::vector<std::string> names);
[[nodiscard]] CLI::Validator in_range(int min, int max);

/// Gives every option of the app and its subcommands its environment variable: --beam-size is VAT_BEAM_SIZE.
void name_environment(CLI::App& app);

/// Reads defaults from a TOML file: `beam-size = 5` at the top level applies to every command that has the
/// option, in the table of a command to that one. The file is `explicit_path`, or vat.toml in the working
/// folder, or in $XDG_CONFIG_HOME/vat; a missing one is an error only if it was named. A key that no command
/// has is kInvalidArgument.
[[nodiscard]] Result<> apply_config_file(CLI::App& app, const std::filesystem::path& explicit_path);

}  // namespace vat::app
