#include "modelfile/import/vocabulary.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "modelfile/import/json_walk.h"

namespace vat::modelfile {
namespace {

constexpr std::uint64_t kMaxVocabularyBytes = 32'000'000;
constexpr std::size_t kMaxTokenBytes = 1024;  // as read_layout() takes them
constexpr std::size_t kLineBlockBytes = 64 * 1024;

/// GPT-2 writes bytes as characters that print (bytes_to_unicode() in its src/encoder.py): those of Latin-1
/// that do stand for themselves, the others for the characters from U+0100 on. The inverse, by character; -1
/// for a character that stands for none.
constexpr std::size_t kByteCharacters = 256 + 68;
constexpr std::array<std::int16_t, kByteCharacters> byte_characters() {
  std::array<std::int16_t, kByteCharacters> bytes{};
  bytes.fill(-1);
  std::size_t next = 256;
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const bool prints = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte != 0xad);
    bytes.at(prints ? byte : next++) = static_cast<std::int16_t>(byte);
  }
  return bytes;
}
constexpr auto kBytesOfCharacters = byte_characters();

/// The next character of UTF-8 that is below U+0800; all others stand for no byte.
std::size_t take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const bool two = first >= 0xc2 && first <= 0xdf && text.size() > 1;
  const std::size_t character = two ? (first & 0x1fU) << 6 | (static_cast<unsigned char>(text[1]) & 0x3fU)
                                : first < 0x80 ? first
                                               : SIZE_MAX;
  text.remove_prefix(two ? 2 : 1);
  return character;
}

std::optional<std::string> bytes_of(std::string_view token) {
  std::string bytes;
  while (!token.empty()) {
    const std::size_t character = take_character(token);
    if (character >= kBytesOfCharacters.size() || kBytesOfCharacters.at(character) < 0) return std::nullopt;
    bytes += static_cast<char>(kBytesOfCharacters.at(character));
  }
  if (bytes.size() > kMaxTokenBytes) return std::nullopt;
  return bytes;
}

class VocabularyReader {
 public:
  VocabularyReader(ByteSource& source, const std::string& name) : source_(source), name_(name) {}

  Result<std::vector<std::string>> read(VocabularyFormat format, bool english) {
    if (format == VocabularyFormat::kLines) {
      VAT_TRY(read_lines());
    } else {
      const bool tokenizer = format == VocabularyFormat::kTokenizer;
      VAT_TRY(walk_json_file(source_, kMaxVocabularyBytes, name_, [&](const JsonLeaf& leaf) {
        return tokenizer ? take_from_tokenizer(leaf) : take_from_vocabulary(leaf);
      }));
    }
    return finish(english);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> bad(const std::string& what) const {
    return fail(ErrorCode::kBadData, name_ + " is not a vocabulary of Whisper's: " + what + ".");
  }
  [[nodiscard]] Result<> read_lines();
  [[nodiscard]] Result<> take_from_tokenizer(const JsonLeaf& leaf);
  [[nodiscard]] Result<> take_from_vocabulary(const JsonLeaf& leaf);
  [[nodiscard]] Result<> take(std::string_view token, std::int64_t number);
  [[nodiscard]] Result<std::vector<std::string>> finish(bool english);

  ByteSource& source_;
  const std::string& name_;
  std::map<std::size_t, std::string> texts_;  // by number
};

Result<> VocabularyReader::read_lines() {
  if (source_.size() > kMaxVocabularyBytes) return bad("it is too large");
  std::string rest;
  std::int64_t number = 0;
  for (std::uint64_t at = 0; at < source_.size();) {
    const std::size_t begin = rest.size();
    const std::uint64_t count = std::min<std::uint64_t>(kLineBlockBytes, source_.size() - at);
    rest.resize(begin + count);
    VAT_TRY(source_.read_at(at, std::span(rest).subspan(begin)));
    at += count;
    std::string_view lines = rest;
    for (std::size_t end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
      VAT_TRY(take(lines.substr(0, end), number++));
      lines.remove_prefix(end + 1);
    }
    if (lines.size() > kLineBlockBytes) return bad("it has a line without an end");
    rest = std::string(lines);
  }
  return rest.empty() ? Result<>() : take(rest, number);
}

Result<> VocabularyReader::take_from_tokenizer(const JsonLeaf& leaf) {
  const bool token = leaf.path.size() == 3 && leaf.path[0].key == "model" && leaf.path[1].key == "vocab" &&
                     !leaf.path[2].in_array && leaf.number;
  return token ? take(leaf.path[2].key, *leaf.number) : Result<>();
}

Result<> VocabularyReader::take_from_vocabulary(const JsonLeaf& leaf) {
  if (leaf.path.size() != 1) return bad("it lists no tokens");
  const JsonStep& step = leaf.path[0];
  if (step.in_array && leaf.text) return take(*leaf.text, static_cast<std::int64_t>(step.index));
  if (!step.in_array && leaf.number) return take(step.key, *leaf.number);
  return bad("it has a token that is none");
}

Result<> VocabularyReader::take(std::string_view token, std::int64_t number) {
  if (number < 0) return bad("it has a token with the number " + std::to_string(number));
  if (number >= static_cast<std::int64_t>(kVocabularyTexts)) return {};  // a special token
  auto text = bytes_of(token);
  if (!text) return bad("its token " + std::to_string(number) + " does not stand for bytes");
  if (!texts_.emplace(static_cast<std::size_t>(number), std::move(*text)).second)
    return bad("it has two tokens with the number " + std::to_string(number));
  return {};
}

Result<std::vector<std::string>> VocabularyReader::finish(bool english) {
  texts_.emplace(kVocabularyTexts - 1, english ? "<|endoftext|>" : "");
  std::vector<std::string> result;
  for (auto& [number, text] : texts_) {
    if (number != result.size())
      return bad("it has no token with the number " + std::to_string(result.size()));
    result.push_back(std::move(text));
  }
  return result;
}

struct VocabularyFile {
  const char* name;
  VocabularyFormat format;
};
constexpr std::array kVocabularyFiles{VocabularyFile{"tokenizer.json", VocabularyFormat::kTokenizer},
                                      VocabularyFile{"vocabulary.json", VocabularyFormat::kVocabulary},
                                      VocabularyFile{"vocab.json", VocabularyFormat::kVocabulary},
                                      VocabularyFile{"vocabulary.txt", VocabularyFormat::kLines}};

}  // namespace

Result<std::vector<std::string>> read_vocabulary(ByteSource& source, const std::string& name,
                                                 VocabularyFormat format, bool english) {
  return VocabularyReader(source, name).read(format, english);
}

Result<std::vector<std::string>> find_vocabulary(const std::filesystem::path& folder, bool english) {
  for (const VocabularyFile& file : kVocabularyFiles) {
    const std::filesystem::path path = folder / file.name;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) continue;
    VAT_ASSIGN(FileSource source, FileSource::open(path));
    return read_vocabulary(source, path.string(), file.format, english);
  }
  return fail(ErrorCode::kNotFound,
              folder.string() + " has no vocabulary: put the model's tokenizer.json beside its weights.");
}

}  // namespace vat::modelfile
