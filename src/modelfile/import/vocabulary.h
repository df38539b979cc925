// Reads the vocabulary of a tokenizer of Whisper's. Internal. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "modelfile/byte_source.h"

namespace vat::modelfile {

/// Texts in the vocabulary of every Whisper model. The other tokens are special, and whisper.cpp makes them
/// itself.
inline constexpr std::size_t kVocabularyTexts = 50'257;

enum class VocabularyFormat {
  kTokenizer,   ///< tokenizer.json of Hugging Face's tokenizers.
  kVocabulary,  ///< An object of token and number (vocab.json), or an array of tokens (vocabulary.json).
  kLines,       ///< A token in each line (vocabulary.txt).
};

/// The bytes that the tokens 0 to 50,256 stand for. The last one is empty, or <|endoftext|> in an English
/// vocabulary, and may be missing in the file. kBadData, with `name`, if the file does not hold them all.
[[nodiscard]] Result<std::vector<std::string>> read_vocabulary(ByteSource& source, const std::string& name,
                                                               VocabularyFormat format, bool english);

/// The same from the first of tokenizer.json, vocabulary.json, vocab.json and vocabulary.txt that the folder
/// has. kNotFound when it has none.
[[nodiscard]] Result<std::vector<std::string>> find_vocabulary(const std::filesystem::path& folder,
                                                               bool english);

}  // namespace vat::modelfile
