#include "modelfile/recogniser_folder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "modelfile/onnx_metadata.h"

namespace vat::modelfile {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTokensBytes = std::size_t{16} << 20U;
constexpr std::size_t kMaxListedTokens = 1'000'000;
constexpr std::size_t kMaxFolderEntries = 1000;
constexpr std::string_view kTokens = "tokens.txt";

using Names = std::vector<std::string>;

bool is_graph(std::string_view name) { return name.ends_with(".onnx") || name.ends_with(".ort"); }

/// Weights that a graph of more than 2 GB keeps outside.
bool is_weights(std::string_view name) {
  return name.ends_with(".weights") || name.ends_with(".onnx.data") || name.ends_with(".onnx_data");
}

Result<Names> names_in(const fs::path& folder) {
  Names names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (names.size() >= kMaxFolderEntries) break;
    if (std::error_code ignored; entry->is_regular_file(ignored)) names.push_back(entry->path().filename());
  }
  if (error) return fail(ErrorCode::kNotFound, folder.string() + " is not a folder that can be read.");
  std::sort(names.begin(), names.end());
  return names;
}

/// The graph whose name begins so; the one with 8-bit weights before the others.
std::string find_graph(const Names& names, std::string_view beginning) {
  std::string found;
  for (const std::string& name : names) {
    if (!name.starts_with(beginning) || !is_graph(name)) continue;
    if (found.empty() || (name.find("int8") != std::string::npos && found.find("int8") == std::string::npos))
      found = name;
  }
  return found;
}

std::optional<RecogniserKind> kind_of(const OnnxMetadata& metadata) {
  const auto has = [&](std::string_view key) { return metadata.find(key) != metadata.end(); };
  const auto found = metadata.find("model_type");
  const std::string_view type = found == metadata.end() ? std::string_view() : found->second;
  if (has("lang_auto") && has("with_itn")) return RecogniserKind::kSenseVoice;
  if (type == "paraformer" || (type.empty() && has("lfr_window_size"))) return RecogniserKind::kParaformer;
  if (type.starts_with("EncDec")) return RecogniserKind::kNemoCtc;
  if (type == "zipformer2_ctc") return RecogniserKind::kZipformerCtc;
  if (type == "wenet_ctc") return RecogniserKind::kWenetCtc;
  return std::nullopt;
}

/// A model of one graph, whose metadata tell its kind.
Result<> inspect_single(const fs::path& folder, RecogniserFolder& found) {
  VAT_ASSIGN(const OnnxMetadata metadata, read_onnx_metadata(folder / found.model));
  const auto kind = kind_of(metadata);
  if (!kind)
    return fail(ErrorCode::kBadData, (folder / found.model).string() +
                                         " is an ONNX model of a kind that is not known here; known are "
                                         "SenseVoice, Paraformer, Moonshine, transducers, and CTC of NeMo, "
                                         "zipformers and WeNet.");
  found.kind = *kind;
  return {};
}

/// By what the files are called; false where they are no model.
bool inspect_names(const Names& names, RecogniserFolder& found) {
  found.encoder = find_graph(names, "encoder");
  found.decoder = find_graph(names, "decoder");
  found.joiner = find_graph(names, "joiner");
  if (!found.joiner.empty()) return !found.encoder.empty() && !found.decoder.empty();
  found.kind = RecogniserKind::kMoonshine;
  if (found.decoder.find("merged") != std::string::npos) return !found.encoder.empty();
  found.preprocessor = find_graph(names, "preprocess");
  if (!found.preprocessor.empty()) {
    found.encoder = find_graph(names, "encode");
    found.decoder.clear();
    found.uncached_decoder = find_graph(names, "uncached_decode");
    found.cached_decoder = find_graph(names, "cached_decode");
    return !found.encoder.empty() && !found.uncached_decoder.empty() && !found.cached_decoder.empty();
  }
  found.encoder.clear();
  found.decoder.clear();
  found.model = find_graph(names, "model");
  if (found.model.empty()) found.model = find_graph(names, "ctc-");
  return !found.model.empty();
}

Result<> check_tokens_of(const fs::path& folder) {
  VAT_ASSIGN(const std::string text, read_file(folder / kTokens, kMaxTokensBytes));
  auto count = check_tokens(text);
  if (!count) return fail(ErrorCode::kBadData, (folder / kTokens).string() + " " + count.error().message);
  return {};
}

