// A recognition model as sherpa-onnx publishes them: a folder with ONNX files and tokens.txt. Which files
// make the model, and of which kind it is, is found in their names and metadata.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vat::modelfile {

enum class RecogniserKind {
  kNemoTransducer,  ///< Parakeet TDT and the like.
  kTransducer,      ///< Zipformers and the like.
  kSenseVoice,      ///< Tells the language as well.
  kParaformer,
  kNemoCtc,
  kZipformerCtc,
  kWenetCtc,
  kMoonshine,  ///< Has no times of words.
};

/// "SenseVoice", for people.
[[nodiscard]] std::string_view kind_name(RecogniserKind kind);

/// Names of files in the folder; empty where the kind has no such file. Of several types of weights the
/// smaller one (int8) is chosen.
struct RecogniserFolder {
  RecogniserKind kind = RecogniserKind::kTransducer;
  std::string tokens;
  std::string model;  ///< Of the kinds that are one graph.
  std::string encoder;
  std::string decoder;  ///< Moonshine's merged one, if it has that.
  std::string joiner;
  std::string preprocessor;
  std::string uncached_decoder;
  std::string cached_decoder;
  std::vector<std::string> weights;  ///< That stand outside the graphs.

  /// All of them, without the empty ones.
  [[nodiscard]] std::vector<std::string> files() const;
};

/// Whether a file of this name may belong to such a model: a graph, weights beside it, or the tokens.
[[nodiscard]] bool is_recogniser_file(std::string_view name);

/// Reads names, metadata and the tokens, a few milliseconds. Errors: kNotFound for a folder that holds no
/// such model, which may be another program's; kBadData, with the file's name, for a file that is not what
/// its name says. Any thread.
[[nodiscard]] Result<RecogniserFolder> inspect_recogniser(const std::filesystem::path& folder);

/// A line is a token, a space and its number; the numbers are those from 0, each once. Returns how many there
/// are. Errors: kBadData, as the end of a sentence that begins with the file's name.
[[nodiscard]] Result<std::size_t> check_tokens(std::string_view text);

/// The name to install a model under, from the name of the folder or archive: "parakeet-tdt-0.6b-v3" of
/// "sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8.tar.bz2".
[[nodiscard]] std::string recogniser_name(std::string_view published);

}  // namespace vat::modelfile
