// Writes a model with its large matrices in another number format, because some formats run faster than
// others on a given CPU. Any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>

#include "base/result.h"
#include "modelfile/weight_type.h"

namespace vat::modelfile {

/// Called now and then with the finished fraction in [0, 1], on the converting thread; must not throw.
using ConvertProgress = std::function<void(double fraction)>;

/// Reads the Whisper model `source`, whose weights are f32, f16 or bf16, and writes `target` with weights of
/// the types `to`, one of kConvertibleTo. It converts the same tensors as whisper.cpp's own quantize tool:
/// every matrix, the token embedding among them. Convolutions stay binary16 (those of an f32 model become
/// it), positions, biases and norms stay binary32. `target` is checked and replaced only when it is complete;
/// it may be `source`. Memory is bounded; one thread, about 200 MB of weights per second. Errors: those of
/// read_header(); kInvalidArgument for weights that cannot be converted to these types; kCancelled after
/// `stop`; kDiskFull.
[[nodiscard]] Result<> convert_weights(const std::filesystem::path& source,
                                       const std::filesystem::path& target, const WeightTypes& to,
                                       const ConvertProgress& progress = {}, std::stop_token stop = {});

}  // namespace vat::modelfile
