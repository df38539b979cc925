#include "base/hex.h"

#include "base/ascii.h"

namespace vat {
namespace {

void append_hex(std::string& out, char c, std::string_view digits) {
  const auto byte = static_cast<unsigned char>(c);
  out += digits[byte >> 4U];
  out += digits[byte & 15U];
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) append_hex(text, c, "0123456789abcdef");
  return text;
}

std::string percent_encode(std::string_view text, std::string_view also_kept) {
  constexpr std::string_view kUnreserved = "-._~";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_alphanumeric(c) || kUnreserved.find(c) != std::string_view::npos ||
        also_kept.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += '%';
      append_hex(encoded, c, "0123456789ABCDEF");
    }
  }
  return encoded;
}

}  // namespace vat
