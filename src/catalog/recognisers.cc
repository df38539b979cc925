#include "catalog/recognisers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "catalog/files.h"
#include "catalog/unpack.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;

/// The format of the program sha256sum.
constexpr const char* kSums = "SHA256SUMS";
constexpr std::size_t kMaxSumsBytes = 65'536;

constexpr std::array kKnown = {
    KnownRecogniser{"parakeet-tdt-0.6b-v3", "sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8.tar.bz2",
                    "25 European languages", "CC BY 4.0"},
    KnownRecogniser{"sense-voice-small", "sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17.tar.bz2",
                    "zh, en, ja, ko, yue", "FunASR's model licence"}};

const KnownRecogniser* known(std::string_view name) {
  const auto found =
      std::find_if(kKnown.begin(), kKnown.end(), [name](const auto& one) { return one.name == name; });
  return found == kKnown.end() ? nullptr : &*found;
}

std::uint64_t folder_bytes(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    bytes += file_bytes(entry->path());
  return bytes;
}

/// A line for each file of the model.
Result<std::string> sums_of(const fs::path& folder, const std::stop_token& stop) {
  VAT_ASSIGN(const modelfile::RecogniserFolder model, modelfile::inspect_recogniser(folder));
  std::string sums;
  for (const std::string& name : model.files()) {
    VAT_ASSIGN(const std::string digest, hash_model(Digest::kSha256, folder / name, stop, {}));
    sums += digest + "  " + name + "\n";
  }
  return sums;
}

/// Copies the files that make the model, whose sizes are known.
Result<> copy_folder(const fs::path& source, const fs::path& target, const std::stop_token& stop) {
  VAT_ASSIGN(const modelfile::RecogniserFolder model, modelfile::inspect_recogniser(source));
  for (const std::string& name : model.files()) VAT_TRY(copy_model(source / name, target / name, stop));
  return {};
}

/// Leaves the files that make the model: archives often have the same weights in several types.
Result<> keep_model(const fs::path& folder) {
  VAT_ASSIGN(const modelfile::RecogniserFolder model, modelfile::inspect_recogniser(folder));
  const std::vector<std::string> kept = model.files();
  std::error_code error;
  std::vector<fs::path> others;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (std::find(kept.begin(), kept.end(), entry->path().filename()) == kept.end())
      others.push_back(entry->path());
  for (const fs::path& other : others)
    if (!error) fs::remove(other, error);
  if (error) return fail(system_error(error.value(), "tidy the folder", folder.string()));
  return {};
}

/// An error about the unpacked files should not name their passing folder.
Error about_source(Error error, const fs::path& folder, const fs::path& source) {
  const std::string inside = folder.string();
  if (const std::size_t at = error.message.find(inside); at != std::string::npos)
    error.message.replace(at, inside.size(), source.string());
  return error;
}

}  // namespace

std::span<const KnownRecogniser> known_recognisers() { return kKnown; }

bool holds_recogniser(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    const auto model = modelfile::inspect_recogniser(path);
    return model || model.error().code == ErrorCode::kBadData;
  }
  return is_archive(path.filename().string());
}

RecogniserStore::RecogniserStore(fs::path directory, ControlNames controls) {
  options_.directory = std::move(directory);
  options_.controls = std::move(controls);
}

fs::path RecogniserStore::folder_of(std::string_view name) const { return options_.directory / name; }

bool RecogniserStore::is_installed(std::string_view name) const {
  return check_model_name(name) && is_file(folder_of(name) / kSums);
}

bool RecogniserStore::has(std::string_view name) const {
  return known(name) != nullptr || is_installed(name);
}

ModelInfo RecogniserStore::info(std::string_view name) const {
  ModelInfo info;
  info.name = name;
  info.kind = ModelKind::kSherpa;
  info.published = known(name) != nullptr;
  info.installed = is_installed(name);
  info.path = folder_of(name);
  if (info.installed) info.bytes = folder_bytes(info.path);
  return info;
}

