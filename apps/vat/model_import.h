// What `vat models import` does with a file or folder.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "catalog/store.h"
#include "console.h"
#include "toolbox.h"

namespace vat::app {

struct ModelImport {
  std::filesystem::path
      path;          ///< A file in whisper.cpp's format, or anything that modelfile::ForeignModel opens.
  std::string name;  ///< Empty for the published name, or else that of the file or folder.
  bool replace = false;
};

/// Installs the model, converted if it is in another format, and says on the console what it is. Errors:
/// those of ModelStore::import_made() and of modelfile::ForeignModel.
[[nodiscard]] Result<> import_model(const catalog::ModelStore& store, const ModelImport& request,
                                    Console& console, const std::stop_token& stop);

/// The same for a folder or archive of sherpa-onnx's; then fetches the library that runs it, if it is
/// missing. That the library cannot be had is a note. Errors: those of RecogniserStore::import();
/// kInvalidArgument for the name of a Whisper model.
[[nodiscard]] Result<> import_recogniser(Toolbox& toolbox, const ModelImport& request, Console& console,
                                         const std::stop_token& stop);

}  // namespace vat::app
