// How a model gets into the store from elsewhere than its publisher.
#include <algorithm>
#include <utility>

#include "base/file.h"
#include "catalog/files.h"
#include "catalog/store.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> already_installed(const std::string& name) {
  return fail(ErrorCode::kExists, "The model " + name + " is already installed.");
}

}  // namespace

const PublishedModel* ModelStore::published_as(const Digests& digests) const {
  const auto found =
      std::find_if(options_.models.begin(), options_.models.end(), [&](const PublishedModel& model) {
        return model.digest_hex == (model.digest() == Digest::kSha1 ? digests.sha1 : digests.sha256);
      });
  return found == options_.models.end() ? nullptr : &*found;
}

Result<ImportedModel> ModelStore::import_file(const fs::path& file, std::string_view name, bool replace,
                                              const std::stop_token& stop) const {
  const std::string from_file = installed_name(file);
  const std::string suggested = from_file.empty() ? file.stem().string() : from_file;
  const std::string wanted = name.empty() ? suggested : canonical_model_name(name);
  VAT_TRY(check_model_name(wanted));
  std::error_code error;
  const auto bytes = fs::file_size(file, error);
  if (error) return fail(system_error(error.value(), "read", file.string()));
  // Checked before it is copied, so that the error names the user's file.
  if (options_.validator && published(wanted) == nullptr) VAT_TRY(options_.validator(file, kind_of(wanted)));
  const auto copy = [&](const fs::path& target) { return copy_model(file, target, stop); };
  return import_made({file.string(), suggested, bytes, copy}, name, replace, stop);
}

Result<ImportedModel> ModelStore::import_made(const ModelMaker& maker, std::string_view name, bool replace,
                                              const std::stop_token& stop) const {
  const std::string wanted = canonical_model_name(name.empty() ? maker.name : name);
  VAT_TRY(check_model_name(wanted));
  if (!name.empty() && !replace && is_file(ModelFiles(options_.directory, wanted).model))
    return already_installed(wanted);
  VAT_TRY(make_directories(options_.directory));
  VAT_TRY(check_free_space(options_, maker.bytes, wanted));
  VAT_ASSIGN(const IncomingFolder incoming, IncomingFolder::open(options_.directory, stop));
  VAT_TRY(maker.make(incoming.file()));
  VAT_ASSIGN(const Digests digests, hash_model(incoming.file(), stop));
  const PublishedModel* const same = published_as(digests);
  const std::string chosen = name.empty() && same != nullptr ? std::string(same->name) : wanted;
  const PublishedModel* const model = published(chosen);
  if (model != nullptr && model != same)
    return fail(not_the_published(maker.source, *model, digests.sha1 + " and " + digests.sha256));
  if (options_.validator)
    VAT_TRY(options_.validator(incoming.file(), model == nullptr ? kind_of(chosen) : model->kind));
  VAT_TRY(install(incoming.file(), chosen, digests, replace, stop));
  return ImportedModel{info(chosen, model), same == nullptr ? std::string() : std::string(same->name)};
}

Result<> ModelStore::install(const fs::path& file, const std::string& name, const Digests& digests,
                             bool replace, const std::stop_token& stop) const {
  const ModelFiles files(options_.directory, name);
  VAT_ASSIGN(const FileLock lock, lock_model(files, stop, {}));
  if (is_file(files.model) && !replace) return already_installed(name);
  if (published(name) == nullptr)
    VAT_TRY(write_file_atomically(files.digest, digests.sha256 + "\n", Overwrite::kReplace));
  VAT_TRY(publish(file, files.model));
  std::error_code ignored;
  fs::remove(files.partial, ignored);
  fs::remove(files.etag, ignored);
  fs::remove(files.source, ignored);
  return {};
}

}  // namespace vat::catalog
