#include "media/helper_messages.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace vat::media {
namespace {

constexpr std::size_t kMaxTexts = 10'000;
constexpr std::size_t kMaxTracks = 1'000;
constexpr Millis kMaxLength = std::chrono::hours(1'000'000);

template <class T>
std::optional<T> checked(const MessageReader& reader, T value) {
  if (reader.failed()) return std::nullopt;
  return value;
}

AudioTrack next_track(MessageReader& reader) {
  AudioTrack track;
  track.number = reader.small_number();
  track.codec = reader.text();
  track.language = reader.text();
  track.title = reader.text();
  track.channels = reader.small_number();
  track.sample_rate = reader.small_number();
  track.is_default = reader.number() != 0;
  return track;
}

/// Of a kind that no browser takes for anything else.
bool is_jpeg(std::string_view bytes) { return bytes.starts_with("\xff\xd8\xff"); }

bool is_plausible(const Filmstrip& strip) {
  const auto within = [](int value, int most) { return value >= 1 && value <= most; };
  return is_jpeg(strip.sheet) && strip.interval > Millis(0) && strip.interval < kMaxLength &&
         within(strip.frames, Filmstrip::kMaxFrames) && within(strip.columns, Filmstrip::kMaxColumns) &&
         within(strip.width, Filmstrip::kMaxSide) && within(strip.height, Filmstrip::kMaxSide);
}

}  // namespace

MessageWriter& MessageWriter::number(std::int64_t value) {
  bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  return *this;
}

MessageWriter& MessageWriter::length(const std::optional<Millis>& value) {
  return number(value ? value->count() : -1);
}

MessageWriter& MessageWriter::text(std::string_view value) {
  number(static_cast<std::int64_t>(value.size()));
  bytes_ += value;
  return *this;
}

MessageWriter& MessageWriter::texts(const std::vector<std::string>& values) {
  number(static_cast<std::int64_t>(values.size()));
  for (const std::string& value : values) text(value);
  return *this;
}

std::int64_t MessageReader::number() {
  std::int64_t value = 0;
  if (rest_.size() < sizeof value) {
    failed_ = true;
    rest_ = {};
    return 0;
  }
  std::memcpy(&value, rest_.data(), sizeof value);
  rest_.remove_prefix(sizeof value);
  return value;
}

int MessageReader::small_number() {
  const std::int64_t value = number();
  if (value >= INT_MIN && value <= INT_MAX) return static_cast<int>(value);
  failed_ = true;
  return 0;
}

std::optional<Millis> MessageReader::length() {
  const Millis value(number());
  failed_ = failed_ || value > kMaxLength;
  if (failed_ || value < Millis(0)) return std::nullopt;
  return value;
}

std::string MessageReader::bytes() {
  const std::int64_t length = number();
  if (length < 0 || static_cast<std::uint64_t>(length) > rest_.size()) {
    failed_ = true;
    rest_ = {};
    return {};
  }
  std::string value(rest_.substr(0, static_cast<std::size_t>(length)));
  rest_.remove_prefix(static_cast<std::size_t>(length));
  return value;
}

std::string MessageReader::text() { return to_utf8(bytes()); }

std::vector<std::string> MessageReader::texts() {
  const std::int64_t count = number();
  std::vector<std::string> values;
  if (count < 0 || count > static_cast<std::int64_t>(kMaxTexts)) failed_ = true;
  for (std::int64_t i = 0; i < count && !failed_; ++i) values.push_back(text());
  return values;
}

std::string to_message(const HelperRequest& request) {
  MessageWriter writer;
  const MuxAdditions& added = request.additions;
  writer.number(static_cast<int>(request.task))
      .texts(request.names)
      .number(request.track)
      .number(request.channel)
      .number(static_cast<int>(request.side))
      .number(request.rate)
      .number(request.debug ? 1 : 0)
      .number(static_cast<std::int64_t>(request.written_bytes))
      .texts({added.audio_language, added.audio_title, added.subtitles_language, added.subtitles_title});
  return writer.take();
}

std::optional<HelperRequest> request_of(std::string_view message) {
  MessageReader reader(message);
  HelperRequest request;
  request.task = static_cast<HelperTask>(reader.small_number());
  request.names = reader.texts();
  request.track = reader.small_number();
  request.channel = reader.small_number();
  request.side = static_cast<Side>(reader.small_number());
  request.rate = reader.small_number();
  request.debug = reader.number() != 0;
  request.written_bytes = static_cast<std::uint64_t>(reader.number());
  std::vector<std::string> added = reader.texts();
  if (reader.failed() || added.size() != 4 || request.names.size() != 4) return std::nullopt;
  request.additions.audio_language = std::move(added[0]);
  request.additions.audio_title = std::move(added[1]);
  request.additions.subtitles_language = std::move(added[2]);
  request.additions.subtitles_title = std::move(added[3]);
  return request;
}

