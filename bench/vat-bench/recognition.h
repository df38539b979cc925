// How fast `vat transcribe` is, on a model with random weights of a published shape, so that nothing has to
// be fetched; and, given whisper.cpp's own program or ffmpeg, how that compares.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "modelfile/testing/synthetic.h"

namespace vat::bench {

[[nodiscard]] const std::map<std::string, modelfile::SyntheticShape>& model_shapes();

struct RecognitionOptions {
  std::string self;  ///< This program.
  std::string vat;   ///< The program that is measured.
  std::string shape = "base";
  double minutes = 5;  ///< Length of the long recording.
  int runs = 3;
  int threads = 1;
  std::string only;
  std::string whisper_cli;
  std::string ffmpeg;
  std::string media;
  double long_hours = 0;
};

/// Runs whole processes in turns and prints a line for each comparison.
[[nodiscard]] Result<> measure_recognition(const RecognitionOptions& options);

}  // namespace vat::bench
