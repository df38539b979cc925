#include "tts/neural/piper_config.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "tts/code_points.h"

namespace vat::tts {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxSymbols = 1024;
constexpr int kMaxSpeakers = 10'000;
constexpr std::int64_t kMaxSymbolId = 100'000;

tl::unexpected<Error> no_description(const std::string& what) {
  return fail(ErrorCode::kBadData, "it is not the description of a Piper voice (" + what + ").");
}

/// Null when the member is missing or of another type.
const json::object* object_at(const json::object& object, std::string_view name) {
  const json::value* const member = object.if_contains(name);
  return member == nullptr ? nullptr : member->if_object();
}
std::string string_at(const json::object& object, std::string_view name) {
  const json::value* const member = object.if_contains(name);
  const json::string* const text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? std::string() : std::string(*text);
}
double number_at(const json::object& object, std::string_view name, double otherwise) {
  const json::value* const member = object.if_contains(name);
  if (member == nullptr || !member->is_number()) return otherwise;
  return member->to_number<double>();
}

/// A name of a voice or language, which goes to eSpeak and into messages.
bool is_plain(std::string_view name) {
  constexpr std::size_t kMax = 64;
  return name.size() <= kMax && std::all_of(name.begin(), name.end(), [](char c) {
           return is_alphanumeric(c) || c == '-' || c == '_' || c == '/' || c == '+' || c == '.';
         });
}

Result<SymbolIds> read_symbols(const json::object& map) {
  SymbolIds symbols;
  if (map.size() > kMaxSymbols) return no_description("phoneme_id_map is too long");
  for (const auto& [key, value] : map) {
    std::u32string points;
    for_each_code_point(std::string_view(key), [&](UChar32 point, std::size_t, std::size_t) {
      points.push_back(static_cast<char32_t>(point));
    });
    const json::array* const ids = value.if_array();
    if (ids == nullptr || ids->empty() || ids->size() > 8) return no_description("phoneme_id_map");
    std::vector<std::int64_t> numbers;
    for (const json::value& id : *ids) {
      const std::int64_t* const number = id.if_int64();
      if (number == nullptr || *number < 0 || *number > kMaxSymbolId) return no_description("phoneme_id_map");
      numbers.push_back(*number);
    }
    // Symbols of several letters are never what a letter of phonemes is.
    if (points.size() == 1) symbols.emplace(points.front(), std::move(numbers));
  }
  for (const char32_t needed : {U'_', U'^', U'$'})
    if (!symbols.contains(needed)) return no_description("phoneme_id_map lacks _, ^ or $");
  return symbols;
}

std::string language_of(const json::object& root, const std::string& espeak) {
  std::string language = espeak;
  if (const json::object* const details = object_at(root, "language")) {
    const std::string code = string_at(*details, "code");
    if (!code.empty()) language = code;
  }
  std::replace(language.begin(), language.end(), '_', '-');
  return language;
}

Result<> read_speakers(const json::object& root, PiperConfig& config) {
  const double speakers = number_at(root, "num_speakers", 1);
  if (!(speakers >= 1 && speakers <= kMaxSpeakers)) return no_description("num_speakers");
  config.speakers = static_cast<int>(speakers);
  const json::object* const ids = object_at(root, "speaker_id_map");
  if (ids == nullptr || ids->size() > kMaxSpeakers) return {};
  for (const auto& [name, id] : *ids) {
    const std::int64_t* const number = id.if_int64();
    if (number != nullptr && *number >= 0 && *number < config.speakers)
      config.speaker_ids.emplace(std::string(name), static_cast<int>(*number));
  }
  return {};
}

Result<> read_scales(const json::object& root, PiperConfig& config) {
  const json::object* const inference = object_at(root, "inference");
  if (inference == nullptr) return {};
  config.noise = static_cast<float>(number_at(*inference, "noise_scale", config.noise));
  config.length = static_cast<float>(number_at(*inference, "length_scale", config.length));
  config.noise_width = static_cast<float>(number_at(*inference, "noise_w", config.noise_width));
  const bool valid = config.noise >= 0 && config.noise <= 10 && config.length >= 0.1F &&
                     config.length <= 10 && config.noise_width >= 0 && config.noise_width <= 10;
  return valid ? Result<>() : no_description("inference");
}

/// Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding), as far as ONNX needs it.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : bytes_(bytes) {}

