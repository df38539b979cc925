// vat-bench: how fast `vat` is on this machine, and models with random weights for it. See
// docs/design/0007-performance.md.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "child_process.h"
#include "media/sandboxed_media.h"
#include "media/waveform.h"
#include "recognition.h"
#include "speakers.h"

namespace vat::bench {
namespace {

struct DecodeOptions {
  std::string file;
  std::string vat = VAT_PROGRAM;
  bool sandbox = false;
  bool waveform = false;
  std::string pictures;  ///< The folder to put them into; empty: none.
};

/// Makes the pictures of a recording, as a job does before it transcribes.
Result<> make_pictures(media::Media& media, const DecodeOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  VAT_ASSIGN(const media::Pictures pictures, media.pictures(options.file, {}));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  VAT_ASSIGN(const auto files, media::write_pictures(pictures, options.pictures));
  std::printf("%zu files in %.2f s%s%s\n", files.size(), took.count(), pictures.filmstrip ? ": " : "",
              pictures.filmstrip ? to_json(*pictures.filmstrip).c_str() : "");
  return {};
}

/// Decodes the audio of a file to its end, as recognition does.
Result<> decode(const DecodeOptions& options) {
  std::unique_ptr<media::Media> sandboxed;
  if (options.sandbox)
    sandboxed = media::make_sandboxed_media(
        {.helper = {.program = options.vat, .arguments = {"decode-helper"}, .environment = {}}});
  media::Media& media = sandboxed ? *sandboxed : media::media_in_process();
  if (!options.pictures.empty()) return make_pictures(media, options);
  VAT_ASSIGN(const auto reader, media.open(options.file, {}));
  VAT_ASSIGN(const TemporaryDirectory folder, TemporaryDirectory::create());
  media::WaveformSource drawn(*reader, folder.path());
  AudioSource& source = options.waveform ? static_cast<AudioSource&>(drawn) : *reader;
  std::vector<float> block(1 << 16);
  std::int64_t samples = 0;
  while (true) {
    VAT_ASSIGN(const std::size_t count, source.read(block));
    if (count == 0) break;
    samples += static_cast<std::int64_t>(count);
  }
  if (options.waveform) VAT_TRY(drawn.finish());
  std::printf("%.1f s of sound\n", to_seconds(samples_to_time(samples)));
  return {};
}

struct ModelOptions {
  std::string file;
  std::string shape = "micro";
  int words = 96;
};

Result<> write_model(const ModelOptions& options) {
  const modelfile::SyntheticSpec spec{.shape = model_shapes().at(options.shape),
                                      .tokens_per_window = options.words};
  VAT_TRY(modelfile::write_synthetic(options.file, spec));
  std::printf("%s\n", modelfile::synthetic_text(spec).c_str());
  return {};
}

CLI::Validator is_shape() {
  std::vector<std::string> names;
  for (const auto& [name, shape] : model_shapes()) names.push_back(name);
  return CLI::IsMember(names);
}

CLI::App* add_recognition(CLI::App& app, RecognitionOptions& options) {
  CLI::App* const command = app.add_subcommand("recognition", "Measure how fast this machine transcribes");
  command->add_option("--vat", options.vat, "The program that is measured")->capture_default_str();
  command->add_option("--shape", options.shape, "Shape of the generated model")
      ->check(is_shape())
      ->capture_default_str();
  command->add_option("--minutes", options.minutes, "Length of the long recording")
      ->check(CLI::Range(0.2, 600.0))
      ->capture_default_str();
  command->add_option("--runs", options.runs, "Measured runs of each program")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_option("--threads", options.threads, "Chunks recognised at once")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--only", options.only, "Only cases whose name contains this text");
  command->add_option("--whisper-cli", options.whisper_cli,
                      "Compare with this whisper-cli of whisper.cpp, run in turns");
  command->add_option("--ffmpeg", options.ffmpeg, "Compare decoding of --media with this ffmpeg");
  command->add_option("--media", options.media, "The recording to decode");
  command
      ->add_option("--long-hours", options.long_hours,
                   "Also transcribe this many hours and measure the memory")
      ->check(CLI::Range(0.0, 100.0));
  return command;
}

CLI::App* add_model(CLI::App& app, ModelOptions& options) {
  CLI::App* const command = app.add_subcommand(
      "model", "Write a Whisper model with random weights, and print the words that it always says");
  command->add_option("file", options.file, "Where to")->required();
  command->add_option("--shape", options.shape, "Its shape")->check(is_shape())->capture_default_str();
  command->add_option("--words", options.words, "Words in each 30 s")
      ->check(CLI::Range(1, 200))
      ->capture_default_str();
  return command;
}

void add_decode(CLI::App& app, DecodeOptions& options) {
  CLI::App* const command = app.add_subcommand("decode", "Read the sound of a recording to its end");
  command->add_option("file", options.file, "The recording")->required();
  command->add_flag("--sandbox", options.sandbox, "As `vat` does by default, in a process of its own");
  command->add_flag("--waveform", options.waveform, "Draw its waveform as well, as a job does");
  command->add_option("--pictures", options.pictures, "Make its pictures instead, into this folder")
      ->check(CLI::ExistingDirectory);
  command->add_option("--vat", options.vat, "The program that has this process")->capture_default_str();
}

CLI::App* add_speakers(CLI::App& app, SpeakersOptions& options) {
  CLI::App* const command = app.add_subcommand("speakers", "Print who speaks when, as RTTM, and the pace");
  command->add_option("files", options.files, "The recordings; FILE=COUNT tells how many speak")->required();
  command->add_option("--models", options.models, "Folder of the two models")->required();
  command->add_option("--library", options.library, "ONNX Runtime")->required();
  command->add_option("--vat", options.vat, "The program that runs the models")->capture_default_str();
  command->add_option("--threads", options.threads, "That compute")->check(CLI::Range(1, 1024));
  command->add_option("--same", options.same, "Similarity from which voices are one speaker's");
  command->add_option("--certainly", options.certainly, "Similarity that is one even where more are told");
  command->add_option("--repeats", options.repeats, "How often each is heard on end")
      ->check(CLI::Range(1, 10'000));
  return command;
}

int run(int argc, char** argv) {
  CLI::App app("vat-bench measures vat on this machine.", "vat-bench");
  app.require_subcommand(1);
  RecognitionOptions recognition{.self = argv[0], .vat = VAT_PROGRAM};
  recognition.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  ModelOptions model;
  DecodeOptions decoding;
  const CLI::App* const recognition_command = add_recognition(app, recognition);
  const CLI::App* const model_command = add_model(app, model);
  SpeakersOptions labelling{.vat = VAT_PROGRAM, .threads = recognition.threads};
  const CLI::App* const speakers_command = add_speakers(app, labelling);
  add_decode(app, decoding);
  CLI11_PARSE(app, argc, argv);
  stop_on_signals();
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const Result<> done = recognition_command->parsed() ? measure_recognition(recognition)
                        : model_command->parsed()     ? write_model(model)
                        : speakers_command->parsed()  ? label_speakers(labelling)
                                                      : decode(decoding);
  if (done) return 0;
  std::fprintf(stderr, "vat-bench: %s\n", done.error().message.c_str());
  return traits(done.error().code).exit_code;
}

}  // namespace
}  // namespace vat::bench

int main(int argc, char** argv) {
  try {
    return vat::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vat-bench: Something went wrong inside: %s\n", error.what());
    return 70;
  }
}