std::vector<ModelInfo> RecogniserStore::list() const {
  std::vector<ModelInfo> list;
  for (const KnownRecogniser& one : kKnown) list.push_back(info(one.name));
  std::vector<std::string> others;
  std::error_code error;
  for (fs::directory_iterator entry(options_.directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (known(name) == nullptr && is_installed(name)) others.push_back(name);
  }
  std::sort(others.begin(), others.end());
  for (const std::string& name : others) list.push_back(info(name));
  return list;
}

Result<ModelInfo> RecogniserStore::find(std::string_view name) const {
  if (is_installed(name)) return info(name);
  const std::string shown = to_utf8(first_bytes(name, 64));
  const KnownRecogniser* const model = known(name);
  if (model == nullptr)
    return fail(
        ErrorCode::kNotFound,
        "There is no model of sherpa-onnx named " + shown + " here" +
            (options_.controls.list.empty() ? "." : "; `" + options_.controls.list + "` shows them."));
  const std::string& command = options_.controls.import;
  return fail(ErrorCode::kUnavailable,
              "The model " + shown + " is not installed" +
                  (command.empty() ? "."
                                   : "; get " + std::string(model->archive) +
                                         " from sherpa-onnx's releases, "
                                         "then `" +
                                         command + " " + std::string(model->archive) + "`."));
}

Result<ModelInfo> RecogniserStore::import(const fs::path& source, std::string_view name, bool replace,
                                          const std::stop_token& stop) const {
  const fs::path named = source.filename().empty() ? source.parent_path() : source;
  const std::string chosen =
      name.empty() ? modelfile::recogniser_name(named.filename().string()) : std::string(name);
  VAT_TRY(check_model_name(chosen));
  if (is_installed(chosen) && !replace)
    return fail(ErrorCode::kExists, "The model " + chosen + " is already installed.");
  VAT_TRY(make_directories(options_.directory));
  std::error_code ignored;
  const bool folder = fs::is_directory(source, ignored);
  VAT_TRY(check_free_space(options_, folder ? folder_bytes(source) : file_bytes(source), chosen));
  VAT_ASSIGN(const IncomingFolder incoming, IncomingFolder::open(options_.directory, stop));
  const fs::path made = incoming.file();
  VAT_TRY(make_directories(made));
  if (folder) {
    VAT_TRY(copy_folder(source, made, stop));
  } else {
    VAT_TRY(unpack_model(source, made, stop));
    if (auto kept = keep_model(made); !kept) return fail(about_source(kept.error(), made, source));
  }
  VAT_TRY(install(made, chosen, replace, incoming, stop));
  return info(chosen);
}

Result<> RecogniserStore::install(const fs::path& folder, const std::string& name, bool replace,
                                  const IncomingFolder& incoming, const std::stop_token& stop) const {
  VAT_ASSIGN(const std::string sums, sums_of(folder, stop));
  VAT_TRY(write_file_atomically(folder / kSums, sums, Overwrite::kReplace));
  const ModelFiles files(options_.directory, name);
  VAT_ASSIGN(const FileLock lock, lock_model(files, stop, {}));
  const fs::path target = folder_of(name);
  std::error_code error;
  if (fs::exists(target, error)) {
    if (!replace && is_installed(name))
      return fail(ErrorCode::kExists, "The model " + name + " is already installed.");
    fs::rename(target, incoming.file().string() + ".replaced", error);
  }
  if (error) return fail(system_error(error.value(), "replace the folder", target.string()));
  return publish(folder, target);
}

Result<Verification> RecogniserStore::verify(std::string_view name, const std::stop_token& stop) const {
  VAT_ASSIGN(const ModelInfo model, find(name));
  VAT_ASSIGN(const std::string recorded, read_file(model.path / kSums, kMaxSumsBytes));
  Verification result{.digest = Digest::kSha256, .digest_hex = hash_hex(Digest::kSha256, recorded)};
  result.compared = true;
  const auto sums = sums_of(model.path, stop);
  if (!sums && sums.error().code == ErrorCode::kCancelled) return fail(sums.error());
  if (sums && *sums == recorded) return result;
  return fail(ErrorCode::kBadData,
              "The model " + model.name +
                  " is damaged (its files are not those that were imported); remove it "
                  "and import it again.",
              sums ? "" : sums.error().message);
}

Result<std::uint64_t> RecogniserStore::remove(std::string_view name) const {
  VAT_ASSIGN(const ModelInfo model, find(name));
  VAT_ASSIGN(const auto lock, FileLock::try_acquire(ModelFiles(options_.directory, model.name).lock));
  if (!lock)
    return fail(ErrorCode::kUnavailable, "The model " + model.name + " is being imported; stop that first.");
  std::error_code error;
  // First what makes it a model, so that half of one is none.
  fs::remove(model.path / kSums, error);
  if (!error) fs::remove_all(model.path, error);
  if (error) return fail(system_error(error.value(), "remove", model.path.string()));
  return model.bytes;
}

}  // namespace vat::catalog
