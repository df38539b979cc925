#include "asr/sound_marks.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "asr/segment_words.h"
#include "base/ascii.h"
#include "base/text.h"

namespace vat::asr {
namespace {

constexpr std::array<std::string_view, 6> kNotes = {"♪", "♫", "♩", "♬", "🎵", "🎶"};
constexpr std::size_t kMaxMarkBytes = 120;

struct Brackets {
  std::string_view open;
  std::string_view close;
  bool may_be_said = false;  ///< People speak in these, too.
};
constexpr std::array<Brackets, 6> kBrackets = {Brackets{"[", "]"},         Brackets{"【", "】"},
                                               Brackets{"［", "］"},       Brackets{"(", ")", true},
                                               Brackets{"（", "）", true}, Brackets{"*", "*", true}};

/// Length of the note at the start of the text; 0 if there is none.
std::size_t note_length(std::string_view text) {
  const auto* const note = std::find_if(kNotes.begin(), kNotes.end(),
                                        [&](std::string_view symbol) { return text.starts_with(symbol); });
  return note == kNotes.end() ? 0 : note->size();
}

/// The notes at `begin`, with the spaces between them.
std::optional<SoundMark> notes_at(std::string_view text, std::size_t begin) {
  if (note_length(text.substr(begin)) == 0) return std::nullopt;
  std::size_t end = begin;
  for (std::size_t next = begin; next < text.size();) {
    const std::size_t length = note_length(text.substr(next));
    if (length == 0 && text[next] != ' ') break;
    next += std::max<std::size_t>(length, 1);
    if (length > 0) end = next;
  }
  return SoundMark{begin, end};
}

/// What lies inside of brackets, with what is around them.
struct Bracketed {
  std::string_view before;
  std::string_view inside;
  std::string_view after;
};

bool ends_sentence(std::string_view text) {
  constexpr std::array<std::string_view, 7> kEnds = {".", "!", "?", "…", "。", "！", "？"};
  return text.empty() ||
         std::any_of(kEnds.begin(), kEnds.end(), [&](std::string_view end) { return text.ends_with(end); });
}

bool has_letter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || static_cast<unsigned char>(c) >= 0x80; });
}

/// Square brackets are no part of a word, and hold no number: "array[0]" is none.
bool stands_alone(const Bracketed& text) {
  return has_letter(text.inside) && (text.before.empty() || text.before.ends_with(' ')) &&
         (text.after.empty() || !is_alphanumeric(text.after.front()));
}

/// Nobody says a few words of lower case between two sentences, or as a whole segment, in parentheses.
bool is_description(const Bracketed& text) {
  constexpr std::size_t kMaxAlone = 4;
  constexpr std::size_t kMaxBetween = 3;
  const std::size_t count = comparable_words(text.inside).size();
  if (!has_letter(text.inside) || count == 0) return false;
  if (trim(text.before).empty() && trim(text.after).empty()) return count <= kMaxAlone;
  const std::string_view after = trim(text.after);
  const bool sentence = after.empty() || (after.front() >= 'A' && after.front() <= 'Z');
  const bool mark = after.starts_with('[') || note_length(after) > 0;
  const bool lower = std::none_of(text.inside.begin(), text.inside.end(),
                                  [](char c) { return is_digit(c) || to_lower(c) != c; });
  return count <= kMaxBetween && lower && ends_sentence(trim(text.before)) && (sentence || mark);
}

/// `from` is where the mark before ends; what is before that does not matter.
std::optional<SoundMark> brackets_at(std::string_view text, std::size_t from, std::size_t begin) {
  const std::string_view rest = text.substr(begin);
  const auto* const brackets = std::find_if(
      kBrackets.begin(), kBrackets.end(), [&](const Brackets& pair) { return rest.starts_with(pair.open); });
  if (brackets == kBrackets.end()) return std::nullopt;
  const std::size_t inside = brackets->open.size();
  const std::size_t close = rest.substr(0, kMaxMarkBytes).find(brackets->close, inside);
  if (close == std::string_view::npos) return std::nullopt;
  const SoundMark mark{begin, begin + close + brackets->close.size()};
  const Bracketed found{.before = text.substr(from, begin - from),
                        .inside = rest.substr(inside, close - inside),
                        .after = text.substr(mark.end)};
  if (brackets->may_be_said ? !is_description(found) : !stands_alone(found)) return std::nullopt;
  return mark;
}

