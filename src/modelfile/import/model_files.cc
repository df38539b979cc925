#include "modelfile/import/model_files.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/number.h"
#include "modelfile/import/ctranslate2.h"
#include "modelfile/import/json_walk.h"
#include "modelfile/import/safetensors.h"

namespace vat::modelfile {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSafetensors = ".safetensors";
constexpr std::string_view kSafetensorsIndex = ".safetensors.index.json";
constexpr std::string_view kModelBin = "model.bin";
constexpr std::string_view kZipMagic = "PK\x03\x04";
constexpr std::uint64_t kMaxConfigBytes = 1'000'000;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// 12 of "model.bin.part12" and "model.bin.12", as tools that split files name their parts.
std::optional<unsigned> part_number(std::string_view name) {
  if (!name.starts_with(kModelBin)) return std::nullopt;
  name.remove_prefix(kModelBin.size());
  for (const std::string_view mark : {std::string_view(".part"), std::string_view(".")})
    if (name.starts_with(mark)) return parse_number<unsigned>(name.substr(mark.size()), 0, 9999);
  return std::nullopt;
}

/// The parts in order, none missing between them.
Result<std::vector<fs::path>> find_parts(const fs::path& folder) {
  std::map<unsigned, fs::path> parts;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (const auto number = part_number(entry->path().filename().string())) parts[*number] = entry->path();
  if (error) return fail(system_error(error.value(), "read the folder", folder.string()));
  std::vector<fs::path> list;
  for (const auto& [number, path] : parts) {
    if (number != (list.size() + parts.begin()->first) || parts.begin()->first > 1)
      return fail(ErrorCode::kNotFound,
                  folder.string() + " lacks the part of model.bin before " + path.filename().string() + ".");
    list.push_back(path);
  }
  return list;
}

Result<> open_safetensors(const fs::path& path, ModelFiles& files) {
  VAT_ASSIGN(FileSource file, FileSource::open(path));
  auto& source = *files.sources.emplace_back(std::make_unique<FileSource>(std::move(file)));
  return add_safetensors(source, path.string(), files.tensors);
}

Result<> open_shards(const fs::path& index, ModelFiles& files) {
  VAT_ASSIGN(FileSource source, FileSource::open(index));
  VAT_ASSIGN(const std::vector<std::string> shards, read_shards(source, index.string()));
  for (const std::string& shard : shards) VAT_TRY(open_safetensors(files.folder / shard, files));
  return {};
}

Result<> open_ctranslate2(const std::vector<fs::path>& paths, ModelFiles& files) {
  std::vector<FileSource> parts;
  for (const fs::path& path : paths) {
    VAT_ASSIGN(FileSource part, FileSource::open(path));
    parts.push_back(std::move(part));
  }
  auto& source = *files.sources.emplace_back(std::make_unique<JoinedSource>(std::move(parts)));
  files.format = ForeignFormat::kCTranslate2;
  VAT_ASSIGN(files.tensors, read_ctranslate2(source, files.weights));
  for (const auto& [name, heads] : {std::pair("encoder/num_heads", &files.heads.encoder),
                                    std::pair("decoder/num_heads", &files.heads.decoder)}) {
    const auto found = files.tensors.find(std::string_view(name));
    if (found == files.tensors.end()) continue;
    VAT_ASSIGN(*heads, read_integer(found->second));
  }
  return {};
}

/// Whisper's last projection is the embedding, and some files keep it under that name alone.
void find_embedding(SourceTensors& tensors) {
  const auto projection = tensors.find("proj_out.weight");
  if (projection != tensors.end()) tensors.emplace("decoder.embed_tokens.weight", projection->second);
}

/// What Hugging Face's config.json says of the heads; it may be missing.
Result<> read_config(const fs::path& path, StatedHeads& heads) {
  if (!is_there(path)) return {};
  VAT_ASSIGN(FileSource source, FileSource::open(path));
  return walk_json_file(source, kMaxConfigBytes, path.string(), [&](const JsonLeaf& leaf) -> Result<> {
    if (leaf.path.size() != 1) return {};
    const std::string& key = leaf.path[0].key;
    if (key == "model_type" && leaf.text != "whisper")
      return fail(ErrorCode::kBadData, path.string() + " describes another model than Whisper.");
    if (!leaf.number || *leaf.number < 0 || *leaf.number > 10'000) return {};
    if (key == "encoder_attention_heads") heads.encoder = static_cast<std::int32_t>(*leaf.number);
    if (key == "decoder_attention_heads") heads.decoder = static_cast<std::int32_t>(*leaf.number);
    return {};
  });
}

Result<> open_weights(const fs::path& path, ModelFiles& files) {
  files.weights = path.string();
  const std::string name = path.filename().string();
  if (name.ends_with(kSafetensors) || name.ends_with(kSafetensorsIndex)) {
    VAT_TRY(read_config(files.folder / "config.json", files.heads));
    VAT_TRY(name.ends_with(kSafetensors) ? open_safetensors(path, files) : open_shards(path, files));
    find_embedding(files.tensors);
    return {};
  }
  if (!part_number(name)) return open_ctranslate2({path}, files);
  files.weights = (files.folder / kModelBin).string();
  VAT_ASSIGN(const std::vector<fs::path> parts, find_parts(files.folder));
  return open_ctranslate2(parts, files);
}

/// The file of weights in a folder.
Result<fs::path> find_weights(const fs::path& folder) {
  for (const char* const name : {"model.safetensors", "model.safetensors.index.json", "model.bin"})
    if (is_there(folder / name)) return folder / name;
  VAT_ASSIGN(const std::vector<fs::path> parts, find_parts(folder));
  if (!parts.empty()) return parts.front();
  if (is_there(folder / "pytorch_model.bin"))
    return fail(ErrorCode::kBadData, folder.string() +
                                         " holds a model in PyTorch's own format, which is not read; "
                                         "save it as safetensors with transformers' save_pretrained().");
  return fail(ErrorCode::kNotFound,
              folder.string() +
                  " holds no model: there is neither model.safetensors (Hugging Face) nor "
                  "model.bin (CTranslate2, faster-whisper) in it.");
}

}  // namespace

PathKind path_kind(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return PathKind::kFolder;
  const std::string name = path.filename().string();
  auto source = FileSource::open(path);
  if (!source) return PathKind::kOther;
  if (name.ends_with(kSafetensors) || name.ends_with(kSafetensorsIndex) || part_number(name))
    return PathKind::kWeights;
  if (is_ctranslate2(*source).value_or(false)) return PathKind::kWeights;
  std::array<char, kZipMagic.size()> magic{};
  const bool readable = source->size() >= magic.size() && source->read_at(0, magic);
  return readable && std::string_view(magic.data(), magic.size()) == kZipMagic ? PathKind::kZip
                                                                               : PathKind::kOther;
}

Result<ModelFiles> open_model_files(const fs::path& path) {
  ModelFiles files;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    files.folder = path;
    VAT_ASSIGN(const fs::path weights, find_weights(path));
    VAT_TRY(open_weights(weights, files));
    return files;
  }
  files.folder = path.parent_path();
  VAT_TRY(open_weights(path, files));
  return files;
}

}  // namespace vat::modelfile
