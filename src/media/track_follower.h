// The packets of one audio track, also where a broadcast continues it in another stream. Private to this
// module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "media/av.h"
#include "media/input.h"

namespace vat::media {

/// Streams that never sound at the same time are parts of one track: a transport stream goes on under another
/// PID after a change of programme, and a track that goes may come back. Streams that sound at the same time
/// are alternatives, such as languages, and stay out.
class TrackFollower {
 public:
  /// Selects `stream` in `input`, which must outlive this. Without `follow`, it is that stream alone.
  TrackFollower(Input& input, AVStream* stream, bool follow);

  /// The next packet of the track: 0, or the result of Input::read_packet().
  [[nodiscard]] int next(AVPacket* packet);
  /// The stream of the last packet that next() delivered.
  [[nodiscard]] AVStream* stream() const { return stream_; }
  /// The number of an alternative (from 1, among the audio tracks) that went on well after the end of the
  /// track; empty if there is none. Only at the end.
  [[nodiscard]] std::optional<int> longer_alternative() const;

 private:
  struct Candidate {
    std::deque<AvPtr<AVPacket>> waiting;
    double first = 0;            ///< When the waiting packets begin, in seconds.
    double waited = 0;           ///< Seconds of them since the track's last packet.
    double overlap = 0;          ///< Seconds of the track since they began.
    double length = 0;           ///< Seconds of the waiting packets.
    std::size_t bytes = 0;       ///< Of them.
    bool alternative = false;    ///< Sounds at the same time as the track.
    std::optional<double> last;  ///< When its last packet begins.
    std::optional<double> end;   ///< Of its last packet.
  };

  [[nodiscard]] AVStream* stream_of(const AVPacket* packet) const;
  void accept_own(const AVPacket* packet);
  [[nodiscard]] bool accept_other(AVPacket* packet);
  [[nodiscard]] bool may_follow(const Candidate& candidate) const;
  void discard(int index, Candidate& candidate);
  void switch_to(int index);
  [[nodiscard]] bool switch_at_end();

  Input& input_;
  AVStream* stream_;
  bool follow_;
  bool stamps_restart_;
  std::optional<double> last_;            ///< When the track's last packet begins.
  std::optional<double> end_;             ///< Of the track's last packet, on the container's axis.
  std::map<int, Candidate> others_;       ///< By the index of the stream.
  std::deque<AvPtr<AVPacket>> released_;  ///< To be delivered before anything is read.
};

}  // namespace vat::media
