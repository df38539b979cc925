#include "tts/lexicon.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "tts/pronounced_text.h"
#include "tts/sentences.h"

namespace vat::tts {
namespace {

constexpr std::size_t kMaxWordBytes = 100;
constexpr std::size_t kMaxSaysBytes = 300;
constexpr std::size_t kMaxEntrySegments = 24;

std::string composed(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const form = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status) != 0) return std::string(text);
  std::string result;
  form->normalize(icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}), status)
      .toUTF8String(result);
  return U_FAILURE(status) != 0 ? std::string(text) : result;
}

std::string in_small_letters(std::string_view text) {
  icu::UnicodeString letters =
      icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  letters.toLower(icu::Locale::getRoot());
  std::string result;
  letters.toUTF8String(result);
  return result;
}

/// Runs of white space as one space.
std::string with_single_spaces(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space) result += c;
    if (space && !result.empty() && result.back() != ' ') result += ' ';
  }
  return result;
}

/// Where the text's words, and what is between them, begin and end, in bytes.
std::vector<std::size_t> boundaries_of(std::string_view text) {
  std::vector<std::size_t> places{0};
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> words(
      icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  UText* const opened = utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status);
  const std::unique_ptr<UText, decltype(&utext_close)> view(opened, &utext_close);
  if (U_SUCCESS(status) != 0) words->setText(view.get(), status);
  if (U_FAILURE(status) != 0) return {0, text.size()};
  for (std::int32_t end = words->next(); end != icu::BreakIterator::DONE; end = words->next())
    places.push_back(static_cast<std::size_t>(end));
  return places;
}

tl::unexpected<Error> bad_line(const std::string& reason) { return fail(ErrorCode::kBadData, reason); }

}  // namespace

Result<Lexicon> Lexicon::parse(std::string_view text) {
  if (text.size() > kMaxLexiconBytes)
    return fail(ErrorCode::kLimit,
                "The lexicon is longer than " + std::to_string(kMaxLexiconBytes >> 10U) + " KiB.");
  if (!is_utf8(text)) return fail(ErrorCode::kBadData, "The lexicon is not valid UTF-8.");
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Lexicon lexicon;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (auto added = lexicon.add(trim(line)); !added) {
      Error error = std::move(added).error();
      error.message = "Line " + std::to_string(number) + " of the lexicon " + error.message;
      return fail(std::move(error));
    }
  }
  return lexicon;
}

Result<> Lexicon::add(std::string_view line) {
  if (line.empty() || line.starts_with('#')) return {};
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return bad_line("has no \"=\" between a word and how it is said.");
  const std::string word = composed(with_single_spaces(trim(line.substr(0, equals))));
  std::string_view says = trim(line.substr(equals + 1));
  if (word.empty()) return bad_line("has no word before the \"=\".");
  if (says.empty()) return bad_line("does not say how the word is said.");
  if (word.size() > kMaxWordBytes || says.size() > kMaxSaysBytes)
    return fail(ErrorCode::kLimit, "is longer than a word and its pronunciation may be.");
  const bool is_ipa = says.size() > 1 && ((says.front() == '/' && says.back() == '/') ||
                                          (says.front() == '[' && says.back() == ']'));
  if (!is_ipa && (says.front() == '/' || says.front() == '['))
    return bad_line("does not close the \"/\" or \"[\" before its IPA.");
  if (is_ipa) says = trim(says.substr(1, says.size() - 2));
  if (is_ipa && !is_ipa_text(says)) return bad_line("has signs between its brackets that are not IPA.");
  if (!is_ipa && !is_speakable(says)) return bad_line("has nothing to say behind its \"=\".");
  const std::size_t segments = boundaries_of(word).size() - 1;
  if (segments > kMaxEntrySegments) return fail(ErrorCode::kLimit, "has more than a dozen words in one.");
  // What marks pronunciations in a text must not come from a user.
  const std::string small = in_small_letters(word);
  entries_.insert_or_assign(word == small ? small : word, Entry{without_pronunciation_marks(says), is_ipa});
  if (entries_.size() > kMaxLexiconWords)
    return fail(ErrorCode::kLimit, "is one more than the " + std::to_string(kMaxLexiconWords) +
                                       " words that a lexicon may have.");
  most_segments_ = std::max(most_segments_, segments);
  return {};
}

const Lexicon::Entry* Lexicon::find(std::string_view words) const {
  const std::string plain = composed(with_single_spaces(words));
  auto found = entries_.find(plain);
  if (found == entries_.end()) found = entries_.find(in_small_letters(plain));
  return found == entries_.end() ? nullptr : &found->second;
}

std::string Lexicon::apply(std::string_view text, std::vector<std::string>& ipa) const {
  if (entries_.empty()) return std::string(text);
  const std::vector<std::size_t> places = boundaries_of(text);
  std::string result;
  std::size_t from = 0;
  while (from + 1 < places.size()) {
    const Entry* entry = nullptr;
    std::size_t to = std::min(from + most_segments_, places.size() - 1);
    for (; to > from && entry == nullptr; --to) {
      const std::string_view words = text.substr(places[from], places[to] - places[from]);
      if (words.size() <= 2 * kMaxWordBytes && trim(words).size() == words.size()) entry = find(words);
    }
    to = entry == nullptr ? from + 1 : to + 1;
    const std::string_view words = text.substr(places[from], places[to] - places[from]);
    if (entry == nullptr) {
      result += words;
    } else if (entry->is_ipa) {
      append_pronounced(result, words, entry->says, ipa);
    } else {
      result += entry->says;
    }
    from = to;
  }
  return result;
}

}  // namespace vat::tts
