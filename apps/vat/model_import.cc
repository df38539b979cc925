#include "model_import.h"

#include <utility>

#include "flags.h"
#include "modelfile/foreign_model.h"

namespace vat::app {
namespace {

Result<catalog::ImportedModel> import_foreign(const catalog::ModelStore& store, const ModelImport& request,
                                              Console& console, const std::stop_token& stop) {
  VAT_ASSIGN(const modelfile::ForeignModel model, modelfile::ForeignModel::open(request.path));
  const std::string path = request.path.string();
  console.note(path + " is " + model.description() + ".");
  if (!model.caveat().empty()) console.note(model.caveat());
  const auto progress = [&](double fraction) {
    const auto total = static_cast<double>(model.bytes());
    console.conversion(path, static_cast<std::uint64_t>(fraction * total), model.bytes());
  };
  const catalog::ModelMaker maker{
      path, model.name(), model.bytes(),
      [&](const std::filesystem::path& target) { return model.write(target, progress, stop); }};
  return store.import_made(maker, request.name, request.replace, stop);
}

}  // namespace

Result<> import_model(const catalog::ModelStore& store, const ModelImport& request, Console& console,
                      const std::stop_token& stop) {
  const bool foreign = modelfile::is_foreign_model(request.path);
  const auto imported = foreign ? import_foreign(store, request, console, stop)
                                : store.import_file(request.path, request.name, request.replace, stop);
  if (!imported) return fail(with_force_remedy(imported.error()));
  if (!imported->same_as.empty())
    console.note("Byte for byte, this is the published model " + imported->same_as + ".");
  console.note(imported->model.name + " is installed: " + imported->model.path.string());
  return {};
}

}  // namespace vat::app
