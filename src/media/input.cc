#include "media/input.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>

extern "C" {
#include <libavutil/intreadwrite.h>
}

#include "base/text.h"
#include "filters/av_log.h"
#include "media/spool.h"

namespace vat::media {
namespace {

// Limits of probing, so that no file can make it take long.
constexpr std::int64_t kProbeBytes = 5'000'000;
constexpr std::int64_t kAnalyzeMicroseconds = 5'000'000;
constexpr int kMaxStreams = 256;

/// Formats that are lists of other files or URLs, which are never opened.
constexpr std::array<std::string_view, 9> kPlaylists = {"hls", "concat", "dash",    "sdp",    "rtsp",
                                                        "rtp", "imf",    "concatf", "libdash"};

bool is_playlist(std::string_view format) {
  return std::any_of(kPlaylists.begin(), kPlaylists.end(),
                     [&](std::string_view name) { return format.substr(0, format.find(',')) == name; });
}

bool is_picture(std::string_view format) {
  return format.ends_with("_pipe") || format == "image2" || format == "image2pipe" || format == "ico";
}

/// Rejects every other file or URL that a container refers to.
int refuse_open(AVFormatContext* /*context*/, AVIOContext** io, const char* /*url*/, int /*flags*/,
                AVDictionary** /*options*/) {
  *io = nullptr;
  return AVERROR(EPERM);
}

int interrupted(void* io) { return static_cast<DescriptorInput*>(io)->stop_requested() ? 1 : 0; }

/// Names of all audio decoders: probing may open these but no video decoder, which saves time and reduces the
/// attack surface.
const std::string& audio_decoder_names() {
  static const std::string names = [] {
    std::string list;
    void* state = nullptr;
    while (const AVCodec* codec = av_codec_iterate(&state)) {
      if (av_codec_is_decoder(codec) == 0 || codec->type != AVMEDIA_TYPE_AUDIO) continue;
      append_item(list, codec->name, ",");
    }
    return list;
  }();
  return names;
}

/// The message for bytes that no demuxer recognised.
std::string unreadable_message(const std::string& name, bool truncated_index) {
  if (truncated_index)
    return name +
           " is damaged or cut off: its index is missing, so nothing in it can be played. "
           "Copy or download it again.";
  return name + " is not an audio or video file that can be read.";
}

/// True for an MP4 or MOV whose audio precedes its index (ISO/IEC 14496-12, 4.2), so that a pipe must be
/// spooled before it can be read. Looks only at what is already in the buffer.
bool index_comes_last(const AVIOContext* io) {
  constexpr std::ptrdiff_t kHeader = 8;
  const unsigned char* box = io->buf_ptr;
  while (io->buf_end - box >= kHeader) {
    const std::uint32_t size = AV_RB32(box);
    const std::string_view type(reinterpret_cast<const char*>(box + 4), 4);
    if (type == "mdat") return true;
    if (type == "moov" || size < kHeader || size > static_cast<std::uint64_t>(io->buf_end - box))
      return false;
    box += size;
  }
  return false;
}

/// True for an MP4 or MOV whose first box is media data: then a failure to open means that the rest is
/// missing.
bool begins_like_mp4(const DescriptorInput& io) {
  AVIOContext* context = io.context();
  if (!io.seekable() || avio_seek(context, 4, SEEK_SET) != 4) return false;
  std::array<unsigned char, 4> tag{};
  return avio_read(context, tag.data(), 4) == 4 &&
         std::string_view(reinterpret_cast<char*>(tag.data()), 4) == "ftyp";
}

Result<AVFormatContext*> make_context(DescriptorInput& io, Input::Codecs codecs) {
  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr) return fail(ErrorCode::kLimit, "There is not enough memory to read the input.");
  context->pb = io.context();
  context->io_open = refuse_open;
  context->interrupt_callback = AVIOInterruptCB{interrupted, &io};
  context->probesize = kProbeBytes;
  context->max_analyze_duration = kAnalyzeMicroseconds;
  context->max_streams = kMaxStreams;
  // AVI and MPEG leave presentation times out, which who copies the packets needs.
  if (codecs == Input::Codecs::kAll) context->flags |= AVFMT_FLAG_GENPTS;
  // No protocol has this name: a demuxer that bypasses io_open finds none.
  context->protocol_whitelist = av_strdup("none");
  if (codecs != Input::Codecs::kAll) context->codec_whitelist = av_strdup(audio_decoder_names().c_str());
  return context;
}

/// No video has more pixels in a row, while a file made to exhaust memory may claim any number.
Result<> check_picture_size(const AVStream* stream, const std::string& name) {
  constexpr int kMaxSide = 65'535;
  const AVCodecParameters* parameters = stream->codecpar;
  if (parameters->codec_type != AVMEDIA_TYPE_VIDEO ||
      (parameters->width <= kMaxSide && parameters->height <= kMaxSide))
    return {};
  return fail(ErrorCode::kBadMedia, name + " claims to have a picture of " +
                                        std::to_string(parameters->width) + " by " +
                                        std::to_string(parameters->height) + " pixels, which no video has.");
}

}  // namespace

