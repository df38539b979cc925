#include "media/media.h"

#include <utility>

namespace vat::media {
namespace {

class InProcess : public Media {
 public:
  [[nodiscard]] Result<MediaInfo> probe(const std::filesystem::path& path, std::stop_token stop) override {
    return media::probe(path, std::move(stop));
  }
  [[nodiscard]] Result<std::unique_ptr<AudioSource>> open(const std::filesystem::path& path,
                                                          const ReaderOptions& options) override {
    return AudioReader::open(path, options);
  }
  [[nodiscard]] Result<std::unique_ptr<AudioSource>> open_stream(int fd, const std::string& name,
                                                                 const ReaderOptions& options) override {
    return AudioReader::open_stream(fd, name, options);
  }
  [[nodiscard]] Result<Pictures> pictures(const std::filesystem::path& path, std::stop_token stop) override {
    return make_pictures(path, std::move(stop));
  }
  [[nodiscard]] Result<std::string> mux_extension(const std::filesystem::path& original,
                                                  const MuxAdditions& additions) override {
    return media::mux_extension(original, additions);
  }
  [[nodiscard]] Result<MuxResult> mux(const std::filesystem::path& original, const MuxAdditions& additions,
                                      const std::filesystem::path& output, std::stop_token stop) override {
    return media::mux(original, additions, output, std::move(stop));
  }
};

}  // namespace

Media& media_in_process() {
  static InProcess in_process;
  return in_process;
}

}  // namespace vat::media
