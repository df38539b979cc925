// Decoded frames of one audio stream of an Input, in order, past damage. Private to this module.
#pragma once

#include <cstdint>
#include <memory>

#include "media/av.h"
#include "media/input.h"

namespace vat::media {

class AudioDecoder {
 public:
  /// Selects `stream` in `input`, which must outlive this.
  [[nodiscard]] static Result<std::unique_ptr<AudioDecoder>> open(Input& input, AVStream* stream);

  /// The next frame, valid until the next call; null at the end of the stream, after the decoder was drained.
  /// Damaged packets are skipped and counted. kCancelled when stop was requested.
  [[nodiscard]] Result<AVFrame*> next();

  [[nodiscard]] std::int64_t damaged() const { return damaged_; }
  /// libav's error number if reading ended early; 0 if the container's end was reached.
  [[nodiscard]] int read_failure() const { return read_failure_; }

 private:
  AudioDecoder(Input& input, AVStream* stream) : input_(input), stream_(stream) {}
  Result<> feed();
  void end_input(int error);

  Input& input_;
  AVStream* stream_;
  AvPtr<AVCodecContext> codec_;
  AvPtr<AVPacket> packet_ = make_packet();
  AvPtr<AVFrame> frame_ = make_frame();
  std::int64_t damaged_ = 0;
  int failures_in_a_row_ = 0;
  int read_failure_ = 0;
  bool input_ended_ = false;
};

}  // namespace vat::media
