#include "model_list.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "catalog/recognisers.h"

namespace vat::app {
namespace {

const char* kind_name(catalog::ModelKind kind) {
  switch (kind) {
    case catalog::ModelKind::kRecognition:
    case catalog::ModelKind::kSherpa:
      return "recognition";
    case catalog::ModelKind::kSpeechDetection:
      return "speech_detection";
    case catalog::ModelKind::kVoice:
      return "voice";
    case catalog::ModelKind::kSpeakers:
      break;
  }
  return "speakers";
}

/// Which engine transcribes with the model; empty for one that does not transcribe.
std::string engine_of(catalog::ModelKind kind) {
  if (kind == catalog::ModelKind::kSherpa) return "sherpa";
  return kind == catalog::ModelKind::kRecognition ? "whisper" : "";
}

/// Of what cannot be downloaded, how it is installed.
std::string place_of(const catalog::ModelInfo& model) {
  if (model.installed) return model.path.string();
  for (const catalog::KnownRecogniser& known : catalog::known_recognisers())
    if (model.kind == catalog::ModelKind::kSherpa && model.name == known.name)
      return "import " + std::string(known.archive);
  if (model.partial_bytes == 0) return "";
  return format_bytes(model.partial_bytes) + " downloaded; pull it again to resume";
}

}  // namespace

std::string model_table(const std::vector<catalog::ModelInfo>& models) {
  std::string text = fmt::format("{:<22} {:>9}  {:<8}  {}\n", "NAME", "SIZE", "PACKAGES", "HERE");
  for (const catalog::ModelInfo& model : models)
    text += fmt::format("{:<22} {:>9}  {:<8}  {}\n", model.name,
                        model.bytes == 0 ? "-" : format_bytes(model.bytes), model.packaged ? "yes" : "",
                        place_of(model));
  return text;
}

std::string model_list_json(const std::vector<catalog::ModelInfo>& models) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const catalog::ModelInfo& model : models) {
    json.new_line();
    json.begin_object();
    json.key("name").string(model.name);
    json.key("kind").string(kind_name(model.kind));
    json.key("engine").string_or_null(engine_of(model.kind));
    json.key("bytes").integer(static_cast<std::int64_t>(model.bytes));
    json.key("published").boolean(model.published);
    json.key("packaged").boolean(model.packaged);
    json.key("installed").boolean(model.installed);
    json.key("path").string_or_null(model.installed ? model.path.string() : "");
    json.key("source").string_or_null(model.source);
    json.key("partial_bytes").integer(static_cast<std::int64_t>(model.partial_bytes));
    json.end_object();
  }
  json.new_line();
  json.end_array();
  return text + "\n";
}

std::string sources_sentence(const std::vector<catalog::SourceInfo>& sources) {
  if (sources.empty()) return "There is no source that models may be downloaded from.";
  bool packages = false;
  for (const catalog::SourceInfo& source : sources)
    packages = packages || source.kind == catalog::SourceKind::kPackages;
  return "Models are downloaded from " +
         join(sources, ", then from ", [](const catalog::SourceInfo& source) { return source.name; }) +
         (packages ? ", which has those with PACKAGES." : ".");
}

}  // namespace vat::app
