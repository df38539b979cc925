#include "media/mux_files.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/file.h"
#include "media/container.h"
#include "media/input.h"
#include "media/mux_source.h"
#include "media/muxer.h"
#include "media/sound_converter.h"

namespace vat::media {
namespace {

Result<std::unique_ptr<Input>> open_original(const NamedFile& file, const std::stop_token& stop) {
  VAT_ASSIGN(auto input, Input::open(file.fd, file.name, stop, Input::Codecs::kAll));
  if (input->video() == nullptr)
    return fail(ErrorCode::kInvalidArgument,
                input->name() + " has no video, so no track can be added to it; use the speech file itself.");
  return input;
}

Result<std::unique_ptr<Input>> open_addition(const NamedFile& file, const std::stop_token& stop) {
  if (file.fd < 0) return std::unique_ptr<Input>();
  VAT_ASSIGN(auto input, Input::open(file.fd, file.name, stop));
  if (input->default_audio() == nullptr)
    return fail(ErrorCode::kNoAudio, input->name() + " has no audio track.");
  input->select(input->default_audio());
  return input;
}

/// Assembles the output: tracks first, then packets in order of time.
class Assembly {
 public:
  Assembly(Muxer& muxer, std::string container) : muxer_(muxer), container_(std::move(container)) {}

  Result<> copy_original(Input& original);
  Result<> add_audio(Input& audio, const MuxAdditions& additions);
  Result<> add_subtitles(const NamedFile& file, const MuxAdditions& additions);
  Result<> run();
  [[nodiscard]] std::vector<std::string> take_warnings() { return std::move(warnings_); }

 private:
  Result<AVStream*> add_stream(const AVCodecParameters* parameters, AVRational unit);
  Result<AVStream*> copy_stream(const AVStream* stream, const AVCodecParameters* parameters);
  Result<FileSource::Place> place(const AVStream* stream);
  Result<> attach_cover(const AVStream* stream);
  Result<> copy_chapters(const Input& original);
  void leave_out(const AVStream* stream);

