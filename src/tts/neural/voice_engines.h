// The two engines of neural voices. Internal to tts.
#pragma once

#include <memory>

#include "onnx/model_process.h"
#include "tts/neural_engine.h"

namespace vat::tts {

[[nodiscard]] std::shared_ptr<Synthesizer> make_kokoro(const NeuralConfig& config,
                                                       std::shared_ptr<onnx::ModelProcesses> processes);
[[nodiscard]] std::shared_ptr<Synthesizer> make_piper(const NeuralConfig& config,
                                                      std::shared_ptr<onnx::ModelProcesses> processes);

/// What changes when one of the files is replaced.
[[nodiscard]] std::string file_versions(const std::vector<std::filesystem::path>& files);

/// The error of a text for which the voice has no symbols at all, such as one in another script.
[[nodiscard]] tl::unexpected<Error> no_sounds(const std::string& engine);

/// How many sentences are spoken at a time: two keep the cores busy where one does not use them.
[[nodiscard]] int parallel_runs(int threads);

/// The speed that the model is asked for, of the speed that is wanted; the rest is for change_tempo().
[[nodiscard]] double model_speed(double wanted);

}  // namespace vat::tts
