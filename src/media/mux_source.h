// Where the packets of a dub come from, in order of time. Private to this module.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "media/av.h"
#include "media/input.h"
#include "media/subtitle_track.h"

namespace vat::media {

/// A source of packets, with the next one.
class PacketSource {
 public:
  virtual ~PacketSource() = default;
  /// False at the end.
  virtual Result<bool> advance() = 0;
  AVPacket* packet() { return packet_.get(); }
  [[nodiscard]] AVRational unit() const { return unit_; }
  /// Seconds.
  [[nodiscard]] double time() const { return static_cast<double>(packet_->dts) * av_q2d(unit_); }

 protected:
  AvPtr<AVPacket> packet_ = make_packet();
  AVRational unit_{1, 1000};
};

/// The tracks of a file that are copied to the output, shifted so that its own start is at zero. Every packet
/// has both timestamps, which increase within a track as containers require: what the file leaves out is
/// counted, and times that jump in the middle, as in joined transport streams, go on where they were.
class FileSource : public PacketSource {
 public:
  struct Place {
    int index = -1;                              ///< The output's stream; -1: left out.
    std::unique_ptr<PacketConverter> converter;  ///< Where the track gets another codec.
  };
  /// `places[i]` is for the input's stream i. `skip_priming`: leave out packets that end before zero; a
  /// container without negative times would otherwise shift everything.
  FileSource(Input& input, std::vector<Place> places, bool skip_priming)
      : input_(input), places_(std::move(places)), skip_priming_(skip_priming) {}

  Result<bool> advance() override;
  /// Tracks that appeared while the file was read, after the output's were fixed.
  [[nodiscard]] int late_tracks() const;

 private:
  /// What is known about a track's times, in its unit.
  struct Clock {
    std::int64_t last = AV_NOPTS_VALUE;  ///< The decoding time of the packet before.
    std::int64_t next = 0;               ///< Where that packet ends.
  };
  void set_times(const AVStream* stream);
  void join_jump(const AVStream* stream, const Clock& clock);
  [[nodiscard]] std::int64_t in_unit(double seconds) const;

  Input& input_;
  std::vector<Place> places_;
  bool skip_priming_;
  std::map<int, Clock> clocks_;  ///< By the input's stream.
  double shift_ = 0;             ///< Seconds, added to all times since they jumped.
};

class SubtitleSource : public PacketSource {
 public:
  SubtitleSource(SubtitleTrack track, int place);
  Result<bool> advance() override;

 private:
  SubtitleTrack track_;
  int place_;
};

}  // namespace vat::media
