#include "model_import.h"

#include <utility>

#include "catalog/recognisers.h"
#include "catalog/voices.h"
#include "flags.h"
#include "model_progress.h"
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

Result<> import_recogniser(Toolbox& toolbox, const ModelImport& request, Console& console,
                           const std::stop_token& stop) {
  if (!request.name.empty() && toolbox.store().find(request.name))
    return fail(ErrorCode::kInvalidArgument,
                request.name + " is the name of a Whisper model; choose another with --name.");
  const auto model = toolbox.recognisers().import(request.path, request.name, request.replace, stop);
  if (!model) return fail(with_force_remedy(model.error()));
  console.note(model->name + " is installed: " + model->path.string());
  ModelProgress progress(console);
  for (const std::string_view library : {catalog::kSherpaRuntime, catalog::kSherpaLibrary}) {
    const auto sink = [&](const catalog::PullProgress& now) { progress.show(std::string(library), now); };
    const auto pulled = toolbox.voice_store().pull(library, sink, stop);
    if (pulled) continue;
    if (pulled.error().code == ErrorCode::kCancelled) return fail(pulled.error());
    console.note("The library that runs it is missing: " + pulled.error().message);
    break;
  }
  return {};
}

}  // namespace vat::app