Input::~Input() { avformat_close_input(&context_); }

Result<std::unique_ptr<Input>> Input::open(const std::filesystem::path& path, std::stop_token stop,
                                           Codecs codecs) {
  std::unique_ptr<Input> input(new Input(path.string(), codecs));
  VAT_ASSIGN(input->fd_, open_recording(path));
  VAT_ASSIGN(input->io_, DescriptorInput::create(input->fd_.get(), stop));
  if (codecs == Codecs::kSound) input->io_->end_at_parts();
  VAT_TRY(input->open_container(stop));
  return input;
}

Result<std::unique_ptr<Input>> Input::open(int fd, std::string name, std::stop_token stop, Codecs codecs,
                                           int spool) {
  std::unique_ptr<Input> input(new Input(std::move(name), codecs));
  VAT_ASSIGN(input->io_, DescriptorInput::create(fd, stop));
  if (codecs == Codecs::kSound) input->io_->end_at_parts();
  VAT_TRY(input->open_container(stop, spool));
  return input;
}

Result<> Input::open_container(std::stop_token stop, int spool) {
  filters::route_av_log();
  if (io_->size() == 0) return fail(ErrorCode::kBadMedia, name_ + " is empty (0 bytes).");
  const AVInputFormat* format = nullptr;
  VAT_TRY(recognise(format));
  if (!io_->seekable() && std::string_view(format->name).starts_with("mov,") &&
      index_comes_last(io_->context())) {
    if (spool < 0) {
      VAT_ASSIGN(fd_, open_spool());
      spool = fd_.get();
    }
    VAT_TRY(spool_input(*io_, spool));
    VAT_ASSIGN(io_, DescriptorInput::create(spool, stop));
  }
  VAT_ASSIGN(context_, make_context(*io_, codecs_));
  // On failure libavformat frees the context and sets the pointer to null.
  if (const int error = avformat_open_input(&context_, nullptr, format, nullptr); error < 0)
    return fail(read_error(error, unreadable_message(name_, begins_like_mp4(*io_))));
  VAT_TRY(find_streams());
  if (stop.stop_requested()) return fail(read_error(AVERROR_EXIT, {}));
  return {};
}

