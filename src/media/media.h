// What is done with a recording, wherever that happens: in this process, or in one that is locked up.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "domain/audio.h"
#include "media/audio_reader.h"
#include "media/mux.h"
#include "media/pictures.h"
#include "media/probe.h"

namespace vat::media {

/// Each method is the function of the same name (probe.h, audio_reader.h, pictures.h, mux.h), with its
/// errors. Safe to use from any thread.
class Media {
 public:
  virtual ~Media() = default;
  [[nodiscard]] virtual Result<MediaInfo> probe(const std::filesystem::path& path, std::stop_token stop) = 0;
  /// An AudioReader, or what does as one.
  [[nodiscard]] virtual Result<std::unique_ptr<AudioSource>> open(const std::filesystem::path& path,
                                                                  const ReaderOptions& options) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<AudioSource>> open_stream(int fd, const std::string& name,
                                                                         const ReaderOptions& options) = 0;
  /// make_pictures()
  [[nodiscard]] virtual Result<Pictures> pictures(const std::filesystem::path& path,
                                                  std::stop_token stop) = 0;
  [[nodiscard]] virtual Result<std::string> mux_extension(const std::filesystem::path& original,
                                                          const MuxAdditions& additions) = 0;
  [[nodiscard]] virtual Result<MuxResult> mux(const std::filesystem::path& original,
                                              const MuxAdditions& additions,
                                              const std::filesystem::path& output, std::stop_token stop) = 0;
};

/// Reads in this process, whose memory a flaw of a decoder then endangers. For files of one's own.
[[nodiscard]] Media& media_in_process();

}  // namespace vat::media
