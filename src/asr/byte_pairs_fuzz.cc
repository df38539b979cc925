// libFuzzer: any vocabulary, a token a line, and behind an empty line any text. Its tokens are the text
// again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "asr/byte_pairs.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kLongestText = 4000;  // of a prompt
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string_view> vocabulary;
  for (std::string_view token = vat::take_part(text, '\n'); !token.empty();
       token = vat::take_part(text, '\n'))
    vocabulary.push_back(token);
  text = text.substr(0, kLongestText);
  const std::vector<int> tokens = vat::asr::BytePairs(vocabulary).encode(text);
  if (tokens.empty()) return 0;
  std::string again;
  for (const int token : tokens) again += vocabulary.at(static_cast<std::size_t>(token));
  if (again != text) std::abort();
  return 0;
}
