// Reads the table of tensors of safetensors files. Internal. Any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "modelfile/byte_source.h"
#include "modelfile/import/source_tensors.h"

namespace vat::modelfile {

/// Adds the tensors of one file (format: huggingface/safetensors, README.md) to `tensors`, each without the
/// "model." that Hugging Face puts before Whisper's names. The source outlives them. kBadData, with `name`,
/// for anything else than a complete file.
[[nodiscard]] Result<> add_safetensors(ByteSource& source, const std::string& name, SourceTensors& tensors);

/// The files that an index (model.safetensors.index.json) says to be parts of one model, each once and a
/// plain name. kBadData, with `name`, for anything else.
[[nodiscard]] Result<std::vector<std::string>> read_shards(ByteSource& index, const std::string& name);

}  // namespace vat::modelfile
