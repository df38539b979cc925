// What a process and its locked-up decoder tell each other. Whatever comes from the decoder may be forged, so
// that reading it never trusts a length, a number or a text. Private to this module.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "media/audio_reader.h"
#include "media/mux.h"
#include "media/pictures.h"
#include "media/probe.h"

namespace vat::media {

/// Numbers and texts one after another.
class MessageWriter {
 public:
  MessageWriter& number(std::int64_t value);
  MessageWriter& length(const std::optional<Millis>& value);
  MessageWriter& text(std::string_view value);
  MessageWriter& texts(const std::vector<std::string>& values);
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads them in the same order. Beyond the end everything is zero or empty, and failed() is true.
class MessageReader {
 public:
  /// `bytes` must outlive it.
  explicit MessageReader(std::string_view bytes) : rest_(bytes) {}
  [[nodiscard]] std::int64_t number();
  [[nodiscard]] int small_number();  ///< Fails if it is no int.
  [[nodiscard]] std::optional<Millis> length();
  [[nodiscard]] std::string text();   ///< Valid UTF-8, whatever was sent.
  [[nodiscard]] std::string bytes();  ///< As they were sent.
  [[nodiscard]] std::vector<std::string> texts();
  /// True also if something is left.
  [[nodiscard]] bool failed() const { return failed_ || !rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

enum class HelperTask { kProbe = 1, kRead, kExtension, kMux, kPictures };

/// The files that belong to it come with the message, in this order: the recording, then those that `names`
/// has texts for. Of kRead the second is the spool, the third the memory for samples (sample_ring.h).
struct HelperRequest {
  HelperTask task = HelperTask::kProbe;
  std::vector<std::string>
      names;  ///< Recording, audio (or spool), subtitles (or memory), output; empty: not there.
  int track = 0;
  int channel = 0;
  Side side = Side::kMixed;
  int rate = kRecognitionRate;
  bool debug = false;  ///< Logs, to the standard error.
  std::uint64_t written_bytes = 0;
  MuxAdditions additions;  ///< The texts only.
};
[[nodiscard]] std::string to_message(const HelperRequest& request);
[[nodiscard]] std::optional<HelperRequest> request_of(std::string_view message);

/// The first byte of every reply.
enum class HelperReply : char {
  kFailed = 'F',    ///< An Error, of any task; the last reply.
  kInfo = 'I',      ///< Of kProbe.
  kOpened = 'O',    ///< Of kRead, the first one: the length.
  kSamples = 'S',   ///< Of kRead: how many there are in the next slot.
  kEnd = 'E',       ///< Of kRead, the last one: warnings.
  kText = 'T',      ///< Of kExtension.
  kMuxed = 'M',     ///< Of kMux.
  kPictures = 'P',  ///< Of kPictures.
};

[[nodiscard]] std::string to_message(HelperReply kind, MessageWriter content);
[[nodiscard]] MessageWriter pack(const Error& error);
[[nodiscard]] MessageWriter pack(const MediaInfo& info);
[[nodiscard]] MessageWriter pack(const MuxResult& result);
[[nodiscard]] MessageWriter pack(const Pictures& pictures);
/// Empty if the content is not what it should be.
[[nodiscard]] std::optional<Error> unpack_error(std::string_view content);
[[nodiscard]] std::optional<MediaInfo> unpack_info(std::string_view content);
[[nodiscard]] std::optional<MuxResult> unpack_mux_result(std::string_view content);
[[nodiscard]] std::optional<Pictures> unpack_pictures(std::string_view content);

}  // namespace vat::media
