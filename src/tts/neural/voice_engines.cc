#include "tts/neural/voice_engines.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/hash.h"
#include "tts/espeak_library.h"

namespace vat::tts {

Result<std::vector<std::shared_ptr<Synthesizer>>> make_neural(const NeuralConfig& config) {
  VAT_TRY(EspeakLibrary::instance().open({}));
  onnx::Config models{.library = config.library,
                      .helper = config.helper,
                      .threads = config.threads,
                      .max_memory = config.max_memory,
                      .open_timeout = config.open_timeout,
                      .run_timeout = config.run_timeout,
                      .max_parallel = static_cast<std::size_t>(parallel_runs(config.threads))};
  auto processes = std::make_shared<onnx::ModelProcesses>(std::move(models));
  std::vector<std::shared_ptr<Synthesizer>> engines{make_kokoro(config, processes),
                                                    make_piper(config, processes)};
  return engines;
}

std::string file_versions(const std::vector<std::filesystem::path>& files) {
  std::string text;
  for (const std::filesystem::path& file : files) {
    std::error_code ignored;
    text += file.filename().string() + " " + std::to_string(std::filesystem::file_size(file, ignored)) + " " +
            std::to_string(std::filesystem::last_write_time(file, ignored).time_since_epoch().count()) + "\n";
  }
  return hash_hex(Digest::kSha256, text).substr(0, 16);
}

tl::unexpected<Error> no_sounds(const std::string& engine) {
  return fail(ErrorCode::kUnavailable, "The voice of " + engine + " has no sounds for a sentence.");
}

int parallel_runs(int threads) { return threads > 1 ? 2 : 1; }

double model_speed(double wanted) { return std::clamp(wanted, 0.5, 2.0); }

}  // namespace vat::tts
