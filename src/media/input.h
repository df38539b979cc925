// An opened container: detected from its content, read through a descriptor only. Private to this module.
//
// Where its time begins: at the first frame to be presented of whichever audio or video track begins first;
// covers, subtitles and data do not count, and frames that an edit list or a codec's delay removes are not
// presented. Everything else of the module (samples, lengths, chapters, subtitles, a dub) counts from there.
// A track's first frame is the one that libavformat reports; where it reports none, because it would first
// need a decoder (H.264 and H.265 in Matroska, whose blocks have no decoding times), it is the track's first
// packet. See docs/design/0015-times-of-recordings.md.
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/time.h"
#include "media/av.h"
#include "media/descriptor_io.h"

namespace vat::media {

class Input {
 public:
  /// Which decoders may be tried to learn about the tracks. Audio only is quicker and exposes less code to
  /// untrusted bytes.
  /// With kPictures the file is read as one, also where it goes on as another recording.
  enum class Codecs { kSound, kPictures, kAll };

  /// Opens the file and detects its format. The errors name it and say what it is instead of a recording.
  [[nodiscard]] static Result<std::unique_ptr<Input>> open(const std::filesystem::path& path,
                                                           std::stop_token stop,
                                                           Codecs codecs = Codecs::kSound);
  /// The same over a descriptor that the caller owns; `name` is for messages. A pipe that has to be read to
  /// its end first goes to `spool`, an empty file that the caller owns, or to a temporary file if that is -1.
  [[nodiscard]] static Result<std::unique_ptr<Input>> open(int fd, std::string name, std::stop_token stop,
                                                           Codecs codecs = Codecs::kSound, int spool = -1);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  [[nodiscard]] AVFormatContext* context() const { return context_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const DescriptorInput& io() const { return *io_; }
  /// The audio streams in the container's order.
  [[nodiscard]] const std::vector<AVStream*>& audio() const { return audio_; }
  /// The one that plays by default; null when there is none.
  [[nodiscard]] AVStream* default_audio() const;
  /// The first video stream, not a cover; null when there is none.
  [[nodiscard]] AVStream* video() const;
  /// The first picture that belongs to the recording; null when there is none.
  [[nodiscard]] AVStream* cover() const;
  /// The position of a player's 0:00 on the container's own axis, in seconds.
  [[nodiscard]] double start_seconds() const { return start_seconds_; }
  /// The first presented frame of a track, from the recording's 0:00; empty if it was not met.
  [[nodiscard]] std::optional<double> start_of(const AVStream* stream) const;
  /// Length from 0:00 according to the container, or estimated from its size and bit rate.
  [[nodiscard]] std::optional<double> duration_seconds() const;
  /// The end of a track according to the container, from the recording's 0:00; empty if it does not say.
  /// Where writers disagree whether a length counts from zero or from the start, the earlier one.
  [[nodiscard]] std::optional<double> end_of(const AVStream* stream) const;
  /// The same, but empty if the container's value is impossible.
  [[nodiscard]] std::optional<Millis> duration() const;
  /// False if the length is only an estimate from the bit rate.
  [[nodiscard]] bool duration_is_stated() const {
    return context_->duration_estimation_method != AVFMT_DURATION_FROM_BITRATE;
  }

  /// From now on only this stream's packets are delivered; the others are skipped without being read.
  void select(const AVStream* stream);
  /// From now on only audio packets are delivered, also those of streams that appear later.
  void select_audio();
  /// Goes to the last key frame of a track before a time, in its own unit. False if the file cannot be
  /// searched.
  [[nodiscard]] bool seek(const AVStream* stream, std::int64_t time);
  /// The next packet: 0, AVERROR_EOF or another of libav's errors.
  [[nodiscard]] int read_packet(AVPacket* packet);
  /// True when reading ended where the file goes on as another recording (PartFinder).
  [[nodiscard]] bool has_next_part() const { return io_->has_next_part(); }
  /// Goes on with that: the context, the streams and the lengths are its own from now on. Where its times
  /// begin anew, so does start_seconds(). False, with nothing changed, if it cannot be read or has no sound.
  [[nodiscard]] bool begin_next_part();
  /// Which part it is, from 0.
  [[nodiscard]] int part() const { return part_; }
  /// A part's times go on from those of the part before.
  [[nodiscard]] bool times_go_on() const;

 private:
  Input(std::string name, Codecs codecs) : name_(std::move(name)), codecs_(codecs) {}
  Result<> open_container(std::stop_token stop, int spool = -1);
  Result<> recognise(const AVInputFormat*& format);
  Result<> find_streams();
  [[nodiscard]] bool header_tells_all() const;
  void read_ahead();
  [[nodiscard]] bool read_one_ahead();
  void time_first_page(const AVStream* stream);
  void find_start();
  [[nodiscard]] std::optional<double> position_of_start(const AVStream* stream) const;
  [[nodiscard]] double end_from_length(double length, std::optional<double> start) const;

  std::string name_;
  Codecs codecs_;
  UniqueFd fd_;  ///< Empty if the caller owns the descriptor.
  std::unique_ptr<DescriptorInput> io_;
  AVFormatContext* context_ = nullptr;
  std::vector<AVStream*> audio_;
  std::deque<AvPtr<AVPacket>> ahead_;  ///< Read to learn the start times; delivered first.
  std::int64_t bytes_ahead_ = 0;
  std::map<int, double> first_packets_;      ///< By stream: seconds on the container's own axis.
  std::map<int, double> first_page_starts_;  ///< Likewise, of Ogg streams that libavformat starts too early.
  double start_seconds_ = 0;
  int part_ = 0;
};

}  // namespace vat::media
