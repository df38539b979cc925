// Decoded frames of one audio track of an Input, in order, past damage. Private to this module.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "media/av.h"
#include "media/input.h"
#include "media/track_follower.h"

namespace vat::media {

struct DecodedFrame {
  AvPtr<AVFrame> frame;           ///< Null at the end of the track.
  std::optional<double> seconds;  ///< Its timestamp on the container's axis.
  bool switched = false;          ///< It is the first one of another stream, whose timestamps are as exact.
  bool restart = false;           ///< Its timestamp says nothing about its distance from the frame before.
  bool part = false;  ///< It is the first one of a part (Input::begin_next_part()) that counts anew.
};

/// What changes inside a track is followed: parameters, the codec, the parts of a file that was joined of
/// several (PartFinder), and another stream that continues the track (TrackFollower).
class AudioDecoder {
 public:
  /// Selects `stream` in `input`, which must outlive this. `follow`: see TrackFollower.
  [[nodiscard]] static Result<std::unique_ptr<AudioDecoder>> open(Input& input, AVStream* stream,
                                                                  bool follow);

  /// The next frame. Damaged packets are skipped and counted. kCancelled when stop was requested.
  [[nodiscard]] Result<DecodedFrame> next();

  [[nodiscard]] std::int64_t damaged() const { return damaged_; }
  /// libav's error number if reading ended early; 0 if the container's end was reached.
  [[nodiscard]] int read_failure() const { return read_failure_; }
  [[nodiscard]] const TrackFollower& track() const { return *track_; }

 private:
  AudioDecoder(Input& input, AVStream* stream, bool follow);
  [[nodiscard]] DecodedFrame describe(AvPtr<AVFrame> frame);
  Result<> feed();
  [[nodiscard]] bool parameters_changed() const;
  void begin_codec();
  bool begin_part();
  bool send(const AVPacket* packet);
  void end_input(int error);

  Input& input_;
  bool follow_;
  std::optional<TrackFollower> track_;
  bool counted_stamps_;  ///< Stamps are counted by libavformat, at the first rate.
  AVStream* stream_;     ///< That codec_ decodes.
  AvPtr<AVCodecContext> codec_;
  AvPtr<AVPacket> packet_ = make_packet();
  AvPtr<AVPacket> held_;  ///< The first one for another decoder, while this one is drained.
  AvPtr<AVFrame> frame_ = make_frame();
  int first_rate_ = 0;
  int rate_ = 0;
  bool switched_ = false;
  bool part_ = false;
  bool part_ended_ = false;
  std::int64_t damaged_ = 0;
  int failures_in_a_row_ = 0;
  int read_failure_ = 0;
  bool input_ended_ = false;
};

}  // namespace vat::media
