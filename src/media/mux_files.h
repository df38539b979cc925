// mux() over open files, for a process that can open none. Private to this module.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "base/file.h"
#include "media/mux.h"

namespace vat::media {

/// An open file, which the caller owns; -1 is none. The name is for messages.
struct NamedFile {
  int fd = -1;
  std::string name;
};

struct MuxFiles {
  NamedFile original;
  NamedFile audio;
  NamedFile subtitles;
  NamedFile output;
};

/// The files of mux(), opened.
class OpenedMux {
 public:
  /// Without `output`, none is opened.
  [[nodiscard]] static Result<OpenedMux> open(const std::filesystem::path& original,
                                              const MuxAdditions& additions,
                                              const std::filesystem::path& output);
  [[nodiscard]] MuxFiles files() const;

 private:
  struct Opened {
    UniqueFd fd;
    std::string name;
    [[nodiscard]] NamedFile file() const { return {fd.get(), name}; }
  };
  [[nodiscard]] static Result<> open_one(const std::filesystem::path& path, Opened& opened);

  Opened original_, audio_, subtitles_, output_;
};

/// As mux_extension() and mux(); of `additions` only the languages and titles count.
[[nodiscard]] Result<std::string> extension_of_mux(const MuxFiles& files);
[[nodiscard]] Result<MuxResult> mux_files(const MuxFiles& files, const MuxAdditions& additions,
                                          const std::stop_token& stop);

}  // namespace vat::media
