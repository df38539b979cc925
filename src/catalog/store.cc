#include "catalog/store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/nearest.h"
#include "base/text.h"
#include "catalog/files.h"
#include "catalog/pip.h"
#include "catalog/source_chain.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNoteBytes = 1024;

}  // namespace

ModelStore::ModelStore(HttpDownloader& http, StoreOptions options)
    : options_(std::move(options)), sources_(std::make_unique<SourceChain>(http, options_)) {}

ModelStore::~ModelStore() = default;

std::vector<SourceInfo> ModelStore::sources() const { return sources_->sources(); }

Result<> ModelStore::may_pull() const {
  if (options_.refusal.empty()) return {};
  return fail(ErrorCode::kUnavailable, options_.refusal);
}

Result<std::string> ModelStore::check_packages(const std::stop_token& stop) const {
  VAT_TRY(may_pull());
  return check_index(options_, stop);
}

const PublishedModel* ModelStore::published(std::string_view name) const {
  const auto found = std::find_if(options_.models.begin(), options_.models.end(),
                                  [name](const PublishedModel& model) { return model.name == name; });
  return found == options_.models.end() ? nullptr : &*found;
}

ModelInfo ModelStore::info(const std::string& name, const PublishedModel* model) const {
  const ModelFiles files(options_.directory, name);
  ModelInfo info;
  info.name = name;
  info.kind = model == nullptr ? kind_of(name) : model->kind;
  info.published = model != nullptr;
  info.installed = is_file(files.model);
  info.bytes = info.installed ? file_bytes(files.model) : (model == nullptr ? 0 : model->bytes);
  info.partial_bytes = info.installed ? 0 : file_bytes(files.partial);
  info.path = files.model;
  info.packaged = model != nullptr && find_packaged(options_.packages, name) != nullptr;
  if (!info.installed) return info;
  if (const auto source = read_file(files.source, kMaxNoteBytes)) info.source = one_line(*source);
  return info;
}

Error ModelStore::unknown(std::string_view name) const {
  std::vector<std::string_view> names;
  for (const PublishedModel& model : options_.models) names.push_back(model.name);
  const std::string_view near = nearest(name, names);
  std::string message = "There is no model named " + to_utf8(name.substr(0, 64));
  if (!near.empty())
    message += "; did you mean " + std::string(near) + "?";
  else
    message += options_.controls.list.empty() ? "." : "; `" + options_.controls.list + "` shows all models.";
  return {ErrorCode::kNotFound, std::move(message)};
}

Error ModelStore::not_installed(const std::string& name) const {
  std::string message = "The model " + name + " is not installed";
  const std::string& pull = options_.controls.pull;
  message += pull.empty() ? "." : "; `" + pull + " " + name + "` downloads it.";
  return {ErrorCode::kNotFound, std::move(message)};
}

Error ModelStore::damaged(const ModelInfo& model, std::string detail) const {
  const auto with = [&](const std::string& command) {
    return command.empty() ? "" : " with `" + command + " " + model.name + "`";
  };
  const ControlNames& controls = options_.controls;
  return {ErrorCode::kBadData,
          "The file of the model " + model.name + " is damaged (its digest differs); remove it" +
              with(controls.remove) + ", then " +
              (model.published ? "download it again" + with(controls.pull) : "import it again") + ".",
          std::move(detail)};
}

Error ModelStore::not_the_published(const std::string& source, const PublishedModel& model,
                                    const std::string& digests) const {
  const std::string& option = options_.controls.name;
  return {ErrorCode::kBadData,
          source + " is not the published model " + std::string(model.name) +
              " (its digest differs): download it again, or give it another name" +
              (option.empty() ? "." : " with " + option + "."),
          "digests " + digests + " instead of " + std::string(model.digest_hex)};
}