  Muxer& muxer_;
  std::string container_;
  std::vector<std::unique_ptr<PacketSource>> sources_;
  FileSource* original_ = nullptr;  ///< Among sources_.
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

void Assembly::leave_out(const AVStream* stream) {
  warnings_.push_back(std::string(kind_of(stream)) + " of the original (" +
                      avcodec_get_name(stream->codecpar->codec_id) +
                      ") was left out, because the new file cannot contain it.");
}

Result<AVStream*> Assembly::copy_stream(const AVStream* stream, const AVCodecParameters* parameters) {
  VAT_ASSIGN(AVStream * copy, add_stream(parameters, stream->time_base));
  av_dict_copy(&copy->metadata, stream->metadata, 0);
  copy->disposition = stream->disposition;
  copy->avg_frame_rate = stream->avg_frame_rate;
  copy->sample_aspect_ratio = stream->sample_aspect_ratio;
  // The side data contains the rotation of the video.
  for (int j = 0; j < stream->nb_side_data; ++j) {
    const AVPacketSideData& data = stream->side_data[j];
    std::uint8_t* target = av_stream_new_side_data(copy, data.type, data.size);
    if (target != nullptr) std::copy_n(data.data, data.size, target);
    if (data.type == AV_PKT_DATA_DISPLAYMATRIX && (container_ == "matroska" || container_ == "webm"))
      warnings_.emplace_back("The new file cannot contain the rotation of the original's picture.");
  }
  return copy;
}

/// Matroska stores covers as attached files, not as packets.
Result<> Assembly::attach_cover(const AVStream* stream) {
  const AVPacket& picture = stream->attached_pic;
  VAT_ASSIGN(AVStream * copy, add_stream(stream->codecpar, stream->time_base));
  AVCodecParameters* parameters = copy->codecpar;
  parameters->codec_type = AVMEDIA_TYPE_ATTACHMENT;
  av_freep(&parameters->extradata);
  parameters->extradata_size = 0;
  const auto size = static_cast<std::size_t>(picture.size);
  parameters->extradata = static_cast<std::uint8_t*>(av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE));
  if (parameters->extradata == nullptr)
    return fail(ErrorCode::kLimit, "There is not enough memory to write the video.");
  std::copy_n(picture.data, size, parameters->extradata);
  parameters->extradata_size = picture.size;
  const bool png = parameters->codec_id == AV_CODEC_ID_PNG;
  av_dict_copy(&copy->metadata, stream->metadata, 0);
  av_dict_set(&copy->metadata, "filename", png ? "cover.png" : "cover.jpg", AV_DICT_DONT_OVERWRITE);
  av_dict_set(&copy->metadata, "mimetype", png ? "image/png" : "image/jpeg", AV_DICT_DONT_OVERWRITE);
  return {};
}

/// Where the packets of one of the original's streams go. What cannot be kept is said.
Result<FileSource::Place> Assembly::place(const AVStream* stream) {
  FileSource::Place place;
  const AVCodecParameters* parameters = stream->codecpar;
  // The text track that QuickTime uses for chapters, which are copied as such.
  if (parameters->codec_type == AVMEDIA_TYPE_DATA && stream->discard == AVDISCARD_ALL) return place;
  const bool matroska = container_ == "matroska";
  if (is_cover(stream) && matroska && stream->attached_pic.size > 0) {
    VAT_TRY(attach_cover(stream));
    return place;
  }
  const AVCodecDescriptor* codec = avcodec_descriptor_get(parameters->codec_id);
  const bool text = codec != nullptr && (codec->props & AV_CODEC_PROP_TEXT_SUB) != 0;
  const bool attachment = parameters->codec_type == AVMEDIA_TYPE_ATTACHMENT;
  const bool taken = attachment         ? matroska
                     : is_cover(stream) ? container_ == "mp4"
                                        : can_hold(container_, parameters);
  if (!taken && text) {
    VAT_ASSIGN(place.converter, SubtitleConverter::create(stream, subtitle_encoder(container_)));
  } else if (!taken && parameters->codec_type == AVMEDIA_TYPE_AUDIO) {
    if (auto converter = SoundConverter::create(stream)) place.converter = std::move(*converter);
  }
  if (!taken && !place.converter) {
    leave_out(stream);
    return place;
  }
  if (place.converter) parameters = place.converter->parameters();
  VAT_ASSIGN(AVStream * copy, copy_stream(stream, parameters));
  if (attachment) {
    av_dict_set(&copy->metadata, "filename", "attachment", AV_DICT_DONT_OVERWRITE);
    av_dict_set(&copy->metadata, "mimetype", "application/octet-stream", AV_DICT_DONT_OVERWRITE);
  } else {
    place.index = copy->index;
  }
  return place;
}

Result<> Assembly::copy_chapters(const Input& original) {
  const AVFormatContext* from = original.context();
  AVFormatContext* to = muxer_.context();
  if (from->nb_chapters == 0) return {};
  const auto no_memory = [] {
    return fail(ErrorCode::kLimit, "There is not enough memory to write the video.");
  };
  to->chapters = static_cast<AVChapter**>(av_calloc(from->nb_chapters, sizeof(AVChapter*)));
  if (to->chapters == nullptr) return no_memory();
  for (unsigned i = 0; i < from->nb_chapters; ++i) {
    const AVChapter* chapter = from->chapters[i];
    const auto offset = std::llround(original.start_seconds() / av_q2d(chapter->time_base));
    if (chapter->end <= offset) continue;
    auto* copy = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
    if (copy == nullptr) return no_memory();
    to->chapters[to->nb_chapters++] = copy;
    copy->id = chapter->id;
    copy->time_base = chapter->time_base;
    copy->start = std::max<std::int64_t>(chapter->start - offset, 0);
    copy->end = chapter->end - offset;
    av_dict_copy(&copy->metadata, chapter->metadata, 0);
  }
  return {};
}

Result<> Assembly::copy_original(Input& original) {
  AVFormatContext* from = original.context();
  av_dict_copy(&muxer_.context()->metadata, from->metadata, 0);
  // The muxer writes its own brands.
  for (const char* key : {"major_brand", "minor_version", "compatible_brands", "encoder"})
    av_dict_set(&muxer_.context()->metadata, key, nullptr, 0);
  VAT_TRY(copy_chapters(original));
  std::vector<FileSource::Place> places;
  for (unsigned i = 0; i < from->nb_streams; ++i) {
    VAT_ASSIGN(auto place_of_stream, place(from->streams[i]));
    places.push_back(std::move(place_of_stream));
  }
  auto source = std::make_unique<FileSource>(original, std::move(places), false);
  original_ = source.get();
  sources_.push_back(std::move(source));
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
  std::vector<FileSource::Place> places(audio.context()->nb_streams);
  places[static_cast<std::size_t>(from->index)].index = stream->index;
  sources_.push_back(std::make_unique<FileSource>(audio, std::move(places),
                                                  container_ == "matroska" || container_ == "webm"));
  return {};
}

Result<> Assembly::add_subtitles(const NamedFile& file, const MuxAdditions& additions) {
  VAT_ASSIGN(SubtitleTrack track, read_subtitles(file.fd, file.name, subtitle_encoder(container_)));
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
  std::vector<PacketSource*> open;
  for (const auto& source : sources_) {
    VAT_ASSIGN(const bool more, source->advance());
    if (more) open.push_back(source.get());
  }
  while (!open.empty()) {
    const auto next =
        std::min_element(open.begin(), open.end(),
                         [](const PacketSource* a, const PacketSource* b) { return a->time() < b->time(); });
    VAT_TRY(muxer_.write((*next)->packet(), (*next)->unit()));
    VAT_ASSIGN(const bool more, (*next)->advance());
    if (!more) open.erase(next);
  }
  if (const int late = original_->late_tracks(); late > 0)
    warnings_.push_back(std::to_string(late) + (late == 1 ? " track" : " tracks") +
                        " of the original that begin in its middle were left out.");
  return muxer_.finish();
}

}  // namespace

Result<std::string> extension_of_mux(const MuxFiles& files) {
  VAT_ASSIGN(const auto input, open_original(files.original, {}));
  VAT_ASSIGN(const auto audio, open_addition(files.audio, {}));
  const std::string container = choose_container(*input, audio.get()).container;
  return container == "matroska" ? "mkv" : container;
}

Result<MuxResult> mux_files(const MuxFiles& files, const MuxAdditions& additions,
                            const std::stop_token& stop) {
  if (files.audio.fd < 0 && files.subtitles.fd < 0)
    return fail(ErrorCode::kInvalidArgument, "There is nothing to add; give speech, subtitles or both.");
  VAT_ASSIGN(const auto input, open_original(files.original, stop));
  VAT_ASSIGN(const auto audio, open_addition(files.audio, stop));
  const auto [container, reason] = choose_container(*input, audio.get());
  if (!can_hold(container, input->video()->codecpar))
    return fail(ErrorCode::kInvalidArgument,
                "The video of " + input->name() + " (" +
                    avcodec_get_name(input->video()->codecpar->codec_id) +
                    ") cannot be copied: no container that can be written holds it.");
  VAT_ASSIGN(const auto muxer, Muxer::create(files.output.fd, files.output.name, container));
  muxer->allow_second_pass();
  Assembly assembly(*muxer, container);
  VAT_TRY(assembly.copy_original(*input));
  if (audio) VAT_TRY(assembly.add_audio(*audio, additions));
  if (files.subtitles.fd >= 0) VAT_TRY(assembly.add_subtitles(files.subtitles, additions));
  VAT_TRY(assembly.run());
  std::vector<std::string> warnings = assembly.take_warnings();
  if (!reason.empty()) warnings.insert(warnings.begin(), reason);
  return MuxResult{container, std::move(warnings)};
}

}  // namespace vat::media
