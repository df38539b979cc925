// A recording behind a link, fetched into the cache folder, where it stays until its results are made.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "console.h"
#include "domain/http_download.h"
#include "links/media_page.h"

namespace vat::app {

/// Whether a name on the command line is a link: it begins with http:// or https://.
[[nodiscard]] bool is_link(const std::string& name);
/// The file name of a link's recording as far as the link shows it: one that any file system takes.
[[nodiscard]] std::string file_name_of_link(const std::string& url);
/// The name that the recording had when its results were made, within the last week; empty if unknown.
[[nodiscard]] std::string known_file_name(const std::string& url);

struct LinkTools {
  HttpDownloader& http;
  links::PageProgram page_program;  ///< Asked first.
};

class FetchedRecording {
 public:
  /// Continues what an earlier run left, unless `resume` is false, and shows the progress. Waits while
  /// another process works on the same link. Errors as links::fetch().
  [[nodiscard]] static Result<FetchedRecording> fetch(const LinkTools& tools, const std::string& url,
                                                      bool resume, Console& console,
                                                      const std::stop_token& stop);

  /// Called as the server calls it.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Its results are there: the file is no longer needed.
  void discard();

 private:
  FetchedRecording(FileLock lock, std::filesystem::path folder, std::filesystem::path path)
      : lock_(std::move(lock)), folder_(std::move(folder)), path_(std::move(path)) {}

  FileLock lock_;
  std::filesystem::path folder_;  ///< Of this link.
  std::filesystem::path path_;
};

}  // namespace vat::app