Result<std::vector<ModelInfo>> ModelStore::list() const {
  std::vector<ModelInfo> list;
  for (const PublishedModel& model : options_.models) list.push_back(info(std::string(model.name), &model));
  std::error_code error;
  std::set<std::string> imported;
  // No folder means that nothing has been installed yet.
  for (fs::directory_iterator entry(options_.directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = installed_name(entry->path());
    if (!name.empty() && published(name) == nullptr && is_file(entry->path())) imported.insert(name);
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return fail(system_error(error.value(), "read the folder", options_.directory.string()));
  for (const std::string& name : imported) list.push_back(info(name, nullptr));
  return list;
}

Result<ModelInfo> ModelStore::find(std::string_view name) const {
  const std::string canonical = canonical_model_name(name);
  const PublishedModel* model = published(canonical);
  if (model == nullptr && !check_model_name(canonical)) return fail(unknown(name));
  ModelInfo found = info(canonical, model);
  if (model == nullptr && !found.installed) return fail(unknown(name));
  return found;
}

Result<fs::path> ModelStore::pull(std::string_view name, const PullSink& progress,
                                  const std::stop_token& stop) const {
  VAT_ASSIGN(const ModelInfo wanted, find(name));
  if (wanted.installed) return wanted.path;
  VAT_TRY(may_pull());
  VAT_TRY(make_directories(options_.directory));
  const ModelFiles files(options_.directory, wanted.name);
  VAT_ASSIGN(const FileLock lock, lock_model(files, stop, [&] {
               const std::uint64_t done = file_bytes(files.partial);
               if (progress) progress(PullProgress{PullPhase::kWaiting, done, wanted.bytes, {}});
             }));
  // The previous holder of the lock may have downloaded it.
  if (is_file(files.model)) return files.model;
  remove_abandoned_workshops(options_.directory);
  VAT_TRY(sources_->fetch(*published(wanted.name), progress, stop));
  return files.model;
}

Result<Verification> ModelStore::verify(std::string_view name, const std::stop_token& stop) const {
  VAT_ASSIGN(const ModelInfo found, find(name));
  if (!found.installed) return fail(not_installed(found.name));
  const PublishedModel* model = published(found.name);
  Verification result;
  std::string expected;
  if (model != nullptr) {
    result.digest = model->digest();
    expected = model->digest_hex;
  } else {
    result.digest = Digest::kSha256;
    const auto recorded = read_file(ModelFiles(options_.directory, found.name).digest, kMaxNoteBytes);
    if (recorded) expected = trim(*recorded);
  }
  VAT_ASSIGN(result.digest_hex, hash_model(result.digest, found.path, stop, {}));
  result.compared = !expected.empty();
  if (result.compared && result.digest_hex != expected)
    return fail(damaged(found, "digest " + result.digest_hex + " instead of " + expected));
  if (options_.validator) VAT_TRY(options_.validator(found.path, found.kind));
  return result;
}

Result<std::uint64_t> ModelStore::remove(std::string_view name) const {
  const std::string canonical = canonical_model_name(name);
  if (!check_model_name(canonical)) return fail(unknown(name));
  const ModelFiles files(options_.directory, canonical);
  if (!is_file(files.model) && !is_file(files.partial)) {
    VAT_ASSIGN(const ModelInfo found, find(canonical));
    return fail(ErrorCode::kNotFound, "The model " + found.name + " is not installed.");
  }
  VAT_ASSIGN(const auto lock, FileLock::try_acquire(files.lock));
  if (!lock)
    return fail(ErrorCode::kUnavailable, "The model " + canonical + " is being downloaded; stop that first.");
  std::uint64_t freed = 0;
  const Workshop left(files.workshop);
  for (const fs::path& path : {files.model, files.partial, files.etag, files.digest, files.source}) {
    const std::uint64_t bytes = file_bytes(path);
    std::error_code error;
    if (fs::remove(path, error)) freed += bytes;
    if (error) return fail(system_error(error.value(), "remove", path.string()));
  }
  return freed;
}

}  // namespace vat::catalog
