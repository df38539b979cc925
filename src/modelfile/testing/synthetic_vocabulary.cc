#include "modelfile/testing/synthetic_vocabulary.h"

#include <string_view>

namespace vat::modelfile {
namespace {

constexpr std::size_t kEmptyEntry = 50'256;
constexpr std::string_view kConsonants = "bdfghjklmnprstvwyzcq";
constexpr std::string_view kVowels = "aeiou";
constexpr std::size_t kSyllables = kConsonants.size() * kVowels.size();
static_assert(kSyllables == 100);

// GPT-2 numbers the bytes that print in Latin-1 before the others.
bool prints(unsigned byte) { return (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte != 0xad); }

void append_bytes(std::vector<std::string>& out, bool printing) {
  for (unsigned byte = 0; byte < 256; ++byte)
    if (prints(byte) == printing) out.emplace_back(1, static_cast<char>(byte));
}

// Two or three syllables that spell the index in base 100, scattered by a multiplier prime to every power of
// ten, so that neighbours do not look alike.
std::string word(std::size_t index) {
  constexpr std::size_t kShort = kSyllables * kSyllables;
  constexpr std::size_t kMultiplier = 618'033;
  const bool is_short = index < kShort;
  std::size_t code = index * kMultiplier % (is_short ? kShort : kShort * kSyllables);
  std::string text = " ";
  for (int syllable = 0; syllable < (is_short ? 2 : 3); ++syllable) {
    text += kConsonants[code % kConsonants.size()];
    text += kVowels[code / kConsonants.size() % kVowels.size()];
    code /= kSyllables;
  }
  return text;
}

}  // namespace

std::vector<std::string> synthetic_vocabulary(std::size_t count) {
  std::vector<std::string> entries;
  entries.reserve(count < kFirstWord ? kFirstWord : count);
  append_bytes(entries, true);
  append_bytes(entries, false);
  while (entries.size() < count) {
    const std::size_t index = entries.size() - kFirstWord;
    entries.push_back(entries.size() == kEmptyEntry ? std::string() : word(index));
  }
  entries.resize(count);
  return entries;
}

}  // namespace vat::modelfile
