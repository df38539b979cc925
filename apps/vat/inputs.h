// From the names on the command line to the recordings they mean.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace vat::app {

struct Input {
  std::filesystem::path path;  ///< "-" is stdin.
  std::string stem;            ///< What its results are called: "talk" for talk.mp4, unique in their folder.
  std::filesystem::path folder;  ///< Where its results go; empty is the working folder.

  [[nodiscard]] bool is_stdin() const { return path == "-"; }
};

/// A folder means the media files in it and below it, recognised by their extension, in the order of their
/// names, without hidden ones and without the speech and dubs that earlier runs made of the others; a file
/// that is named itself is taken whatever it is called. What is named twice is taken once. Results go to
/// `output`, with the folders below a named folder made there again, or, when it is empty, beside the input.
/// Two inputs whose results would have the same name keep their extensions in it, or get a number. kNotFound
/// names what is not there or a folder without media.
[[nodiscard]] Result<std::vector<Input>> expand_inputs(const std::vector<std::string>& names,
                                                       const std::filesystem::path& output);

/// A failure when the folder cannot take results: before the work is better than after it.
[[nodiscard]] Result<> check_writable(const std::filesystem::path& folder);

}  // namespace vat::app
