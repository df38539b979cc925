#include "media/waveform.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <utility>

namespace vat::media {
namespace {

constexpr std::size_t kHeaderBytes = 24;
constexpr std::size_t kWaveformBuffer = 16U << 10U;

void put_int32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((value >> shift) & 0xffU));
}

char to_8_bits(float sample) {
  return static_cast<char>(static_cast<std::int8_t>(std::clamp(std::lround(sample * 128), -128L, 127L)));
}

/// In lanes, which a compiler makes vectors of. A comparison with what is no number is false.
void widen(std::span<const float> samples, float& low, float& high) {
  constexpr std::size_t kLanes = 8;
  std::array<float, kLanes> lows, highs;
  lows.fill(low);
  highs.fill(high);
  std::size_t at = 0;
  for (; at + kLanes <= samples.size(); at += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float sample = samples[at + lane];
      lows[lane] = sample < lows[lane] ? sample : lows[lane];
      highs[lane] = sample > highs[lane] ? sample : highs[lane];
    }
  }
  for (; at < samples.size(); ++at) {
    lows[0] = samples[at] < lows[0] ? samples[at] : lows[0];
    highs[0] = samples[at] > highs[0] ? samples[at] : highs[0];
  }
  low = *std::min_element(lows.begin(), lows.end());
  high = *std::max_element(highs.begin(), highs.end());
}

}  // namespace

std::string waveform_file_name(int points_per_second) {
  return "waveform-" + std::to_string(points_per_second) + ".dat";
}

WaveformFile::WaveformFile(UniqueFd file, std::filesystem::path path, int samples_per_point)
    : file_(std::move(file)),
      path_(std::move(path)),
      samples_per_point_(static_cast<std::size_t>(samples_per_point)),
      low_(INFINITY),
      high_(-INFINITY) {
  waiting_.reserve(kWaveformBuffer);
  waiting_.assign(kHeaderBytes, '\0');
}

Result<WaveformFile> WaveformFile::create(const std::filesystem::path& path, int points_per_second) {
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return fail(system_error(errno, "write", path.string()));
  return WaveformFile(std::move(file), path, kRecognitionRate / points_per_second);
}

Result<> WaveformFile::add(float low, float high, std::size_t samples) {
  low_ = std::min(low_, low);
  high_ = std::max(high_, high);
  in_point_ += samples;
  if (in_point_ == samples_per_point_) end_point();
  return waiting_.size() >= kWaveformBuffer ? flush() : Result<>();
}

void WaveformFile::end_point() {
  const bool has_any = low_ <= high_;
  waiting_.push_back(to_8_bits(has_any ? low_ : 0));
  waiting_.push_back(to_8_bits(has_any ? high_ : 0));
  ++points_;
  in_point_ = 0;
  low_ = INFINITY;
  high_ = -INFINITY;
}

Result<> WaveformFile::flush() {
  VAT_TRY(write_all(file_.get(), waiting_, path_.string()));
  waiting_.clear();
  return {};
}

Result<> WaveformFile::finish() {
  if (in_point_ > 0) end_point();
  VAT_TRY(flush());
  std::string header;
  for (const std::size_t value : {std::size_t{2}, std::size_t{1}, std::size_t{kRecognitionRate},
                                  samples_per_point_, std::size_t{points_}, std::size_t{1}})
    put_int32(header, static_cast<std::uint32_t>(value));
  if (::lseek(file_.get(), 0, SEEK_SET) < 0) return fail(system_error(errno, "write", path_.string()));
  VAT_TRY(write_all(file_.get(), header, path_.string()));
  file_.reset();
  return {};
}

WaveformSource::WaveformSource(AudioSource& source, const std::filesystem::path& folder) : source_(source) {
  for (const int resolution : kWaveformResolutions) {
    auto file = WaveformFile::create(folder / waveform_file_name(resolution), resolution);
    if (file)
      files_.push_back(std::move(*file));
    else if (written_)
      written_ = fail(std::move(file).error());
  }
}

Result<std::size_t> WaveformSource::read(std::span<float> out) {
  VAT_ASSIGN(const std::size_t count, source_.read(out));
  if (count == 0) complete_ = true;
  if (written_) written_ = draw(out.first(count));
  return count;
}

/// Each sample is looked at once: the points of the coarser resolutions are made of the finest one's.
Result<> WaveformSource::draw(std::span<const float> samples) {
  constexpr std::size_t kFinest = kRecognitionRate / kWaveformResolutions.back();
  while (!samples.empty()) {
    const std::size_t taken = std::min(samples.size(), kFinest - in_finest_);
    float low = INFINITY;
    float high = -INFINITY;
    widen(samples.first(taken), low, high);
    for (WaveformFile& file : files_) VAT_TRY(file.add(low, high, taken));
    samples = samples.subspan(taken);
    in_finest_ = (in_finest_ + taken) % kFinest;
  }
  return {};
}

Result<std::vector<std::filesystem::path>> WaveformSource::finish() {
  VAT_TRY(std::exchange(written_, Result<>()));
  if (!complete_) return fail(ErrorCode::kInternal, "The waveform is not complete.");
  std::vector<std::filesystem::path> paths;
  for (WaveformFile& file : files_) {
    VAT_TRY(file.finish());
    paths.push_back(file.path());
  }
  return paths;
}

}  // namespace vat::media
