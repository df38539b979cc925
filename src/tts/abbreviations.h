// Abbreviations, whose full stop does not end a sentence: those of Unicode CLDR that ICU brings, and a table
// of our own. Internal to tts. Safe to call from any thread.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace vat::tts {

enum class Abbreviation {
  kNone,      ///< The stop ends a sentence.
  kLeads,     ///< Never the end: "Dr.", "e.g.".
  kNumbered,  ///< Not the end before a number: "No. 5".
  kMayEnd,    ///< The end only when the next word begins sentences: "at 5 p.m. They left."
  kCloses,    ///< So, and before a name that seems to do so: "at Apple Inc. Anna left."
};

/// What is known of one language.
class Abbreviations {
 public:
  using Words = std::set<std::string, std::less<>>;

  /// By the primary subtag of a BCP 47 tag. Made once for each language.
  [[nodiscard]] static std::shared_ptr<const Abbreviations> of(const std::string& language);
  explicit Abbreviations(const std::string& primary_language);

  /// `word` with its stop, in UTF-8: "Dr.", "p.m.".
  [[nodiscard]] Abbreviation kind_of(std::string_view word) const;
  /// True for a word that often begins a sentence and seldom follows an abbreviation: "The", "Then".
  [[nodiscard]] bool begins_sentences(std::string_view word) const { return openers_.contains(word); }
  /// True for a word that belongs to the company before it: "Apple Inc. Chairman".
  [[nodiscard]] bool is_title(std::string_view word) const { return titles_.contains(word); }
  /// True where a number with a stop is an ordinal: "am 3. Oktober".
  [[nodiscard]] bool has_ordinals() const { return ordinals_; }

 private:
  [[nodiscard]] static bool listed(const Words& words, std::string_view word);

  Words leading_;
  Words numbered_;
  Words ending_;
  Words closing_;
  Words ordinary_;
  Words openers_;
  Words titles_;
  bool ordinals_ = false;
};

}  // namespace vat::tts
