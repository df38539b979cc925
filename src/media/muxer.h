// Writes a container through a descriptor. Private to this module.
#pragma once

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
  /// Lets the container read back what it wrote, to move an index in front ("faststart"). For a regular file
  /// that is open for reading, too, and is written from its beginning.
  void allow_second_pass();
  /// A new track with these parameters; null if out of memory.
  [[nodiscard]] AVStream* add_stream(const AVCodecParameters* parameters);
  using Options = std::vector<std::pair<std::string, std::string>>;
  /// kInvalidArgument when the container cannot contain the tracks.
  [[nodiscard]] Result<> write_header(const Options& options);
  /// Moves the packet's content. Its timestamps are in `unit`.
  [[nodiscard]] Result<> write(AVPacket* packet, AVRational unit);
  [[nodiscard]] Result<> finish();

 private:
  explicit Muxer(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  static int open_second_pass(AVFormatContext* context, AVIOContext** io, const char* url, int flags,
                              AVDictionary** options);
  static int end_second_pass(AVFormatContext* context, AVIOContext* io);
  [[nodiscard]] Result<> written(int error) const;

  int fd_;
  std::string name_;
  std::unique_ptr<DescriptorOutput> output_;
  std::unique_ptr<DescriptorInput> second_pass_;
  AVFormatContext* context_ = nullptr;
};

}  // namespace vat::media
