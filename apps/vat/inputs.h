// From the names on the command line to the recordings that they stand for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace vat::app {

struct Input {
  std::filesystem::path path;    ///< "-" is stdin. Empty for a link until it is fetched.
  std::string stem;              ///< Base name of its results: "talk" for talk.mp4, unique in their folder.
  std::filesystem::path folder;  ///< Where its results go; empty is the working folder.
  std::string url = {};          ///< Of a link.

  [[nodiscard]] bool is_stdin() const { return path == "-"; }
};

/// A folder stands for the media files in and below it, detected by extension, in the order of their names,
/// without hidden ones and without the speech and dubs that earlier runs made from the others; a file given
/// by name is taken whatever its extension. A link (http or https) stands for the recording behind it.
/// Duplicates are taken once. Results go to `output`, which mirrors the subfolders of an input folder, or,
/// when it is empty, next to the input; those of a link into the working folder. Two inputs whose results
/// would have the same name keep their extensions in it, or get a number. kNotFound names a missing input or
/// a folder without media.
[[nodiscard]] Result<std::vector<Input>> expand_inputs(const std::vector<std::string>& names,
                                                       const std::filesystem::path& output);

/// Fails if results cannot be written to the folder: before the work is better than after it.
[[nodiscard]] Result<> check_writable(const std::filesystem::path& folder);

}  // namespace vat::app
