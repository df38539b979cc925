#include "media/audio_encoder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/file.h"
#include "media/codec_writer.h"
#include "media/spool.h"

namespace vat::media {
namespace {

constexpr std::size_t kSpoolBlock = 16'384;
/// Maximum dB by which a limiter's loss is made up; more would flatten the sound.
constexpr double kMaxMakeUp = 6.0;

std::string_view bytes_of(std::span<const float> samples) {
  return {reinterpret_cast<const char*>(samples.data()), samples.size_bytes()};
}

}  // namespace

struct AudioEncoder::Impl {
  Result<> start(int fd, const std::string& name);
  Result<> encode_spool();
  Result<> level_spool(const LevelPlan& plan, const Leveller::Sink& sink);
  Result<std::size_t> read_spool(std::span<float> block);

  EncoderOptions options;
  UniqueFd own_fd;  ///< Empty if the caller owns the descriptor.
  std::unique_ptr<CodecWriter> writer;
  // Only with a target loudness.
  UniqueFd spool;
  std::unique_ptr<LoudnessMeter> meter;
  std::unique_ptr<Leveller> leveller;  ///< Only with a level.
};

Result<> AudioEncoder::Impl::start(int fd, const std::string& name) {
  VAT_ASSIGN(writer, CodecWriter::create(fd, name, options));
  if (options.level) {
    VAT_ASSIGN(leveller, Leveller::create(
                             options.sample_rate, *options.level, kMaxTruePeak,
                             [this](std::span<const float> samples) { return writer->write(samples); },
                             options.channels));
    return {};
  }
  if (!options.target_lufs) return {};
  if (!(*options.target_lufs >= -60.0 && *options.target_lufs <= 0.0))
    return fail(ErrorCode::kInvalidArgument,
                "The loudness must be from -60 to 0 LUFS; speech has about -16.");
  VAT_ASSIGN(spool, open_spool());
  VAT_ASSIGN(meter, LoudnessMeter::create(options.sample_rate, options.channels));
  return {};
}

Result<std::size_t> AudioEncoder::Impl::read_spool(std::span<float> block) {
  auto* target = reinterpret_cast<char*>(block.data());
  std::size_t done = 0;
  while (done < block.size_bytes()) {
    const ssize_t count = ::read(spool.get(), target + done, block.size_bytes() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error(errno, "read", "the temporary file"));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done / sizeof(float);
}

Result<> AudioEncoder::Impl::level_spool(const LevelPlan& plan, const Leveller::Sink& sink) {
  VAT_ASSIGN(auto filter, Leveller::create(options.sample_rate, plan, kMaxTruePeak, sink, options.channels));
  if (::lseek(spool.get(), 0, SEEK_SET) != 0) return fail(system_error(errno, "read", "the temporary file"));
  std::vector<float> block(kSpoolBlock);
  while (true) {
    if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "Encoding was stopped.");
    VAT_ASSIGN(const std::size_t count, read_spool(block));
    if (count == 0) return filter->finish();
    VAT_TRY(filter->push(std::span(block).first(count)));
  }
}

Result<> AudioEncoder::Impl::encode_spool() {
  VAT_ASSIGN(const Loudness measured, meter->finish());
  LevelPlan plan = plan_level(measured, *options.target_lufs, kMaxTruePeak);
  if (plan.limit) {
    // The limiter's loss is measured and made up once.
    VAT_ASSIGN(auto trial, LoudnessMeter::create(options.sample_rate, options.channels));
    VAT_TRY(level_spool(plan, [&](std::span<const float> samples) { return trial->push(samples); }));
    VAT_ASSIGN(const Loudness limited, trial->finish());
    plan.gain += std::clamp(*options.target_lufs - limited.integrated, 0.0, kMaxMakeUp);
  }
  options.level = plan;
  return level_spool(plan, [this](std::span<const float> samples) { return writer->write(samples); });
}

AudioEncoder::AudioEncoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AudioEncoder::~AudioEncoder() = default;

Result<std::unique_ptr<AudioEncoder>> AudioEncoder::create(const std::filesystem::path& path,
                                                           const EncoderOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->own_fd = UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!impl->own_fd) return fail(system_error(errno, "write", path.string()));
  VAT_TRY(impl->start(impl->own_fd.get(), path.string()));
  return std::unique_ptr<AudioEncoder>(new AudioEncoder(std::move(impl)));
}

Result<std::unique_ptr<AudioEncoder>> AudioEncoder::create_stream(int fd, const std::string& name,
                                                                  const EncoderOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  VAT_TRY(impl->start(fd, name));
  return std::unique_ptr<AudioEncoder>(new AudioEncoder(std::move(impl)));
}

Result<> AudioEncoder::write(std::span<const float> samples) {
  if (impl_->leveller) return impl_->leveller->push(samples);
  if (!impl_->meter) return impl_->writer->write(samples);
  VAT_TRY(write_all(impl_->spool.get(), bytes_of(samples), "the temporary file"));
  return impl_->meter->push(samples);
}

Result<> AudioEncoder::finish() {
  if (impl_->leveller) VAT_TRY(impl_->leveller->finish());
  if (impl_->meter) VAT_TRY(impl_->encode_spool());
  return impl_->writer->finish();
}

const std::optional<LevelPlan>& AudioEncoder::level() const { return impl_->options.level; }

}  // namespace vat::media