/// The number at the end of a line.
std::optional<std::size_t> number_of(std::string_view line) {
  const std::size_t space = line.find_last_of(" \t");
  const std::string_view digits = space == std::string_view::npos ? line : line.substr(space + 1);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string_view kind_name(RecogniserKind kind) {
  switch (kind) {
    case RecogniserKind::kNemoTransducer:
      return "NeMo transducer";
    case RecogniserKind::kTransducer:
      return "transducer";
    case RecogniserKind::kSenseVoice:
      return "SenseVoice";
    case RecogniserKind::kParaformer:
      return "Paraformer";
    case RecogniserKind::kNemoCtc:
      return "NeMo CTC";
    case RecogniserKind::kZipformerCtc:
      return "zipformer CTC";
    case RecogniserKind::kWenetCtc:
      return "WeNet CTC";
    case RecogniserKind::kMoonshine:
      break;
  }
  return "Moonshine";
}

std::vector<std::string> RecogniserFolder::files() const {
  std::vector<std::string> names{tokens, model,        encoder,          decoder,
                                 joiner, preprocessor, uncached_decoder, cached_decoder};
  names.insert(names.end(), weights.begin(), weights.end());
  std::erase(names, "");
  return names;
}

bool is_recogniser_file(std::string_view name) {
  return name == kTokens || is_graph(name) || is_weights(name);
}

Result<RecogniserFolder> inspect_recogniser(const fs::path& folder) {
  VAT_ASSIGN(const Names names, names_in(folder));
  RecogniserFolder found;
  const bool tokens = std::find(names.begin(), names.end(), kTokens) != names.end();
  if (!tokens || !inspect_names(names, found))
    return fail(ErrorCode::kNotFound, folder.string() +
                                          " holds no model of sherpa-onnx: it needs tokens.txt, and "
                                          "model.onnx, or encoder, decoder and joiner.");
  found.tokens = kTokens;
  VAT_TRY(check_tokens_of(folder));
  if (!found.model.empty()) VAT_TRY(inspect_single(folder, found));
  for (const std::string& name : found.files()) {
    if (!name.ends_with(".onnx")) continue;
    VAT_ASSIGN(const OnnxMetadata metadata, read_onnx_metadata(folder / name));
    // NeMo's decoders are LSTMs, whose states have to be made.
    if (name == found.encoder && metadata.contains("pred_rnn_layers"))
      found.kind = RecogniserKind::kNemoTransducer;
  }
  std::copy_if(names.begin(), names.end(), std::back_inserter(found.weights), is_weights);
  return found;
}

Result<std::size_t> check_tokens(std::string_view text) {
  std::vector<bool> seen;
  std::size_t count = 0;
  while (!text.empty()) {
    std::string_view line = take_part(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto number = number_of(line);
    if (!number || *number >= kMaxListedTokens)
      return fail(ErrorCode::kBadData,
                  "is not a list of tokens: line " + std::to_string(count + 1) + " ends with no number.");
    if (*number >= seen.size()) seen.resize(*number + 1);
    if (seen[*number])
      return fail(ErrorCode::kBadData,
                  "is not a list of tokens: it has the number " + std::to_string(*number) + " twice.");
    seen[*number] = true;
    ++count;
  }
  if (count == 0 || count != seen.size())
    return fail(ErrorCode::kBadData, "is not a list of tokens: it lacks some of the numbers from 0.");
  return count;
}

std::string recogniser_name(std::string_view published) {
  for (const std::string_view end : {".tar.bz2", ".tar.gz", ".tar.xz", ".tar", ".tgz", ".zip"}) {
    if (!published.ends_with(end)) continue;
    published.remove_suffix(end.size());
    break;
  }
  if (published.starts_with("sherpa-onnx-sense-voice-zh-en-ja-ko-yue")) return "sense-voice-small";
  for (const std::string_view beginning : {"sherpa-onnx-", "nemo-"})
    if (published.starts_with(beginning)) published.remove_prefix(beginning.size());
  for (const std::string_view end : {"-int8", "-fp16"})
    if (published.ends_with(end)) published.remove_suffix(end.size());
  return std::string(published);
}

}  // namespace vat::modelfile