Result<> Input::recognise(const AVInputFormat*& format) {
  // No file name is passed: only the content counts.
  const int score = av_probe_input_buffer2(io_->context(), &format, nullptr, nullptr, 0, 0);
  if (io_->failure() == EISDIR)
    return fail(ErrorCode::kInvalidArgument, name_ + " is a folder; give a file.");
  if (io_->failure() != 0) return fail(system_error(io_->failure(), "read", name_));
  if (score < 0 || format == nullptr) {
    if (!io_->seekable() && io_->context()->pos == 0)
      return fail(read_error(score, name_ + " is empty (0 bytes)."));
    return fail(read_error(score, unreadable_message(name_, false)));
  }
  const std::string_view format_name = format->name;
  if (is_playlist(format_name))
    return fail(ErrorCode::kBadMedia, name_ + " is a playlist, not a recording; give the recording itself.");
  if (is_picture(format_name)) return fail(ErrorCode::kBadMedia, name_ + " is a picture, not a recording.");
  if (format_name == "tty" || format_name == "ffmetadata")
    return fail(ErrorCode::kBadMedia, name_ + " is text, not an audio or video file.");
  return {};
}

Result<> Input::find_streams() {
  if (!header_tells_all()) {
    const int error = avformat_find_stream_info(context_, nullptr);
    if (error < 0) return fail(read_error(error, unreadable_message(name_, false)));
  }
  bool any_media = false;
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    AVStream* stream = context_->streams[i];
    VAT_TRY(check_picture_size(stream, name_));
    any_media = any_media || is_moving(stream);
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) audio_.push_back(stream);
  }
  if (!any_media) return fail(ErrorCode::kBadMedia, name_ + " contains neither audio nor video.");
  read_ahead();
  find_start();
  return {};
}

bool Input::header_tells_all() const {
  if (codecs_ == Codecs::kAll || (context_->ctx_flags & AVFMTCTX_NOHEADER) != 0) return false;
  bool any_audio = false;
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    const AVCodecParameters* parameters = context_->streams[i]->codecpar;
    if (parameters->codec_type == AVMEDIA_TYPE_UNKNOWN) return false;
    if (parameters->codec_type != AVMEDIA_TYPE_AUDIO) continue;
    any_audio = true;
    if (parameters->codec_id == AV_CODEC_ID_NONE || parameters->sample_rate <= 0 ||
        parameters->ch_layout.nb_channels <= 0)
      return false;
  }
  return any_audio && (duration_seconds() || !io_->seekable());
}

AVStream* Input::default_audio() const {
  for (AVStream* stream : audio_) {
    if ((stream->disposition & AV_DISPOSITION_DEFAULT) != 0) return stream;
  }
  return audio_.empty() ? nullptr : audio_.front();
}

AVStream* Input::video() const {
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    AVStream* stream = context_->streams[i];
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !is_cover(stream)) return stream;
  }
  return nullptr;
}

AVStream* Input::cover() const {
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    AVStream* stream = context_->streams[i];
    if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && is_cover(stream)) return stream;
  }
  return nullptr;
}

void Input::select(const AVStream* selected) {
  for (unsigned i = 0; i < context_->nb_streams; ++i) {
    AVStream* stream = context_->streams[i];
    stream->discard = stream == selected ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  std::erase_if(ahead_,
                [&](const AvPtr<AVPacket>& packet) { return packet->stream_index != selected->index; });
}

void Input::select_audio() {
  const auto is_audio = [this](unsigned index) {
    return context_->streams[index]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
  };
  for (unsigned i = 0; i < context_->nb_streams; ++i)
    context_->streams[i]->discard = is_audio(i) ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  std::erase_if(ahead_, [&](const AvPtr<AVPacket>& packet) {
    return !is_audio(static_cast<unsigned>(packet->stream_index));
  });
}

bool Input::seek(const AVStream* stream, std::int64_t time) {
  ahead_.clear();
  return io_->seekable() && av_seek_frame(context_, stream->index, time, AVSEEK_FLAG_BACKWARD) >= 0;
}

int Input::read_packet(AVPacket* packet) {
  if (io_->stop_requested()) return AVERROR_EXIT;
  if (!ahead_.empty()) {
    av_packet_move_ref(packet, ahead_.front().get());
    ahead_.pop_front();
    return 0;
  }
  return av_read_frame(context_, packet);
}

}  // namespace vat::media