std::string to_message(HelperReply kind, MessageWriter content) {
  return static_cast<char>(kind) + content.take();
}

MessageWriter pack(const Error& error) {
  MessageWriter writer;
  writer.number(static_cast<int>(error.code))
      .text(error.message)
      .text(error.detail)
      .number(error.retryable ? 1 : 0)
      .number(error.origin == ErrorOrigin::kSystem ? 1 : 0);
  return writer;
}

std::optional<Error> unpack_error(std::string_view content) {
  MessageReader reader(content);
  Error error;
  const int code = reader.small_number();
  error.message = reader.text();
  error.detail = reader.text();
  error.retryable = reader.number() != 0;
  error.origin = reader.number() != 0 ? ErrorOrigin::kSystem : ErrorOrigin::kProgram;
  if (code < 0 || code > static_cast<int>(ErrorCode::kInternal) || error.message.empty()) return std::nullopt;
  error.code = static_cast<ErrorCode>(code);
  return checked(reader, std::move(error));
}

MessageWriter pack(const MediaInfo& info) {
  MessageWriter writer;
  writer.text(info.container).length(info.duration);
  writer.number(static_cast<std::int64_t>(info.audio.size()));
  for (const AudioTrack& track : info.audio)
    writer.number(track.number)
        .text(track.codec)
        .text(track.language)
        .text(track.title)
        .number(track.channels)
        .number(track.sample_rate)
        .number(track.is_default ? 1 : 0);
  writer.number(info.has_video ? 1 : 0)
      .text(info.video_codec)
      .number(info.width)
      .number(info.height)
      .number(info.subtitle_tracks);
  return writer;
}

std::optional<MediaInfo> unpack_info(std::string_view content) {
  MessageReader reader(content);
  MediaInfo info;
  info.container = reader.text();
  info.duration = reader.length();
  const std::int64_t tracks = reader.number();
  if (tracks < 1 || tracks > static_cast<std::int64_t>(kMaxTracks)) return std::nullopt;
  for (std::int64_t i = 0; i < tracks; ++i) info.audio.push_back(next_track(reader));
  info.has_video = reader.number() != 0;
  info.video_codec = reader.text();
  info.width = reader.small_number();
  info.height = reader.small_number();
  info.subtitle_tracks = reader.small_number();
  return checked(reader, std::move(info));
}

MessageWriter pack(const MuxResult& result) {
  MessageWriter writer;
  writer.text(result.container).texts(result.warnings);
  return writer;
}

std::optional<MuxResult> unpack_mux_result(std::string_view content) {
  MessageReader reader(content);
  MuxResult result;
  result.container = reader.text();
  result.warnings = reader.texts();
  return checked(reader, std::move(result));
}

MessageWriter pack(const Pictures& pictures) {
  MessageWriter writer;
  writer.text(pictures.small).text(pictures.large).number(pictures.filmstrip ? 1 : 0);
  if (const auto& strip = pictures.filmstrip)
    writer.text(strip->sheet)
        .length(strip->interval)
        .number(strip->frames)
        .number(strip->columns)
        .number(strip->width)
        .number(strip->height);
  return writer;
}

std::optional<Pictures> unpack_pictures(std::string_view content) {
  MessageReader reader(content);
  Pictures pictures;
  pictures.small = reader.bytes();
  pictures.large = reader.bytes();
  if (reader.number() != 0) {
    Filmstrip& strip = pictures.filmstrip.emplace();
    strip.sheet = reader.bytes();
    strip.interval = reader.length().value_or(Millis(0));
    strip.frames = reader.small_number();
    strip.columns = reader.small_number();
    strip.width = reader.small_number();
    strip.height = reader.small_number();
    if (!is_plausible(strip)) return std::nullopt;
  }
  const bool none = pictures.small.empty() && pictures.large.empty() && !pictures.filmstrip;
  if (!none && !(is_jpeg(pictures.small) && is_jpeg(pictures.large))) return std::nullopt;
  return checked(reader, std::move(pictures));
}

}  // namespace vat::media
