#include "media/mux_files.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "media/descriptor_io.h"

namespace vat::media {

Result<> OpenedMux::open_one(const std::filesystem::path& path, Opened& opened) {
  if (path.empty()) return {};
  VAT_ASSIGN(opened.fd, open_recording(path));
  opened.name = path.string();
  return {};
}

Result<OpenedMux> OpenedMux::open(const std::filesystem::path& original, const MuxAdditions& additions,
                                  const std::filesystem::path& output) {
  OpenedMux opened;
  VAT_TRY(open_one(original, opened.original_));
  VAT_TRY(open_one(additions.audio, opened.audio_));
  VAT_TRY(open_one(additions.subtitles, opened.subtitles_));
  if (output.empty()) return opened;
  opened.output_.fd = UniqueFd(::open(output.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!opened.output_.fd) return fail(system_error(errno, "write", output.string()));
  opened.output_.name = output.string();
  return opened;
}

MuxFiles OpenedMux::files() const {
  return {original_.file(), audio_.file(), subtitles_.file(), output_.file()};
}

Result<std::string> mux_extension(const std::filesystem::path& original, const MuxAdditions& additions) {
  VAT_ASSIGN(const OpenedMux opened, OpenedMux::open(original, {.audio = additions.audio}, {}));
  return extension_of_mux(opened.files());
}

Result<MuxResult> mux(const std::filesystem::path& original, const MuxAdditions& additions,
                      const std::filesystem::path& output, std::stop_token stop) {
  VAT_ASSIGN(const OpenedMux opened, OpenedMux::open(original, additions, output));
  return mux_files(opened.files(), additions, stop);
}

}  // namespace vat::media
