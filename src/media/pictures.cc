#include "media/pictures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/json_writer.h"
#include "media/input_pictures.h"
#include "media/picture_reader.h"
#include "media/still.h"

namespace vat::media {
namespace {

/// What is decoded throughout: 20 seconds of 1280 by 720 in 30 frames a second.
constexpr double kMaxDecodedPixels = 20.0 * 30 * 1280 * 720;
/// What a helper may send in one message (see SandboxedMedia), with room for the thumbnails.
constexpr std::size_t kMaxSheetBytes = 3U << 20U;
constexpr std::array kFirstSeconds = {0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0};

PictureReader::Way way_for(const AVStream* video, double seconds) {
  const AVCodecParameters* const parameters = video->codecpar;
  const double rate = video->avg_frame_rate.den > 0 ? av_q2d(video->avg_frame_rate) : 0;
  const double pixels =
      parameters->width > 0 ? static_cast<double>(parameters->width) * parameters->height : 1920.0 * 1080;
  const double all = seconds * (rate > 0 ? rate : 30) * pixels;
  return all <= kMaxDecodedPixels ? PictureReader::Way::kDecode : PictureReader::Way::kKeyFrames;
}

/// Takes pictures one after another, and knows the richest.
class Gallery {
 public:
  explicit Gallery(const AVStream* stream) : pose_(pose_of(stream)) {}

  /// In the sheet's size.
  [[nodiscard]] AvPtr<AVFrame> take(const AVFrame& frame) {
    AvPtr<AVFrame> still = shrink(frame, pose_, Filmstrip::kMaxSide);
    if (!still) return nullptr;
    const double found = richness(*still);
    if (found <= richest_) return still;
    AvPtr<AVFrame> copy(av_frame_clone(&frame));
    if (!copy) return still;
    richest_ = found;
    best_ = std::move(copy);
    return still;
  }

  [[nodiscard]] Pictures thumbnails() const {
    Pictures pictures;
    if (!best_) return pictures;
    const AvPtr<AVFrame> small = shrink(*best_, pose_, kSmallThumbnail);
    const AvPtr<AVFrame> large = shrink(*best_, pose_, kLargeThumbnail);
    if (!small || !large) return pictures;
    pictures.small = to_jpeg(*small);
    pictures.large = to_jpeg(*large);
    return pictures.small.empty() || pictures.large.empty() ? Pictures{} : std::move(pictures);
  }

 private:
  Pose pose_;
  double richest_ = -1;
  AvPtr<AVFrame> best_;
};

/// Grows with its first picture, whose size all others have; of another size, as where a video changes, they
/// are left out.
class Sheet {
 public:
  Sheet(int frames, double interval) {
    strip_.frames = frames;
    strip_.columns = std::min(frames, Filmstrip::kMaxColumns);
    strip_.interval = Millis(std::llround(interval * 1000));
  }

  void put(int number, const AVFrame& still) {
    if (!sheet_) {
      strip_.width = still.width;
      strip_.height = still.height;
      const int rows = (strip_.frames + strip_.columns - 1) / strip_.columns;
      sheet_ = make_still(strip_.columns * still.width, rows * still.height);
    }
    if (!sheet_ || still.width != strip_.width || still.height != strip_.height) return;
    paste(still, *sheet_, number % strip_.columns * strip_.width, number / strip_.columns * strip_.height);
  }

  [[nodiscard]] std::optional<Filmstrip> finish() && {
    if (!sheet_) return std::nullopt;
    strip_.sheet = to_jpeg(*sheet_);
    if (strip_.sheet.empty() || strip_.sheet.size() > kMaxSheetBytes) return std::nullopt;
    return std::move(strip_);
  }

 private:
  Filmstrip strip_;
  AvPtr<AVFrame> sheet_;
};

Result<Pictures> pictures_of_video(Input& input, AVStream* video, double seconds) {
  Gallery gallery(video);
  const int frames = std::clamp(static_cast<int>(std::ceil(seconds)), 1, Filmstrip::kMaxFrames);
  const double interval = seconds / frames;
  const auto reader = PictureReader::open(input, video, way_for(video, seconds));
  if (!reader) return Pictures{};
  Sheet sheet(frames, interval);
  AvPtr<AVFrame> still;
  std::set<std::int64_t> times;
  for (int i = 0; i < frames && !reader->is_exhausted(); ++i) {
    VAT_ASSIGN(const AVFrame* const frame, reader->picture_at((i + 0.5) * interval));
    if (frame == nullptr) continue;
    times.insert(frame->best_effort_timestamp);
    if (AvPtr<AVFrame> taken = gallery.take(*frame)) still = std::move(taken);
    if (still) sheet.put(i, *still);
  }
  Pictures pictures = gallery.thumbnails();
  if (!pictures.none() && times.size() > 1 && !reader->is_exhausted())
    pictures.filmstrip = std::move(sheet).finish();
  return pictures;
}

/// A cover, or a video whose length nobody knows.
Result<Pictures> pictures_of_beginning(Input& input, AVStream* stream) {
  Gallery gallery(stream);
  const auto reader = PictureReader::open(input, stream, PictureReader::Way::kDecode);
  if (!reader) return Pictures{};
  for (const double seconds : kFirstSeconds) {
    VAT_ASSIGN(const AVFrame* const frame, reader->picture_at(seconds));
    if (frame == nullptr) break;
    (void)gallery.take(*frame);
  }
  return gallery.thumbnails();
}

}  // namespace

std::string thumbnail_name(int size) { return "thumbnail-" + std::to_string(size) + ".jpg"; }

std::string to_json(const Filmstrip& filmstrip) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("interval_seconds").number(to_seconds(filmstrip.interval));
  json.key("frames").integer(filmstrip.frames);
  json.key("columns").integer(filmstrip.columns);
  json.key("width").integer(filmstrip.width);
  json.key("height").integer(filmstrip.height);
  json.end_object();
  return text;
}

Result<std::vector<PictureFile>> write_pictures(const Pictures& pictures,
                                                const std::filesystem::path& folder) {
  constexpr const char* kJpeg = "image/jpeg";
  std::vector<PictureFile> files;
  const auto write = [&](const std::string& name, std::string_view bytes, const char* kind,
                         const char* type) -> Result<> {
    files.push_back({folder / name, kind, type});
    return write_file_atomically(files.back().path, bytes, Overwrite::kReplace);
  };
  if (pictures.none()) return files;
  VAT_TRY(write(thumbnail_name(kSmallThumbnail), pictures.small, "thumbnail", kJpeg));
  VAT_TRY(write(thumbnail_name(kLargeThumbnail), pictures.large, "thumbnail", kJpeg));
  if (!pictures.filmstrip) return files;
  VAT_TRY(write(kSheetName, pictures.filmstrip->sheet, "filmstrip", kJpeg));
  VAT_TRY(write(kFilmstripName, to_json(*pictures.filmstrip), "filmstrip", "application/json"));
  return files;
}

Result<Pictures> input_pictures(Input& input) {
  AVStream* const video = input.video();
  AVStream* const stream = video != nullptr ? video : input.cover();
  if (stream == nullptr) return Pictures{};
  const auto length = input.duration();
  if (video == nullptr || !length || *length <= Millis(0)) return pictures_of_beginning(input, stream);
  return pictures_of_video(input, video, to_seconds(*length));
}

Result<Pictures> make_pictures(const std::filesystem::path& path, std::stop_token stop) {
  VAT_ASSIGN(const auto input, Input::open(path, std::move(stop), Input::Codecs::kPictures));
  return input_pictures(*input);
}

}  // namespace vat::media
