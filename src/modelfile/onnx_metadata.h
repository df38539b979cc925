// What an ONNX file says about itself: pairs of text that its maker put in beside the graph.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "modelfile/byte_source.h"

namespace vat::modelfile {

using OnnxMetadata = std::map<std::string, std::string, std::less<>>;

/// Reads the pairs and skips the rest, so that a model of any size takes a few reads. Errors: kBadData, as
/// the end of a sentence that begins with the file's name, for what has not the structure of ONNX. Any
/// thread.
[[nodiscard]] Result<OnnxMetadata> read_onnx_metadata(ByteSource& source);
/// The same with the file's name in the error; also kNotFound.
[[nodiscard]] Result<OnnxMetadata> read_onnx_metadata(const std::filesystem::path& file);

}  // namespace vat::modelfile