  /// Moves to the next field; false at the end or at what is none.
  bool next() {
    if (bytes_.empty() || !good_) return false;
    const std::uint64_t key = varint();
    number_ = key >> 3U;
    value_ = {};
    switch (key & 7U) {
      case 0:
        (void)varint();
        break;
      case 1:
        take(8);
        break;
      case 2:
        take(varint());
        break;
      case 5:
        take(4);
        break;
      default:
        good_ = false;
    }
    return good_;
  }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] std::string_view value() const { return value_; }
  [[nodiscard]] bool good() const { return good_; }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80U) return value;
    }
    good_ = false;
    return 0;
  }
  void take(std::uint64_t count) {
    good_ = good_ && count <= bytes_.size();
    if (!good_) return;
    value_ = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
  }

  std::string_view bytes_;
  std::string_view value_;
  std::uint64_t number_ = 0;
  bool good_ = true;
};

tl::unexpected<Error> no_onnx() { return fail(ErrorCode::kBadData, "it is not an ONNX model."); }

}  // namespace

Result<PiperConfig> read_piper_config(std::string_view text) {
  json::parse_options limits;
  limits.max_depth = 16;
  boost::system::error_code error;
  const json::value parsed = json::parse(text, error, {}, limits);
  const json::object* const root = error ? nullptr : parsed.if_object();
  if (root == nullptr) return no_description("no JSON object");
  PiperConfig config;
  const json::object* const audio = object_at(*root, "audio");
  const double rate = audio == nullptr ? 0 : number_at(*audio, "sample_rate", 0);
  if (!(rate >= 8'000 && rate <= 96'000)) return no_description("audio.sample_rate");
  config.sample_rate = static_cast<int>(rate);
  config.quality = audio == nullptr ? "" : string_at(*audio, "quality");
  const std::string kind = string_at(*root, "phoneme_type");
  if (!kind.empty() && kind != "espeak" && kind != "text")
    return fail(ErrorCode::kBadData, "its phonemes are of a kind that is not supported (phoneme_type).");
  const json::object* const espeak = object_at(*root, "espeak");
  const std::string voice = espeak == nullptr ? "" : string_at(*espeak, "voice");
  if (kind != "text") config.espeak = voice;
  if (kind != "text" && voice.empty()) return no_description("espeak.voice");
  config.language = language_of(*root, voice);
  if (!is_plain(voice) || !is_plain(config.language) || !is_plain(config.quality) || config.language.empty())
    return no_description("a name that is not plain");
  const json::object* const symbols = object_at(*root, "phoneme_id_map");
  if (symbols == nullptr) return no_description("phoneme_id_map");
  VAT_ASSIGN(config.symbols, read_symbols(*symbols));
  VAT_TRY(read_speakers(*root, config));
  VAT_TRY(read_scales(*root, config));
  return config;
}

Result<std::vector<std::string>> onnx_inputs(std::string_view file) {
  // onnx.proto: ModelProto.graph is field 7, GraphProto.input 11, ValueInfoProto.name 1.
  constexpr std::uint64_t kGraph = 7;
  constexpr std::uint64_t kInput = 11;
  constexpr std::uint64_t kName = 1;
  constexpr std::size_t kMaxInputs = 64;
  std::string_view graph;
  Fields model(file);
  while (model.next())
    if (model.number() == kGraph) graph = model.value();
  if (!model.good() || graph.empty()) return no_onnx();
  std::vector<std::string> names;
  Fields parts(graph);
  while (parts.next()) {
    if (parts.number() != kInput) continue;
    std::string name;
    Fields info(parts.value());
    while (info.next())
      if (info.number() == kName) name = info.value();
    if (!info.good() || !is_plain(name) || names.size() == kMaxInputs) return no_onnx();
    names.push_back(std::move(name));
  }
  if (!parts.good() || names.empty()) return no_onnx();
  return names;
}

}  // namespace vat::tts
