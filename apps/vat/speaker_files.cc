#include "speaker_files.h"

#include <algorithm>

#include "catalog/speaker_models.h"
#include "model_progress.h"

namespace vat::app {

bool is_speaker_model(std::string_view name) {
  const auto models = catalog::speaker_models();
  return std::any_of(models.begin(), models.end(), [name](const auto& model) { return model.name == name; });
}

Result<> fetch_speakers(Toolbox& toolbox, Console& console, const std::stop_token& stop) {
  ModelProgress progress(console);
  VAT_TRY(toolbox.speakers().get(progress.sink(), stop));
  return {};
}

}  // namespace vat::app
