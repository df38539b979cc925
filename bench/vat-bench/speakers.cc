#include "speakers.h"

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/number.h"
#include "domain/audio.h"
#include "media/media.h"
#include "speakers/engine.h"

namespace vat::bench {
namespace {

struct Recording {
  std::filesystem::path path;
  SpeakerCount count;
};

Recording recording_of(const std::string& text) {
  const std::size_t sign = text.rfind('=');
  if (sign == std::string::npos) return {text, {}};
  const auto count = parse_number<std::size_t>(std::string_view(text).substr(sign + 1)).value_or(0);
  return {text.substr(0, sign), {std::max<std::size_t>(count, 1), count}};
}

/// Returns the seconds of sound.
Result<double> hear(const std::filesystem::path& path, Diarization& diarization) {
  VAT_ASSIGN(const auto reader, media::media_in_process().open(path, {}));
  std::vector<float> block(1 << 14);
  std::int64_t samples = 0;
  while (true) {
    VAT_ASSIGN(const std::size_t count, reader->read(block));
    if (count == 0) break;
    samples += static_cast<std::int64_t>(count);
    VAT_TRY(diarization.add(std::span(block).first(count)));
  }
  return to_seconds(samples_to_time(samples));
}

}  // namespace

Result<> label_speakers(const SpeakersOptions& options) {
  const std::filesystem::path models = options.models;
  const auto diarizer = speakers::make_diarizer(
      {.segmentation = models / "segmentation-3.0.onnx",
       .embedding = models / "campplus-zh-en.onnx",
       .library = options.library,
       .helper = {.program = options.vat, .arguments = {"model-host"}, .environment = {}},
       .threads = options.threads,
       .likeness = {.same = options.same, .certainly = options.certainly}});
  VAT_TRY(diarizer->start({}));  // The models are loaded before the clock starts.
  const auto began = std::chrono::steady_clock::now();
  double sound = 0;
  double finishing = 0;
  for (const std::string& file : options.files) {
    const Recording recording = recording_of(file);
    VAT_ASSIGN(const auto diarization, diarizer->start({}));
    for (int i = 0; i < options.repeats; ++i) {
      VAT_ASSIGN(const double seconds, hear(recording.path, *diarization));
      sound += seconds;
    }
    const auto heard = std::chrono::steady_clock::now();
    VAT_ASSIGN(const HeardSpeakers speakers, diarization->finish(recording.count, {}));
    finishing += std::chrono::duration<double>(std::chrono::steady_clock::now() - heard).count();
    for (const SpeakerTurn& turn : speakers.turns)
      std::printf("SPEAKER %s 1 %.3f %.3f <NA> <NA> S%zu <NA> <NA>\n", recording.path.stem().c_str(),
                  to_seconds(turn.start), to_seconds(turn.end - turn.start), turn.speaker + 1);
  }
  const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::fprintf(stderr, "%.1f s of sound in %.1f s, %.1f times real time; %.2f s at the end; %ld MB\n", sound,
               spent, sound / spent, finishing, usage.ru_maxrss / 1024);
  return {};
}

}  // namespace vat::bench
