// vat voices [list] | pull | import | sample | remove.
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/text.h"
#include "command.h"
#include "flags.h"
#include "model_progress.h"
#include "pipeline/speech.h"
#include "toolbox.h"
#include "voice_packs.h"
#include "voice_samples.h"

namespace vat::app {
namespace {

struct VoiceRow {
  std::string name;  ///< Including its engine, as in --voice.
  Voice voice;
};

constexpr std::size_t kWidestLanguage = 10;  // the few longer ones may stick out

/// Columns as wide as their contents.
std::string voice_table(const std::vector<VoiceRow>& rows) {
  std::size_t name = 5;
  std::size_t language = 8;
  for (const VoiceRow& row : rows) {
    name = std::max(name, row.name.size());
    language = std::max(language, std::min(row.voice.language.size(), kWidestLanguage));
  }
  std::string text;
  const auto add = [&](std::string_view a, std::string_view b, std::string_view c, std::string_view d,
                       std::string_view e) {
    text += fmt::format("{:<{}}  {:<{}}  {:<6}  {:>6}  {}\n", a, name, b, language, c, d, e);
  };
  add("VOICE", "LANGUAGE", "GENDER", "PITCH", "DESCRIPTION");
  for (const auto& [full_name, voice] : rows)
    add(full_name, voice.language, voice.gender, voice.pitch > 0 ? fmt::format("{:.0f} Hz", voice.pitch) : "",
        voice.description);
  return text;
}

class VoicesCommand : public Command {
 public:
  explicit VoicesCommand(CLI::App& app)
      : Command(app, "voices", "List the available voices; fetch, import and try neural ones") {
    command().require_subcommand(0, 1);
    add_list_flags(command());
    list_ = command().add_subcommand("list", "List the voices here, and those that can be fetched");
    add_list_flags(*list_);
    pull_ = command().add_subcommand("pull", "Download neural voices by name");
    pull_->add_option("name", names_, "kokoro, or another of `vat voices list`")
        ->required()
        ->configurable(false);
    import_ = command().add_subcommand("import", "Install a Piper voice from its files");
    import_->add_option("path", path_, "NAME.onnx, which has NAME.onnx.json beside it")
        ->required()
        ->configurable(false);
    import_->add_option("--name", name_, "Name of the voice (default: the file's)")->configurable(false);
    import_->add_flag("--force", force_, "Replace the voice of that name")->configurable(false);
    sample_ = command().add_subcommand("sample", "Speak a sentence with a voice, to hear it");
    sample_->add_option("name", name_, "A voice of `vat voices list`")->required()->configurable(false);
    sample_->add_option("-o,--output", path_, "Audio file (default: the voice's name .wav)")
        ->type_name("PATH")
        ->configurable(false);
    sample_->add_flag("--force", force_, "Replace the file")->configurable(false);
    add_service_flags(*sample_, services_);
    remove_ = command().add_subcommand("remove", "Delete neural voices from this machine");
    remove_->add_option("name", names_, "A name of `vat voices list`")->required()->configurable(false);
    command().footer(
        "Examples:\n"
        "  vat voices -l en                        English voices\n"
        "  vat voices pull kokoro                  natural voices in six languages\n"
        "  vat voices import de_DE-thorsten-high.onnx\n"
        "  vat voices sample bf_emma -o emma.wav");
    for (CLI::App* sub : {list_, pull_, import_, sample_, remove_}) sub->footer("");
    for (CLI::App* sub : {list_, pull_, import_, sample_, remove_}) add_common_flags(*sub, common_);
    add_common_flags(command(), common_);
  }

  [[nodiscard]] Result<int> run(std::stop_token stop) override {
    console_ = make_console(common_);
    Toolbox toolbox(common_);
    if (pull_->parsed()) return pull(toolbox, stop);
    if (import_->parsed()) return import(toolbox, stop);
    if (sample_->parsed()) return sample(toolbox, stop);
    if (remove_->parsed()) return remove(toolbox.voice_store());
    return list(toolbox, stop);
  }

 private:
  void add_list_flags(CLI::App& app) {
    app.add_option("-l,--language", language_, "Only voices of this language, such as en or de-AT")
        ->type_name("CODE");
    app.add_option("--speech-engine", engine_, "Only voices of this engine, such as kokoro or espeak-ng");
    add_service_flags(app, services_);
  }

