#include "base/legacy_encoding.h"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"

namespace vat {
namespace {

struct CloseLegacy {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
  void operator()(UCharsetDetector* detector) const { ucsdet_close(detector); }
};

enum class Writing { kCyrillic, kGreek, kHebrew, kArabic, kThai, kChinese, kJapanese, kKorean, kLatin };

struct Legacy {
  std::string_view detected;  ///< ICU's detector's name; empty: it knows none.
  const char* converter;      ///< ICU's name for what users' files contain.
  Writing writing;
  std::size_t enough_letters = 0;  ///< So many show by themselves that it is this encoding; 0: none do.
};

constexpr std::array kLegacy = {
    Legacy{"", "windows-874", Writing::kThai, 10},
    Legacy{"EUC-JP", "EUC-JP", Writing::kJapanese, 2},
    Legacy{"Shift_JIS", "windows-31j", Writing::kJapanese, 2},
    Legacy{"EUC-KR", "windows-949", Writing::kKorean, 2},
    Legacy{"GB18030", "GB18030", Writing::kChinese, 2},
    Legacy{"Big5", "Big5", Writing::kChinese, 2},
    Legacy{"", "IBM866", Writing::kCyrillic, 10},
    Legacy{"windows-1256", "windows-1256", Writing::kArabic, 10},
    Legacy{"windows-1251", "windows-1251", Writing::kCyrillic},
    Legacy{"KOI8-R", "KOI8-U", Writing::kCyrillic},
    Legacy{"ISO-8859-5", "ISO-8859-5", Writing::kCyrillic},
    Legacy{"windows-1253", "windows-1253", Writing::kGreek},
    Legacy{"ISO-8859-7", "windows-1253", Writing::kGreek},
    Legacy{"windows-1255", "windows-1255", Writing::kHebrew},
    Legacy{"ISO-8859-8", "windows-1255", Writing::kHebrew},
    Legacy{"ISO-8859-8-I", "windows-1255", Writing::kHebrew},
    Legacy{"ISO-8859-6", "ISO-8859-6", Writing::kArabic},
    Legacy{"windows-1250", "windows-1250", Writing::kLatin},
    Legacy{"ISO-8859-2", "ISO-8859-2", Writing::kLatin},
    Legacy{"windows-1254", "windows-1254", Writing::kLatin},
    Legacy{"ISO-8859-9", "windows-1254", Writing::kLatin},
};
constexpr const char* kWestern = "windows-1252";

/// Below this the detector knows no more than that the bytes do not contradict.
constexpr int kKnown = 15;
constexpr std::size_t kSampleBytes = 64U * 1024;

struct Guess {
  const Legacy* encoding = nullptr;  ///< Null: Western.
  int confidence = 0;
};

icu::UnicodeString to_unicode(std::string_view bytes, const char* encoding) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, CloseLegacy> converter(ucnv_open(encoding, &status));
  if (U_FAILURE(status) != 0) return {};
  icu::UnicodeString text(bytes.data(), static_cast<std::int32_t>(bytes.size()), converter.get(), status);
  return U_SUCCESS(status) != 0 ? text : icu::UnicodeString();
}

/// Best first.
std::vector<Guess> detect(std::string_view bytes) {
  std::vector<Guess> guesses;
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, CloseLegacy> detector(ucsdet_open(&status));
  if (U_FAILURE(status) != 0) return guesses;
  ucsdet_enableInputFilter(detector.get(), 1);  // Without tags.
  ucsdet_setText(detector.get(), bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
  std::int32_t count = 0;
  const UCharsetMatch** const matches = ucsdet_detectAll(detector.get(), &count, &status);
  for (std::int32_t i = 0; U_SUCCESS(status) != 0 && i < count; ++i) {
    const std::string_view name = ucsdet_getName(matches[i], &status);
    const int confidence = ucsdet_getConfidence(matches[i], &status);
    const auto* const found = std::find_if(kLegacy.begin(), kLegacy.end(),
                                           [&](const Legacy& entry) { return entry.detected == name; });
    if (found != kLegacy.end()) guesses.push_back({found, confidence});
    if (name == "windows-1252" || name == "ISO-8859-1") guesses.push_back({nullptr, confidence});
  }
  return guesses;
}

bool is_script_of(Writing writing, UScriptCode script) {
  switch (writing) {
    case Writing::kCyrillic:
      return script == USCRIPT_CYRILLIC;
    case Writing::kGreek:
      return script == USCRIPT_GREEK;
    case Writing::kHebrew:
      return script == USCRIPT_HEBREW;
    case Writing::kArabic:
      return script == USCRIPT_ARABIC;
    case Writing::kThai:
      return script == USCRIPT_THAI;
    case Writing::kChinese:
      return script == USCRIPT_HAN;
    case Writing::kJapanese:
      return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
    case Writing::kKorean:
      return script == USCRIPT_HANGUL;
    case Writing::kLatin:
      return script == USCRIPT_LATIN;
  }
  return false;
}

/// What the characters beyond ASCII of a decoded text are.
class Look {
 public:
  Look(const icu::UnicodeString& text, Writing writing) : writing_(writing) {
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) add(text.char32At(i));
  }

  [[nodiscard]] bool is_plausible(std::size_t enough_letters) const {
    constexpr std::size_t kStrange = 20;  // one letter in so many
    constexpr std::size_t kTypical = 10;
    const bool needs_typical = writing_ == Writing::kJapanese || writing_ == Writing::kThai;
    return letters_ >= std::max<std::size_t>(enough_letters, 2) && strange_ * kStrange <= letters_ &&
           (!needs_typical || typical_ * kTypical >= letters_);
  }

 private:
  void add(UChar32 point) {
    const std::uint32_t mask = U_GET_GC_MASK(point);
    const bool small = (mask & U_GC_LL_MASK) != 0;
    const bool capital = (mask & U_GC_LU_MASK) != 0;
    // "пРИВЕТ" is how one Cyrillic encoding looks in another; "ึ" needs a letter before it.
    if (small_before_ && capital && point > 0x7F) ++strange_;
    if ((mask & U_GC_MN_MASK) != 0 && !letter_before_) ++strange_;
    if (writing_ == Writing::kThai) add_thai(point, (mask & U_GC_MN_MASK) != 0);
    small_before_ = small && point > 0x7F;
    letter_before_ = (mask & (U_GC_L_MASK | U_GC_M_MASK)) != 0;
    if (point <= 0x7F) return;
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(point, &status);
    constexpr std::uint32_t kNoText = U_GC_C_MASK | U_GC_SO_MASK | U_GC_SM_MASK | U_GC_SK_MASK;
    constexpr UChar32 kHalfWidths = 0xFF61;
    if ((mask & U_GC_L_MASK) == 0) {
      const bool shown = (mask & kNoText) == 0 || (mask & U_GC_CF_MASK) != 0;
      if (!shown) ++strange_;
    } else if (point >= kHalfWidths || (!is_script_of(writing_, script) && script != USCRIPT_COMMON)) {
      ++strange_;
    } else {
      ++letters_;
      if (script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA) ++typical_;
    }
  }

  /// Five vowels are written before their consonant; digits are mostly those of ASCII.
  void add_thai(UChar32 point, bool mark) {
    if (vowel_before_ && !(point >= 0x0E01 && point <= 0x0E2E)) ++strange_;
    vowel_before_ = point >= 0x0E40 && point <= 0x0E44;
    if (vowel_before_ || mark) ++typical_;
    if (point >= 0x0E50 && point <= 0x0E59) ++strange_;
  }

  const Writing writing_;
  std::size_t letters_ = 0;
  std::size_t strange_ = 0;
  std::size_t typical_ = 0;  ///< Kana; marks and vowels of Thai.
  bool small_before_ = false;
  bool vowel_before_ = false;
  bool letter_before_ = false;
};

bool is_plausible(std::string_view bytes, const Legacy& encoding) {
  const Look look(to_unicode(bytes, encoding.converter), encoding.writing);
  return look.is_plausible(encoding.enough_letters);
}

/// No language of Latin letters has so many beyond ASCII.
bool is_beyond_latin(std::string_view bytes) {
  std::size_t high = 0;
  std::size_t letters = 0;
  bool in_tag = false;
  for (const char c : bytes) {
    if (c == '<') in_tag = true;
    if (c == '>' || c == '\n') in_tag = false;
    if (in_tag) continue;
    if (static_cast<unsigned char>(c) > 0x7F) ++high;
    if (is_letter(c)) ++letters;
  }
  return high * 2 > letters;
}

/// Null when there is none.
const char* beyond_latin(std::string_view bytes, const std::vector<Guess>& guesses) {
  const Legacy& thai = kLegacy.front();  // Its bytes also decode as Chinese.
  if (is_plausible(bytes, thai)) return thai.converter;
  for (const Guess& guess : guesses) {
    if (guess.encoding == nullptr || guess.encoding->writing == Writing::kLatin) continue;
    if (guess.confidence >= kKnown && is_plausible(bytes, *guess.encoding)) return guess.encoding->converter;
  }
  for (const Legacy& encoding : kLegacy)
    if (encoding.enough_letters > 0 && is_plausible(bytes, encoding)) return encoding.converter;
  return nullptr;
}

/// Whether it has š or ž, which Western languages do not write, as Windows encodes them, and none of the
/// letters that Estonian and Finnish have beside them.
bool has_carons(std::string_view bytes) {
  return bytes.find_first_of("\x8A\x8E\x9A\x9E") != std::string_view::npos &&
         bytes.find_first_of("\xC4\xC5\xD5\xE4\xE5\xF5") == std::string_view::npos;
}

const char* latin(std::string_view bytes, const std::vector<Guess>& guesses) {
  constexpr int kClearly = 25;
  constexpr int kAhead = 6;
  int western = 0;
  for (const Guess& guess : guesses)
    if (guess.encoding == nullptr) western = std::max(western, guess.confidence);
  for (const Guess& guess : guesses) {
    if (guess.encoding == nullptr || guess.encoding->writing != Writing::kLatin) continue;
    if (guess.confidence >= kClearly && guess.confidence >= western + kAhead &&
        is_plausible(bytes, *guess.encoding))
      return guess.encoding->converter;
  }
  return has_carons(bytes) ? "windows-1250" : kWestern;
}

/// Ends at a line, so that no pair of bytes is cut.
std::string_view sample_of(std::string_view bytes) {
  if (bytes.size() <= kSampleBytes) return bytes;
  const std::size_t line = bytes.rfind('\n', kSampleBytes);
  return bytes.substr(0, line == std::string_view::npos || line == 0 ? kSampleBytes : line);
}

}  // namespace

std::string decode_legacy(std::string_view bytes) {
  const std::string_view sample = sample_of(bytes);
  const std::vector<Guess> guesses = detect(sample);
  const char* encoding = is_beyond_latin(sample) ? beyond_latin(sample, guesses) : nullptr;
  if (encoding == nullptr) encoding = latin(sample, guesses);
  std::string text;
  to_unicode(bytes, encoding).toUTF8String(text);
  return to_utf8(text);
}

}  // namespace vat
