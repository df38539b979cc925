#include "base/uuid.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "base/ascii.h"
#include "base/hex.h"
#include "base/random.h"

namespace vat {
namespace {

constexpr std::size_t kLength = 36;
constexpr std::uint32_t kMaxCounter = 0xFFF;

bool is_dash(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

struct Stamp {
  std::uint64_t millis = 0;
  std::uint32_t counter = 0;  ///< The 12 bits of rand_a.
};

/// Ascends, also when the clock stands still or goes back.
Stamp next_stamp(std::uint32_t seed) {
  static std::mutex mutex;
  static Stamp last;
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const std::lock_guard lock(mutex);
  if (static_cast<std::uint64_t>(now.count()) > last.millis) {
    // Starts in the lower half, so that there is room to count.
    last = {static_cast<std::uint64_t>(now.count()), seed & (kMaxCounter >> 1)};
  } else if (last.counter < kMaxCounter) {
    ++last.counter;
  } else {
    last = {last.millis + 1, seed & (kMaxCounter >> 1)};
  }
  return last;
}

}  // namespace

std::string make_uuid() {
  std::array<unsigned char, 16> bytes{};
  fill_random(bytes);
  const Stamp stamp = next_stamp(static_cast<std::uint32_t>(bytes[6]) << 8 | bytes[7]);
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(stamp.millis >> (8 * (5 - i)));
  bytes[6] = static_cast<unsigned char>(0x70U | (stamp.counter >> 8));
  bytes[7] = static_cast<unsigned char>(stamp.counter & 0xFFU);
  bytes[8] = static_cast<unsigned char>(0x80U | (bytes[8] & 0x3FU));
  std::string text = to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (std::size_t at = 0; at < kLength; ++at)
    if (is_dash(at)) text.insert(at, 1, '-');
  return text;
}

bool is_uuid(std::string_view text) {
  if (text.size() != kLength) return false;
  for (std::size_t i = 0; i < kLength; ++i) {
    const char c = text[i];
    if (is_dash(i) ? c != '-' : !(is_digit(c) || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

}  // namespace vat
