#include "modelfile/foreign_model.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/file.h"
#include "modelfile/import/model_files.h"
#include "modelfile/import/silero.h"
#include "modelfile/import/vocabulary.h"
#include "modelfile/import/whisper_plan.h"

namespace vat::modelfile {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxArchiveBytes = 16'000'000;
constexpr std::int32_t kEnglishTokens = 51'864;  // one fewer than the others have
constexpr std::int32_t kVersion3Mels = 128;

/// OpenAI's name of the size; "custom" for any other.
std::string size_name(const HyperParameters& p) {
  struct Size {
    std::int32_t audio_layers;
    std::int32_t text_layers;
    const char* name;
  };
  constexpr std::array kSizes{Size{4, 4, "tiny"},     Size{6, 6, "base"},    Size{12, 12, "small"},
                              Size{24, 24, "medium"}, Size{32, 32, "large"}, Size{32, 4, "large-v3-turbo"}};
  for (const Size& size : kSizes) {
    if (size.audio_layers != p.audio_layers || size.text_layers != p.text_layers) continue;
    const bool large_v3 = size.text_layers == 32 && p.mels == kVersion3Mels;
    return large_v3 ? "large-v3" : std::string(size.name) + (p.vocabulary == kEnglishTokens ? ".en" : "");
  }
  return "custom";
}

std::string weights_text(const ModelPlan& plan) {
  std::uint64_t count = 0;
  for (const PlannedTensor& tensor : plan.tensors) count += tensor.count;
  constexpr std::uint64_t kMillion = 1'000'000;
  return count < kMillion ? std::to_string(count) + " weights"
                          : std::to_string((count + kMillion / 2) / kMillion) + " M weights";
}

/// The folder's own name, also of "." and of a path that ends with a slash.
std::string folder_name(const fs::path& folder) {
  std::error_code ignored;
  const fs::path whole = fs::canonical(folder.empty() ? fs::path(".") : folder, ignored);
  return whole.filename().string();
}

}  // namespace

struct ForeignModel::Contents {
  std::string file;  // for messages
  std::string name;
  std::string description;
  std::string caveat;
  ModelFiles files;
  std::optional<SileroWeights> silero;
  ModelPlan plan;  // of the tensors of `files` or `silero`

  [[nodiscard]] Result<> open_whisper(const fs::path& path);
  [[nodiscard]] Result<> open_silero(const fs::path& path);
  void describe(const HyperParameters& parameters, StoredType type);
};

Result<> ForeignModel::Contents::open_whisper(const fs::path& path) {
  VAT_ASSIGN(files, open_model_files(path));
  file = files.weights;
  name = folder_name(files.folder);
  VAT_ASSIGN(const HyperParameters parameters,
             find_dimensions(files.tensors, files.format, files.heads, file));
  VAT_ASSIGN(const std::vector<std::string> texts,
             find_vocabulary(files.folder, parameters.vocabulary == kEnglishTokens));
  VAT_ASSIGN(plan, plan_whisper(parameters, files.tensors, files.format, texts, file));
  const auto matrix = files.tensors.find(layer_witness(files.format, false, 0));
  describe(parameters, matrix->second.type);
  return {};
}

void ForeignModel::Contents::describe(const HyperParameters& parameters, StoredType type) {
  description =
      std::string(files.format == ForeignFormat::kHuggingFace ? "a Hugging Face" : "a CTranslate2") +
      " model of size " + size_name(parameters) + ", " + weights_text(plan) + ", " +
      std::string(stored_type_name(type));
  if (type == StoredType::kI8)
    caveat =
        "Its weights were rounded to 8 bits, each by up to 0.4 % of the largest in its row, so it recognises "
        "a little less accurately than the float16 model that it was made from.";
}

Result<> ForeignModel::Contents::open_silero(const fs::path& path) {
  file = path.string();
  VAT_ASSIGN(const std::string archive, read_file(path, kMaxArchiveBytes));
  VAT_ASSIGN(silero, SileroWeights::read(archive, file));
  VAT_ASSIGN(plan, silero->plan(file));
  name = "silero-v6.2.0";
  description = "Silero's speech detector, " + weights_text(plan) + ", float32";
  return {};
}

ForeignModel::ForeignModel(std::unique_ptr<Contents> contents) : contents_(std::move(contents)) {}
ForeignModel::ForeignModel(ForeignModel&&) noexcept = default;
ForeignModel& ForeignModel::operator=(ForeignModel&&) noexcept = default;
ForeignModel::~ForeignModel() = default;

bool is_foreign_model(const fs::path& path) { return path_kind(path) != PathKind::kOther; }

Result<ForeignModel> ForeignModel::open(const fs::path& path) {
  auto contents = std::make_unique<Contents>();
  const bool zip = path_kind(path) == PathKind::kZip;
  VAT_TRY(zip ? contents->open_silero(path) : contents->open_whisper(path));
  return ForeignModel(std::move(contents));
}

const std::string& ForeignModel::description() const { return contents_->description; }
const std::string& ForeignModel::caveat() const { return contents_->caveat; }
const std::string& ForeignModel::name() const { return contents_->name; }
std::uint64_t ForeignModel::bytes() const { return contents_->plan.bytes(); }

Result<> ForeignModel::write(const fs::path& target, const ConvertProgress& progress,
                             const std::stop_token& stop) const {
  return write_plan(contents_->plan, target, contents_->file, progress, stop);
}

Result<> import_model(const fs::path& source, const fs::path& target, const ConvertProgress& progress,
                      const std::stop_token& stop) {
  VAT_ASSIGN(const ForeignModel model, ForeignModel::open(source));
  return model.write(target, progress, stop);
}

}  // namespace vat::modelfile
