#include "tts/neural/measurements.h"

#include <cmath>
#include <system_error>

#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"

namespace vat::tts {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxMeasurementBytes = 100;

bool is_older(const fs::path& file, std::chrono::hours age) {
  std::error_code error;
  const auto written = fs::last_write_time(file, error);
  return error || std::chrono::floor<std::chrono::hours>(fs::file_time_type::clock::now() - written) >= age;
}

}  // namespace

fs::path Measurements::path_of(const std::string& key) const {
  return directory_ / hash_hex(Digest::kSha256, key).substr(0, 16);
}

std::optional<double> Measurements::find(const std::string& key, std::chrono::hours oldest) const {
  const std::lock_guard lock(mutex_);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  if (directory_.empty()) return std::nullopt;
  const fs::path path = path_of(key);
  const auto text = read_file(path, kMaxMeasurementBytes);
  if (!text) return std::nullopt;
  const auto value = parse_number<double>(trim(*text));
  if (!value || !std::isfinite(*value) || *value < 0 || is_older(path, oldest)) return std::nullopt;
  return value;
}

void Measurements::remember(const std::string& key, double value) {
  const std::lock_guard lock(mutex_);
  known_[key] = value;
  if (directory_.empty()) return;
  // If it cannot be stored, it is measured again next time.
  if (make_directories(directory_))
    (void)write_file_atomically(path_of(key), std::to_string(value) + "\n", Overwrite::kReplace);
}

}  // namespace vat::tts
