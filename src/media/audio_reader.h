// Reads the audio of a recording as mono samples, for recognition or one side of what is heard, on the
// recording's own time axis.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "domain/audio.h"

namespace vat::media {

/// What a reader makes of a track's channels.
enum class Side {
  kMixed,  ///< All of them in one.
  kLeft,   ///< What the left of two loudspeakers plays; of one channel, the same as the right.
  kRight,
};

struct ReaderOptions {
  int track = 0;  ///< Among the audio tracks, from 1; 0 takes the one that plays by default.
  /// Of the track, from 1, at its own level; 0 mixes all to one.
  int channel = 0;
  Side side = Side::kMixed;     ///< With channel 0.
  int rate = kRecognitionRate;  ///< Hz, 8000 to 192000. At another one, very quiet recordings are not raised.
  std::stop_token stop;
  /// An empty file for what comes from a pipe and has to be read to its end first; -1: a temporary one. The
  /// caller's.
  int spool = -1;
};

/// Decodes one audio track of any container and codec that libav supports, as it is pulled: memory is
/// bounded, whatever the length. Sample n is what a player plays at n/rate seconds: the container's start
/// offset and edit lists are honoured, a track that begins late begins with silence, and lost packets leave
/// silence. Damage is skipped and reported by warnings(). Nothing but the given input is ever opened,
/// whatever the input refers to. One thread at a time.
class AudioReader : public AudioSource {
 public:
  /// kNotFound, kPermission, kInvalidArgument (a folder), kBadMedia (not media, empty, undecodable), kNoAudio
  /// (no audio, or no such track), kCancelled.
  [[nodiscard]] static Result<std::unique_ptr<AudioReader>> open(const std::filesystem::path& path,
                                                                 const ReaderOptions& options);
  /// The same from a descriptor, which the caller owns and which may be a pipe; `name` is for messages.
  [[nodiscard]] static Result<std::unique_ptr<AudioReader>> open_stream(int fd, const std::string& name,
                                                                        const ReaderOptions& options);
  ~AudioReader() override;

  /// kCancelled; kBadMedia when the audio goes on for longer than a file of its size can. Damage is no error:
  /// it ends the stream early and is reported by warnings().
  [[nodiscard]] Result<std::size_t> read(std::span<float> out) override;
  /// According to the container, or estimated from its size and bit rate; empty for most pipes.
  [[nodiscard]] std::optional<Millis> duration() const override;
  [[nodiscard]] std::vector<std::string> warnings() const override;

 private:
  struct Impl;
  explicit AudioReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vat::media
