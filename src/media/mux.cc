#include "media/mux.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <optional>
#include <utility>

#include "base/file.h"
#include "media/container.h"
#include "media/input.h"
#include "media/muxer.h"
#include "media/subtitle_track.h"

namespace vat::media {
namespace {

std::string kind_of(const AVStream* stream) {
  if (is_cover(stream)) return "cover picture";
  switch (stream->codecpar->codec_type) {
    case AVMEDIA_TYPE_VIDEO:
      return "video track";
    case AVMEDIA_TYPE_AUDIO:
      return "audio track";
    case AVMEDIA_TYPE_SUBTITLE:
      return "subtitle track";
    case AVMEDIA_TYPE_ATTACHMENT:
      return "attached file";
    default:
      return "data track";
  }
}

Result<std::unique_ptr<Input>> open_original(const std::filesystem::path& path, std::stop_token stop) {
  VAT_ASSIGN(auto input, Input::open(path, std::move(stop), Input::Codecs::kAll));
  if (input->video() == nullptr)
    return fail(ErrorCode::kInvalidArgument,
                input->name() + " has no video, so no track can be added to it; use the speech file itself.");
  return input;
}

Result<std::unique_ptr<Input>> open_addition(const std::filesystem::path& path, std::stop_token stop) {
  if (path.empty()) return std::unique_ptr<Input>();
  VAT_ASSIGN(auto input, Input::open(path, std::move(stop)));
  if (input->default_audio() == nullptr)
    return fail(ErrorCode::kNoAudio, input->name() + " has no audio track.");
  input->select(input->default_audio());
  return input;
}

/// A source of packets, with the next one.
class Source {
 public:
  virtual ~Source() = default;
  /// False at the end.
  virtual Result<bool> advance() = 0;
  AVPacket* packet() { return packet_.get(); }
  [[nodiscard]] AVRational unit() const { return unit_; }
  [[nodiscard]] double time() const {
    const std::int64_t stamp = packet_->dts != AV_NOPTS_VALUE ? packet_->dts : packet_->pts;
    return stamp == AV_NOPTS_VALUE ? 0.0 : static_cast<double>(stamp) * av_q2d(unit_);
  }

 protected:
  AvPtr<AVPacket> packet_ = make_packet();
  AVRational unit_{1, 1000};
};

/// The tracks of a file that are copied to the output, shifted so that its own start is at zero.
class FileSource : public Source {
 public:
  /// `places[i]` is the output's stream for the input's stream i, or -1.
  /// `skip_priming`: leave out packets that end before zero; a container without negative times would
  /// otherwise shift everything.
  FileSource(Input& input, std::vector<int> places, bool skip_priming)
      : input_(input), places_(std::move(places)), skip_priming_(skip_priming) {}

  Result<bool> advance() override {
    while (true) {
      av_packet_unref(packet_.get());
      const int error = input_.read_packet(packet_.get());
      if (error == AVERROR_EXIT) return fail(read_error(error, {}));
      if (error < 0) return false;
      const auto index = static_cast<std::size_t>(packet_->stream_index);
      // A transport stream may gain tracks while it is read; they are left out.
      if (index >= places_.size() || places_[index] < 0) continue;
      unit_ = input_.context()->streams[index]->time_base;
      packet_->stream_index = places_[index];
      const auto offset = static_cast<std::int64_t>(std::llround(input_.start_seconds() / av_q2d(unit_)));
      if (packet_->pts != AV_NOPTS_VALUE) packet_->pts -= offset;
      if (packet_->dts != AV_NOPTS_VALUE) packet_->dts -= offset;
      const bool priming = packet_->pts != AV_NOPTS_VALUE && packet_->pts + packet_->duration <= 0;
      if (skip_priming_ && priming) continue;
      return true;
    }
  }

 private:
  Input& input_;
  std::vector<int> places_;
  bool skip_priming_;
};

class SubtitleSource : public Source {
 public:
  SubtitleSource(SubtitleTrack track, int place) : track_(std::move(track)), place_(place) {
    unit_ = track_.unit;
  }

