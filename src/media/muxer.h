// Writes a container through a descriptor. Private to this module.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "media/av.h"
#include "media/descriptor_io.h"

namespace vat::media {

class Muxer {
 public:
  /// `format` is libav's short name: "mp4", "matroska". The caller owns `fd`; `name` is for messages.
  [[nodiscard]] static Result<std::unique_ptr<Muxer>> create(int fd, std::string name,
                                                             const std::string& format);
  ~Muxer();
  Muxer(const Muxer&) = delete;
  Muxer& operator=(const Muxer&) = delete;

  [[nodiscard]] AVFormatContext* context() const { return context_; }
  [[nodiscard]] bool seekable() const { return output_->seekable(); }
  /// Lets the container read back what it wrote to `path`, to move an index in front ("faststart").
  void allow_second_pass(const std::filesystem::path& path);
  /// A new track with these parameters; null if out of memory.
  [[nodiscard]] AVStream* add_stream(const AVCodecParameters* parameters);
  using Options = std::vector<std::pair<std::string, std::string>>;
  /// kInvalidArgument when the container cannot contain the tracks.
  [[nodiscard]] Result<> write_header(const Options& options);
  /// Moves the packet's content. Its timestamps are in `unit`.
  [[nodiscard]] Result<> write(AVPacket* packet, AVRational unit);
  [[nodiscard]] Result<> finish();

 private:
  explicit Muxer(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] Result<> written(int error) const;

  std::string name_;
  std::unique_ptr<DescriptorOutput> output_;
  AVFormatContext* context_ = nullptr;
};

}  // namespace vat::media
