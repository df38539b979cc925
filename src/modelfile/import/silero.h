// Reads Silero's voice activity detector out of its own file. Internal. Any thread.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "base/result.h"
#include "modelfile/byte_source.h"
#include "modelfile/import/model_plan.h"
#include "modelfile/import/source_tensors.h"

namespace vat::modelfile {

/// The weights of a TorchScript archive (silero_vad.jit of the Python package silero-vad, version 6.2): a ZIP
/// file, whose entries ROOT/data/2 to ROOT/data/16 are the tensors for 16 kHz, as raw float32. It may be
/// moved; what it has planned stays valid.
class SileroWeights {
 public:
  /// Copies them, 1.2 MB. kBadData, with `name`, for an archive that does not hold them.
  [[nodiscard]] static Result<SileroWeights> read(std::string_view archive, const std::string& name);

  /// The file in the layout of whisper.cpp's convert-silero-vad-to-ggml.py. The weights outlive it.
  [[nodiscard]] Result<ModelPlan> plan(const std::string& name) const;

 private:
  [[nodiscard]] Result<> take(int number, std::string bytes, const std::string& name);

  std::deque<std::string> bytes_;
  std::deque<MemorySource> sources_;
  SourceTensors tensors_;
};

}  // namespace vat::modelfile
