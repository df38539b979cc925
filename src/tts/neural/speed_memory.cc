#include "tts/neural/speed_memory.h"

#include <chrono>
#include <cmath>
#include <system_error>

#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "tts/engines.h"

namespace vat::tts {
namespace {

constexpr std::chrono::hours kSlowIsForgottenAfter{24};
constexpr std::size_t kMaxSpeedBytes = 100;

}  // namespace

std::filesystem::path SpeedMemory::path_of(const std::string& key) const {
  return directory_ / hash_hex(Digest::kSha256, key).substr(0, 16);
}

std::optional<double> SpeedMemory::find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  if (directory_.empty()) return std::nullopt;
  const std::filesystem::path path = path_of(key);
  const auto text = read_file(path, kMaxSpeedBytes);
  if (!text) return std::nullopt;
  const auto speed = parse_number<double>(trim(*text));
  if (!speed || !std::isfinite(*speed) || *speed <= 0) return std::nullopt;
  std::error_code error;
  const auto written = std::filesystem::last_write_time(path, error);
  const auto age = std::filesystem::file_time_type::clock::now() - written;
  if (*speed < kMinSpeed && (error || age > kSlowIsForgottenAfter)) return std::nullopt;
  return speed;
}

void SpeedMemory::remember(const std::string& key, double speed) {
  const std::lock_guard lock(mutex_);
  known_[key] = speed;
  if (directory_.empty()) return;
  // If it cannot be stored, it is measured again next time.
  if (make_directories(directory_))
    (void)write_file_atomically(path_of(key), std::to_string(speed) + "\n", Overwrite::kReplace);
}

}  // namespace vat::tts
