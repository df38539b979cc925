#include "tts/sentences.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "base/text.h"
#include "tts/code_points.h"
#include "tts/marks.h"
#include "tts/sentence_ends.h"

namespace vat::tts {
namespace {

using BreakIterator = std::unique_ptr<icu::BreakIterator>;

bool is_space(UChar32 point) { return u_isUWhiteSpace(point) != 0 || u_charType(point) == U_CONTROL_CHAR; }

struct Block {
  std::string text;
  bool list_item = false;
  bool paragraph_end = true;
};

/// Gathers blocks: paragraphs, and the items of a list by themselves.
class BlockReader {
 public:
  std::vector<Block> read(std::string_view text) {
    constexpr UChar32 kParagraphSeparator = 0x2029;
    for_each_code_point(text, [&](UChar32 point, std::size_t begin, std::size_t end) {
      if (is_space(point)) {
        space_ = true;
        if (point == '\n') ++line_breaks_;
        if (point == kParagraphSeparator) line_breaks_ = 2;
        return;
      }
      begin_word(text.substr(begin));
      blocks_.back().text.append(text.substr(begin, end - begin));
    });
    if (blocks_.back().text.empty()) blocks_.pop_back();
    return std::move(blocks_);
  }

 private:
  void begin_word(std::string_view rest) {
    Block& block = blocks_.back();
    const bool new_line = line_breaks_ > 0 || block.text.empty();
    const bool item = new_line && begins_list_item(rest);
    if (block.text.empty()) {
      block.list_item = item;
    } else if (line_breaks_ >= 2 || (item && may_begin_item(block))) {
      block.paragraph_end = line_breaks_ >= 2;
      blocks_.push_back({.text = {}, .list_item = item});
    } else if (space_) {
      block.text += ' ';
    }
    line_breaks_ = 0;
    space_ = false;
  }

  /// Not within a sentence that a line break cuts: "born in\n19. Later".
  static bool may_begin_item(const Block& block) {
    constexpr std::u32string_view kEnds = U".!?:;…\"”»)";
    UChar32 last = 0;
    for_each_code_point(block.text, [&](UChar32 point, std::size_t, std::size_t) { last = point; });
    return block.list_item || kEnds.find(static_cast<char32_t>(last)) != std::u32string_view::npos;
  }

  std::vector<Block> blocks_ = std::vector<Block>(1);
  int line_breaks_ = 0;
  bool space_ = false;
};

BreakIterator make_line_iterator(const std::string& language) {
  UErrorCode status = U_ZERO_ERROR;
  BreakIterator made(
      icu::BreakIterator::createLineInstance(icu::Locale::createCanonical(language.c_str()), status));
  if (U_FAILURE(status) != 0) made.reset();
  return made;
}

/// The text in the pieces that the iterator finds, including spaces; the whole text without an iterator.
std::vector<std::string> pieces_of(icu::BreakIterator* iterator, std::string_view text) {
  if (iterator == nullptr) return {std::string(text)};
  const auto unicode = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  iterator->setText(unicode);
  std::vector<std::string> pieces;
  std::int32_t begin = iterator->first();
  for (std::int32_t end = iterator->next(); end != icu::BreakIterator::DONE;
       begin = end, end = iterator->next())
    unicode.tempSubStringBetween(begin, end).toUTF8String(pieces.emplace_back());
  return pieces;
}

bool ends_clause(std::string_view piece) {
  const std::string_view text = trim(piece);
  UChar32 last = 0;
  for_each_code_point(text, [&](UChar32 point, std::size_t, std::size_t) { last = point; });
  constexpr std::u32string_view kClauseEnds = U",;:)]}…—–،؛、，；：）」』";
  return last != 0 && kClauseEnds.find(static_cast<char32_t>(last)) != std::u32string_view::npos;
}

/// Gathers line-break pieces ("words") into parts of at most `max_bytes`, ended where possible at a clause.
class Fitter {
 public:
  explicit Fitter(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void add(std::string_view word) {
    if (part_.size() + trim_end(word).size() > max_bytes_) make_room(word);
    while (part_.empty() && trim_end(word).size() > max_bytes_) {
      const std::string_view part = first_bytes(word, max_bytes_);
      parts_.emplace_back(part);
      word.remove_prefix(part.size());
    }
    part_ += word;
    if (ends_clause(word)) clause_end_ = part_.size();
  }

  std::vector<std::string> finish() {
    emit(part_.size());
    return std::move(parts_);
  }

 private:
  static std::string_view trim_end(std::string_view text) {
    const std::size_t last = text.find_last_not_of(' ');
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
  }

  void make_room(std::string_view word) {
    // A clause end in the first third would leave a part too short to sound natural.
    if (clause_end_ > max_bytes_ / 3) emit(clause_end_);
    if (part_.size() + trim_end(word).size() > max_bytes_) emit(part_.size());
  }

  void emit(std::size_t end) {
    const std::string_view part = trim(std::string_view(part_).substr(0, end));
    if (!part.empty()) parts_.emplace_back(part);
    part_.erase(0, end);
    clause_end_ = 0;
  }

  std::size_t max_bytes_;
  std::string part_;
  std::size_t clause_end_ = 0;
  std::vector<std::string> parts_;
};

void append_fitted(std::vector<Sentence>& result, Sentence sentence, std::size_t max_bytes,
                   icu::BreakIterator* words) {
  if (sentence.text.size() <= max_bytes) {
    result.push_back(std::move(sentence));
    return;
  }
  Fitter fitter(max_bytes);
  for (const std::string& word : pieces_of(words, sentence.text)) fitter.add(word);
  for (std::string& part : fitter.finish()) result.push_back({std::move(part), false, false});
  result.back().sentence_end = sentence.sentence_end;
  result.back().paragraph_end = sentence.paragraph_end;
}

}  // namespace

std::vector<Sentence> split_sentences(std::string_view text, std::size_t max_bytes,
                                      const std::string& language) {
  std::vector<Sentence> sentences;
  for (const Block& block : BlockReader().read(to_utf8(text))) {
    const std::size_t first = sentences.size();
    for (const std::string& piece : sentences_of(block.text, language)) {
      const std::string_view trimmed = trim(piece);
      if (trimmed.empty()) continue;
      // Punctuation alone is not an utterance; it stays with the words before it.
      if (sentences.size() > first && !is_speakable(trimmed)) {
        sentences.back().text.append(" ").append(trimmed);
      } else {
        sentences.push_back({std::string(trimmed), true, false});
      }
    }
    if (sentences.size() > first) sentences.back().paragraph_end = block.paragraph_end;
  }
  return refit_sentences(std::move(sentences), max_bytes, language);
}

std::vector<Sentence> refit_sentences(std::vector<Sentence> sentences, std::size_t max_bytes,
                                      const std::string& language) {
  max_bytes = std::max<std::size_t>(max_bytes, 4);
  const bool all_fit = std::all_of(sentences.begin(), sentences.end(), [&](const Sentence& sentence) {
    return sentence.text.size() <= max_bytes;
  });
  if (all_fit) return sentences;
  const BreakIterator words = make_line_iterator(language);
  std::vector<Sentence> result;
  for (Sentence& sentence : sentences) append_fitted(result, std::move(sentence), max_bytes, words.get());
  return result;
}

bool is_speakable(std::string_view text) { return has_words(text); }

}  // namespace vat::tts
