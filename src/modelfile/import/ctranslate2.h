// Reads the table of tensors of CTranslate2's model.bin. Internal. Any thread.
#pragma once

#include <string>

#include "base/result.h"
#include "modelfile/byte_source.h"
#include "modelfile/import/source_tensors.h"

namespace vat::modelfile {

/// Whether the bytes begin as CTranslate2's model of Whisper does, of any version.
[[nodiscard]] Result<bool> is_ctranslate2(ByteSource& source);

/// The tensors of a model of binary version 6 (CTranslate2 2.18 and later; python/ctranslate2/specs/
/// model_spec.py), with their aliases. The source outlives the result. kBadData, with `name`, for anything
/// else than a complete Whisper model of that version.
[[nodiscard]] Result<SourceTensors> read_ctranslate2(ByteSource& source, const std::string& name);

}  // namespace vat::modelfile
