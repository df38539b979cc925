// Keeps a copy of a model in the weight types that are fastest on this CPU.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace vat::pipeline {

/// The file to load for `model`: itself, or its copy with converted weights. `weights` is "original", which
/// always yields the model itself, or a name of modelfile::kConvertibleTo, or "auto": the types that a
/// measurement on this machine, done once and kept in the cache folder, found to be clearly faster. "auto"
/// does not convert models that are already quantised or that a GPU will run, or if no copy can be written.
/// Copies are in the cache folder's models/converted, one per model file and type; copies of an earlier file
/// of that name are removed. Errors: those of reading the model; kDiskFull and kPermission for an explicit
/// type; kCancelled.
[[nodiscard]] Result<std::filesystem::path> convert_if_faster(const std::filesystem::path& model,
                                                              const std::string& weights,
                                                              const std::string& device,
                                                              std::stop_token stop);

/// Removes the converted copies of a model file that is about to be removed itself.
void remove_converted(const std::filesystem::path& model);

}  // namespace vat::pipeline