/// The words of a segment as one text.
struct WordText {
  explicit WordText(const std::vector<Word>& words) {
    for (const Word& word : words) {
      if (!text.empty() && !word.joined) text += ' ';
      begins.push_back(text.size());
      text += word.text;
    }
  }
  std::string text;
  std::vector<std::size_t> begins;
};

/// The word, whose text begins at `begin`, without what the marks cover of it.
Word without_marks(const Word& word, std::size_t begin, const std::vector<SoundMark>& marks) {
  Word kept = word;
  kept.text.clear();
  for (std::size_t i = 0; i < word.text.size(); ++i) {
    const std::size_t at = begin + i;
    const bool marked = std::any_of(marks.begin(), marks.end(),
                                    [&](const SoundMark& mark) { return mark.begin <= at && at < mark.end; });
    if (!marked) kept.text += word.text[i];
  }
  return kept;
}

/// Of the words that the mark touches, which are never none.
SoundEvent sound_of(const SoundMark& mark, const std::vector<Word>& words, const WordText& line) {
  const auto first = std::upper_bound(line.begins.begin(), line.begins.end(), mark.begin) - 1;
  const auto last = std::lower_bound(line.begins.begin(), line.begins.end(), mark.end) - 1;
  const auto word_at = [&](auto begin) -> const Word& {
    return words[static_cast<std::size_t>(begin - line.begins.begin())];
  };
  return {.start = word_at(first).start,
          .end = word_at(last).end,
          .text = line.text.substr(mark.begin, mark.end - mark.begin)};
}

bool has_words(const std::vector<Word>& words) {
  return std::any_of(words.begin(), words.end(),
                     [](const Word& word) { return !comparable_words(word.text).empty(); });
}

void add_sound(std::vector<SoundEvent>& sounds, SoundEvent sound) {
  if (sounds.empty() || !(sounds.back() == sound)) sounds.push_back(std::move(sound));
}

void take_from(Segment& segment, std::vector<SoundEvent>& sounds) {
  const bool estimated = segment.words.empty();
  const std::vector<Word> words = estimated ? estimate_words(segment) : segment.words;
  const WordText line(words);
  const std::vector<SoundMark> marks = find_sound_marks(line.text);
  if (marks.empty()) return;
  std::vector<Word> kept;
  for (std::size_t i = 0; i < words.size(); ++i) {
    Word word = without_marks(words[i], line.begins[i], marks);
    if (word.text == words[i].text || !comparable_words(word.text).empty()) kept.push_back(std::move(word));
  }
  if (!has_words(kept)) kept.clear();
  for (const SoundMark& mark : marks) {
    SoundEvent sound = sound_of(mark, words, line);
    if (!kept.empty() && note_length(sound.text) > 0)
      sound = {segment.start, segment.end, std::string(kNotes.front())};
    add_sound(sounds, std::move(sound));
  }
  set_words(segment, std::move(kept));
  if (estimated) segment.words.clear();
}

}  // namespace

std::vector<SoundMark> find_sound_marks(std::string_view text) {
  std::vector<SoundMark> marks;
  for (std::size_t at = 0; at < text.size();) {
    std::optional<SoundMark> mark = notes_at(text, at);
    if (!mark) mark = brackets_at(text, marks.empty() ? 0 : marks.back().end, at);
    if (mark) marks.push_back(*mark);
    at = mark ? mark->end : at + 1;
  }
  return marks;
}

void take_sound_marks(ChunkText& text) {
  for (Segment& segment : text.segments) take_from(segment, text.sounds);
  std::erase_if(text.segments, [](const Segment& segment) { return segment.text.empty(); });
}

}  // namespace vat::asr
