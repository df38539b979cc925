#include "asr/byte_pairs.h"

#include <algorithm>
#include <limits>

namespace vat::asr {
namespace {

constexpr int kNone = std::numeric_limits<int>::max();

enum class Kind { kLetter, kDigit, kSpace, kOther };

Kind kind_of(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  if (code >= 0x80 || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z')) return Kind::kLetter;
  if (code >= '0' && code <= '9') return Kind::kDigit;
  return code == ' ' ? Kind::kSpace : Kind::kOther;
}

/// Letters, digits or signs, with the space before them. Pairs are joined within such a word only.
std::string_view take_word(std::string_view& text) {
  std::size_t size = text[0] == ' ' && text.size() > 1 ? 1 : 0;
  const Kind kind = kind_of(text[size]);
  while (size < text.size() && kind_of(text[size]) == kind) ++size;
  const std::string_view word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

}  // namespace

BytePairs::BytePairs(std::span<const std::string_view> vocabulary) {
  numbers_.reserve(vocabulary.size());
  for (std::size_t i = 0; i < vocabulary.size(); ++i) numbers_.emplace(vocabulary[i], static_cast<int>(i));
}

std::vector<int> BytePairs::encode(std::string_view text) const {
  std::vector<int> tokens;
  while (!text.empty())
    if (!encode_word(take_word(text), tokens)) return {};
  return tokens;
}

int BytePairs::find(std::string_view bytes) const {
  const auto found = numbers_.find(bytes);
  return found == numbers_.end() ? kNone : found->second;
}

bool BytePairs::encode_word(std::string_view word, std::vector<int>& tokens) const {
  std::vector<std::string_view> parts;
  for (std::size_t i = 0; i < word.size(); ++i) parts.push_back(word.substr(i, 1));
  while (parts.size() > 1) {
    std::size_t first = 0;
    int lowest = kNone;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const int joined = find({parts[i].data(), parts[i].size() + parts[i + 1].size()});
      if (joined < lowest) {
        lowest = joined;
        first = i;
      }
    }
    if (lowest == kNone) break;
    parts[first] = {parts[first].data(), parts[first].size() + parts[first + 1].size()};
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(first) + 1);
  }
  for (const std::string_view part : parts) {
    const int token = find(part);
    if (token == kNone) return false;
    tokens.push_back(token);
  }
  return true;
}

}  // namespace vat::asr