  Result<bool> advance() override {
    if (track_.packets.empty()) return false;
    packet_ = std::move(track_.packets.front());
    track_.packets.pop_front();
    packet_->stream_index = place_;
    return true;
  }

 private:
  SubtitleTrack track_;
  int place_;
};

/// Assembles the output: tracks first, then packets in order of time.
class Assembly {
 public:
  Assembly(Muxer& muxer, std::string container) : muxer_(muxer), container_(std::move(container)) {}

  Result<> copy_original(Input& original);
  Result<> add_audio(Input& audio, const MuxAdditions& additions);
  Result<> add_subtitles(const MuxAdditions& additions);
  Result<> run();
  [[nodiscard]] std::vector<std::string> take_warnings() { return std::move(warnings_); }

 private:
  Result<AVStream*> add_stream(const AVCodecParameters* parameters, AVRational unit);
  [[nodiscard]] bool takes(const AVStream* stream) const;

  Muxer& muxer_;
  std::string container_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::string> warnings_;
};

Result<AVStream*> Assembly::add_stream(const AVCodecParameters* parameters, AVRational unit) {
  AVStream* stream = muxer_.add_stream(parameters);
  if (stream == nullptr) return fail(ErrorCode::kLimit, "There is not enough memory to write the video.");
  stream->time_base = unit;
  // A tag of another container would be invalid in this one.
  const auto* tags = muxer_.context()->oformat->codec_tag;
  if (tags == nullptr || av_codec_get_id(tags, parameters->codec_tag) != parameters->codec_id)
    stream->codecpar->codec_tag = 0;
  return stream;
}

bool Assembly::takes(const AVStream* stream) const {
  if (stream->codecpar->codec_type == AVMEDIA_TYPE_ATTACHMENT) return container_ == "matroska";
  // Matroska stores covers as attachments, not as packets.
  if (is_cover(stream)) return container_ == "mp4";
  return can_hold(container_, stream->codecpar);
}

Result<> Assembly::copy_original(Input& original) {
  AVFormatContext* from = original.context();
  av_dict_copy(&muxer_.context()->metadata, from->metadata, 0);
  // The muxer writes its own brands.
  for (const char* key : {"major_brand", "minor_version", "compatible_brands", "encoder"})
    av_dict_set(&muxer_.context()->metadata, key, nullptr, 0);
  std::vector<int> places(from->nb_streams, -1);
  for (unsigned i = 0; i < from->nb_streams; ++i) {
    const AVStream* stream = from->streams[i];
    if (!takes(stream)) {
      warnings_.push_back("A " + kind_of(stream) + " of the original (" +
                          avcodec_get_name(stream->codecpar->codec_id) +
                          ") was left out, because the new file cannot contain it.");
      continue;
    }
    VAT_ASSIGN(AVStream * copy, add_stream(stream->codecpar, stream->time_base));
    av_dict_copy(&copy->metadata, stream->metadata, 0);
    copy->disposition = stream->disposition;
    copy->avg_frame_rate = stream->avg_frame_rate;
    copy->sample_aspect_ratio = stream->sample_aspect_ratio;
    // The side data contains the rotation of the video.
    for (int j = 0; j < stream->nb_side_data; ++j) {
      const AVPacketSideData& data = stream->side_data[j];
      std::uint8_t* target = av_stream_new_side_data(copy, data.type, data.size);
      if (target != nullptr) std::copy_n(data.data, data.size, target);
    }
    places[i] = copy->index;
  }
  sources_.push_back(std::make_unique<FileSource>(original, std::move(places), false));
  return {};
}

Result<> Assembly::add_audio(Input& audio, const MuxAdditions& additions) {
  const AVStream* from = audio.default_audio();
  if (!can_hold(container_, from->codecpar))
    return fail(ErrorCode::kInvalidArgument,
                "A " + container_ + " file cannot contain the audio of " + audio.name() + ".");
  VAT_ASSIGN(AVStream * stream, add_stream(from->codecpar, from->time_base));
  if (!additions.audio_language.empty())
    av_dict_set(&stream->metadata, "language", three_letters(additions.audio_language, container_).c_str(),
                0);
  if (!additions.audio_title.empty()) {
    // MP4 and MOV store a track's name as its handler's name.
    const bool handler = container_ == "mp4" || container_ == "mov";
    av_dict_set(&stream->metadata, handler ? "handler_name" : "title", additions.audio_title.c_str(), 0);
  }
  std::vector<int> places(audio.context()->nb_streams, -1);
  places[static_cast<std::size_t>(from->index)] = stream->index;
  sources_.push_back(std::make_unique<FileSource>(audio, std::move(places),
                                                  container_ == "matroska" || container_ == "webm"));
  return {};
}

Result<> Assembly::add_subtitles(const MuxAdditions& additions) {
  VAT_ASSIGN(SubtitleTrack track, read_subtitles(additions.subtitles, subtitle_encoder(container_)));
  VAT_ASSIGN(AVStream * stream, add_stream(track.parameters.get(), track.unit));
  if (!additions.subtitles_language.empty())
    av_dict_set(&stream->metadata, "language",
                three_letters(additions.subtitles_language, container_).c_str(), 0);
  if (!additions.subtitles_title.empty())
    av_dict_set(&stream->metadata, "title", additions.subtitles_title.c_str(), 0);
  sources_.push_back(std::make_unique<SubtitleSource>(std::move(track), stream->index));
  return {};
}

Result<> Assembly::run() {
  Muxer::Options options;
  // An index at the front lets a browser start before it has the whole file.
  if (container_ == "mp4" || container_ == "mov") options.emplace_back("movflags", "+faststart");
  VAT_TRY(muxer_.write_header(options));
  std::vector<Source*> open;
  for (const auto& source : sources_) {
    VAT_ASSIGN(const bool more, source->advance());
    if (more) open.push_back(source.get());
  }
  while (!open.empty()) {
    const auto next = std::min_element(
        open.begin(), open.end(), [](const Source* a, const Source* b) { return a->time() < b->time(); });
    VAT_TRY(muxer_.write((*next)->packet(), (*next)->unit()));
    VAT_ASSIGN(const bool more, (*next)->advance());
    if (!more) open.erase(next);
  }
  return muxer_.finish();
}

}  // namespace

Result<std::string> mux_extension(const std::filesystem::path& original, const MuxAdditions& additions) {
  VAT_ASSIGN(const auto input, open_original(original, {}));
  VAT_ASSIGN(const auto audio, open_addition(additions.audio, {}));
  const std::string container = choose_container(*input, original, audio.get());
  return container == "matroska" ? "mkv" : container;
}

Result<MuxResult> mux(const std::filesystem::path& original, const MuxAdditions& additions,
                      const std::filesystem::path& output, std::stop_token stop) {
  if (additions.audio.empty() && additions.subtitles.empty())
    return fail(ErrorCode::kInvalidArgument, "There is nothing to add; give speech, subtitles or both.");
  VAT_ASSIGN(const auto input, open_original(original, stop));
  VAT_ASSIGN(const auto audio, open_addition(additions.audio, stop));
  const std::string container = choose_container(*input, original, audio.get());
  const UniqueFd fd(::open(output.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd) return fail(system_error(errno, "write", output.string()));
  VAT_ASSIGN(const auto muxer, Muxer::create(fd.get(), output.string(), container));
  muxer->allow_second_pass(output);
  Assembly assembly(*muxer, container);
  VAT_TRY(assembly.copy_original(*input));
  if (audio) VAT_TRY(assembly.add_audio(*audio, additions));
  if (!additions.subtitles.empty()) VAT_TRY(assembly.add_subtitles(additions));
  VAT_TRY(assembly.run());
  return MuxResult{container, assembly.take_warnings()};
}

}  // namespace vat::media