  [[nodiscard]] Result<int> list(Toolbox& toolbox, const std::stop_token& stop) const {
    VAT_ASSIGN(const tts::Engines engines, toolbox.speech_engines(services_));
    const auto is_wanted = [this](const auto& engine) { return engine->name() == engine_; };
    if (!engine_.empty() && engine_ != "auto" && std::none_of(engines.begin(), engines.end(), is_wanted))
      return fail(ErrorCode::kNotFound,
                  "There is no speech engine \"" + to_utf8(engine_) + "\"; there are: " +
                      join(engines, ", ", [](const auto& engine) { return engine->name(); }) + ".");
    std::vector<VoiceRow> rows;
    for (const auto& engine : engines) {
      if (!engine_.empty() && engine_ != "auto" && engine->name() != engine_) continue;
      auto voices = engine->voices(stop);
      // If one service does not answer, the others' voices are still listed.
      if (!voices) {
        console_->error(voices.error());
        continue;
      }
      for (Voice& voice : *voices) {
        if (speaks(voice)) rows.push_back({engine->name() + ":" + voice.name, std::move(voice)});
      }
    }
    if (rows.empty()) return fail(ErrorCode::kNotFound, "No voice matches; `vat voices` lists all.");
    std::string text = voice_table(rows);
    const std::string packs = pack_table(toolbox.voice_store());
    if (language_.empty() && engine_.empty() && !packs.empty()) text += "\n" + packs;
    VAT_TRY(write_all(STDOUT_FILENO, text, "standard output"));
    return 0;
  }

  [[nodiscard]] bool speaks(const Voice& voice) const {
    const std::string wanted = normal(language_);
    const std::string spoken = normal(voice.language);
    return wanted.empty() || spoken == wanted || spoken.starts_with(wanted + "-");
  }

  /// "en_US" and "en-us" are one.
  static std::string normal(std::string_view language) {
    std::string text = fold_case(language);
    std::replace(text.begin(), text.end(), '_', '-');
    return text;
  }

  [[nodiscard]] Result<int> pull(Toolbox& toolbox, const std::stop_token& stop) const {
    ModelProgress progress(*console_);
    const auto show = [&](const std::string& file, const catalog::PullProgress& now) {
      progress.show(file, now);
    };
    for (const std::string& name : names_) {
      VAT_TRY(pull_voice(toolbox.voice_store(), name, show, stop));
      console_->note(name + " is installed.");
    }
    measure_pitches(toolbox, stop);
    return 0;
  }

  /// For the list, and for who speaks for whom. A voice that cannot speak is installed all the same.
  void measure_pitches(Toolbox& toolbox, const std::stop_token& stop) const {
    const auto engines = toolbox.speech_engines(services_);
    if (!engines) return;
    for (const auto& engine : *engines)
      if (const auto measured = engine->measure_pitches({}, stop); !measured && !stop.stop_requested())
        console_->note("A voice cannot speak yet: " + measured.error().message);
  }

  [[nodiscard]] Result<int> import(Toolbox& toolbox, const std::stop_token& stop) const {
    const catalog::ModelStore& store = toolbox.voice_store();
    const auto imported = import_voice(store, {path_, name_, force_}, stop);
    if (!imported) return fail(with_force_remedy(imported.error()));
    console_->note(*imported + " is installed.");
    const auto library = store.find(catalog::kVoiceLibrary);
    if (library && !library->installed)
      console_->note("To speak, it needs " + std::string(catalog::kVoiceLibrary) + ": `vat voices pull " +
                     std::string(catalog::kVoiceLibrary) + "`.");
    measure_pitches(toolbox, stop);
    return 0;
  }

  [[nodiscard]] Result<int> sample(Toolbox& toolbox, const std::stop_token& stop) const {
    VAT_ASSIGN(tts::Engines engines, toolbox.speech_engines(services_));
    VAT_ASSIGN(const VoiceSample chosen, find_sample(engines, name_, stop));
    const std::filesystem::path output = path_.empty() ? name_ + ".wav" : path_;
    const auto format = media::parse_audio_format(output.extension().string());
    if (!format)
      return fail(ErrorCode::kInvalidArgument, output.string() + " is not the name of an audio file.");
    pipeline::SpeechOptions options;
    options.format = *format;
    options.voice = name_;
    const pipeline::SpeechTarget target{.path = output,
                                        .overwrite = force_ ? Overwrite::kReplace : Overwrite::kRefuse};
    const pipeline::Speech speech(std::move(engines), cache_directory() / "speech");
    const auto spoken = speech.speak(chosen.text, chosen.language, options, target, {}, stop);
    if (!spoken) return fail(with_force_remedy(spoken.error()));
    console_->note("Spoken by " + spoken->engine + ": " + output.string());
    return 0;
  }

  [[nodiscard]] Result<int> remove(const catalog::ModelStore& store) const {
    for (const std::string& name : names_) {
      VAT_ASSIGN(const std::uint64_t freed, remove_voice(store, name));
      console_->note("Removed " + name + ", which frees " + format_bytes(freed) + ".");
    }
    return 0;
  }

  CLI::App* list_ = nullptr;
  CLI::App* pull_ = nullptr;
  CLI::App* import_ = nullptr;
  CLI::App* sample_ = nullptr;
  CLI::App* remove_ = nullptr;
  std::string language_;
  std::string engine_;
  std::vector<std::string> names_;
  std::string path_;
  std::string name_;
  bool force_ = false;
  CommonFlags common_;
  ServiceFlags services_;
  std::unique_ptr<Console> console_;
};

}  // namespace

std::unique_ptr<Command> make_voices_command(CLI::App& app) { return std::make_unique<VoicesCommand>(app); }

}  // namespace vat::app
