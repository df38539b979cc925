#include "tts/cache.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "base/hash.h"

namespace vat::tts {
namespace {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "The cache's files are little-endian.");

// File: kMagic, key (64), SHA-256 of the rest in hexadecimal (64), sample rate (uint32), samples (int16
// each).
constexpr std::string_view kMagic = "VATPCM1\n";
constexpr std::size_t kDigits = 64;
constexpr std::size_t kHeader = kMagic.size() + 2 * kDigits;
constexpr std::size_t kMaxFileBytes = 256U * 1024 * 1024;
constexpr std::string_view kSuffix = ".pcm";

void append_field(Hasher& hasher, std::string_view field) {
  hasher.update(std::to_string(field.size()) + ":");
  hasher.update(field);
}

std::string payload_of(const Pcm& pcm) {
  const auto rate = static_cast<std::uint32_t>(pcm.sample_rate);
  std::string payload(sizeof rate + pcm.samples.size() * sizeof(std::int16_t), '\0');
  std::memcpy(payload.data(), &rate, sizeof rate);
  char* out = payload.data() + sizeof rate;
  for (const float sample : pcm.samples) {
    const auto value = static_cast<std::int16_t>(std::clamp(std::lround(sample * 32768.0F), -32768L, 32767L));
    std::memcpy(out, &value, sizeof value);
    out += sizeof value;
  }
  return payload;
}

std::optional<Pcm> pcm_of(std::string_view payload) {
  std::uint32_t rate = 0;
  if (payload.size() < sizeof rate) return std::nullopt;
  std::memcpy(&rate, payload.data(), sizeof rate);
  payload.remove_prefix(sizeof rate);
  if (rate == 0 || rate > 768'000 || payload.size() % sizeof(std::int16_t) != 0) return std::nullopt;
  Pcm pcm{static_cast<int>(rate), std::vector<float>(payload.size() / sizeof(std::int16_t))};
  for (float& sample : pcm.samples) {
    std::int16_t value = 0;
    std::memcpy(&value, payload.data(), sizeof value);
    payload.remove_prefix(sizeof value);
    sample = static_cast<float>(value) / 32768.0F;
  }
  return pcm;
}

/// Like AtomicFile, but without its flush to the disk: the checksum detects files damaged by a crash.
Result<> write_file(const fs::path& path, std::string_view header, std::string_view payload) {
  VAT_TRY(make_directories(path.parent_path()));
  std::string temporary = (path.parent_path() / ".part-XXXXXX").string();
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) return fail(system_error(errno, "write", temporary));
  Result<> written = write_all(fd.get(), header, temporary);
  if (written) written = write_all(fd.get(), payload, temporary);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
    written = fail(system_error(errno, "write", path.string()));
  if (!written) ::unlink(temporary.c_str());
  return written;
}

struct Entry {
  fs::file_time_type used;
  std::uint64_t bytes = 0;
  fs::path path;
};

/// Lists the cache, and removes half-written files that a dead process left an hour ago.
std::vector<Entry> entries_of(const fs::path& directory) {
  std::vector<Entry> entries;
  std::error_code error;
  const auto stale = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;
    if (!it->is_regular_file(gone)) continue;
    const auto used = it->last_write_time(gone);
    const std::uint64_t bytes = it->file_size(gone);
    if (gone) continue;
    if (it->path().extension() == kSuffix) entries.push_back({used, bytes, it->path()});
    if (it->path().filename().string().starts_with(".part-") && used < stale) fs::remove(it->path(), gone);
  }
  return entries;
}

}  // namespace

std::string cache_key(const Synthesizer& engine, const Utterance& utterance) {
  Hasher hasher(Digest::kSha256);
  append_field(hasher, engine.name());
  append_field(hasher, engine.version());
  append_field(hasher, utterance.voice.empty() ? engine.default_voice(utterance.language) : utterance.voice);
  append_field(hasher, utterance.language);
  append_field(hasher, std::to_string(utterance.speed));
  append_field(hasher, utterance.text);
  for (const Pronunciation& said : utterance.pronunciations)
    append_field(hasher, std::to_string(said.begin) + " " + std::to_string(said.end) + " " + said.ipa);
  return hasher.finish();
}

SpeechCache::SpeechCache(fs::path directory, const std::string& owner, std::uint64_t max_bytes)
    : directory_(std::move(directory)),
      own_(owner.empty() ? directory_ : directory_ / owner),
      max_bytes_(max_bytes),
      unaccounted_(max_bytes) {}

fs::path SpeechCache::path_of(const std::string& key) const {
  return own_ / key.substr(0, 2) / (key + std::string(kSuffix));
}

std::optional<Pcm> SpeechCache::find(const std::string& key) {
  const fs::path path = path_of(key);
  const auto bytes = read_file(path, kMaxFileBytes);
  if (!bytes) return std::nullopt;
  std::error_code ignored;
  const std::string_view view = *bytes;
  const bool intact =
      view.size() >= kHeader && view.starts_with(kMagic) && view.substr(kMagic.size(), kDigits) == key &&
      view.substr(kMagic.size() + kDigits, kDigits) == hash_hex(Digest::kSha256, view.substr(kHeader));
  std::optional<Pcm> pcm = intact ? pcm_of(view.substr(kHeader)) : std::nullopt;
  if (pcm) {
    fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  } else {
    fs::remove(path, ignored);
  }
  return pcm;
}

void SpeechCache::store(const std::string& key, const Pcm& pcm) {
  const std::string payload = payload_of(pcm);
  if (payload.size() + kHeader > std::min<std::uint64_t>(max_bytes_, kMaxFileBytes)) return;
  const std::string header = std::string(kMagic) + key + hash_hex(Digest::kSha256, payload);
  if (!write_file(path_of(key), header, payload)) return;
  const std::lock_guard lock(mutex_);
  unaccounted_ += payload.size() + kHeader;
  // Measured again after each sixteenth of the limit, which also includes what other processes wrote.
  if (unaccounted_ > max_bytes_ / 16) evict();
}

void SpeechCache::evict() {
  const auto alone = FileLock::acquire(directory_ / "lock");
  if (!alone) return;
  unaccounted_ = 0;
  std::vector<Entry> entries = entries_of(directory_);
  std::uint64_t total = 0;
  for (const Entry& entry : entries) total += entry.bytes;
  // A sixteenth is kept free, because that much may be written before the next measurement.
  const std::uint64_t wanted = max_bytes_ - max_bytes_ / 16;
  if (total <= wanted) return;
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const Entry& entry : entries) {
    if (total <= wanted) break;
    std::error_code ignored;
    fs::remove(entry.path, ignored);
    total -= entry.bytes;
  }
}

}  // namespace vat::tts
