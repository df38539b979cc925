#include "tts/letters.h"

#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "tts/code_points.h"

namespace vat::tts {
namespace {

/// The scripts that a language is written in; empty for an unknown one.
std::vector<UScriptCode> scripts_of(const std::string& language) {
  std::vector<UScriptCode> scripts(8);
  UErrorCode status = U_ZERO_ERROR;
  const int count =
      uscript_getCode(language.c_str(), scripts.data(), static_cast<int32_t>(scripts.size()), &status);
  scripts.resize(U_FAILURE(status) != 0 ? 0 : static_cast<std::size_t>(std::clamp(count, 0, 8)));
  return scripts;
}

/// Which is most often written in a script (Unicode's likely subtags): "ar" for Arabic.
std::string likely_language(UScriptCode script) {
  const std::string any = std::string("und_") + uscript_getShortName(script);
  std::array<char, ULOC_FULLNAME_CAPACITY> full{};
  std::array<char, ULOC_LANG_CAPACITY> language{};
  UErrorCode status = U_ZERO_ERROR;
  uloc_addLikelySubtags(any.c_str(), full.data(), full.size(), &status);
  uloc_getLanguage(full.data(), language.data(), language.size(), &status);
  return U_FAILURE(status) != 0 ? std::string() : language.data();
}

}  // namespace

void Letters::add(std::string_view text) {
  for_each_code_point(text, [&](UChar32 point, std::size_t, std::size_t) {
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(point, &status);
    const auto place = static_cast<std::size_t>(script);
    if (u_isalpha(point) != 0 && script > USCRIPT_INHERITED && place < counts_.size()) ++counts_.at(place);
  });
}

std::optional<std::string> Letters::foreign_to(const std::string& language) const {
  const std::vector<UScriptCode> own = scripts_of(language);
  if (own.empty()) return std::nullopt;
  const auto most = std::max_element(counts_.begin(), counts_.end());
  const auto script = static_cast<UScriptCode>(most - counts_.begin());
  const bool is_own = std::find(own.begin(), own.end(), script) != own.end();
  const std::size_t all = std::accumulate(counts_.begin(), counts_.end(), std::size_t{0});
  if (script == USCRIPT_LATIN || is_own || *most * 2 <= all) return std::nullopt;
  const std::string other = likely_language(script);
  return "Most letters of the text are " + std::string(uscript_getName(script)) + ", but its language is \"" +
         language + "\"; tell its own" + (other.empty() ? "." : ", such as " + other + ".");
}

}  // namespace vat::tts
