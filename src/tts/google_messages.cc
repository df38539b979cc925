#include "tts/google_messages.h"

#include <unicode/uloc.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/base64.h"
#include "tts/json_fields.h"
#include "tts/languages.h"
#include "tts/wav.h"

namespace vat::tts {
namespace {

namespace json = boost::json;

// https://cloud.google.com/text-to-speech/docs/voices, as of November 2026.
constexpr std::array<std::string_view, 66> kGoogleLanguages = {
    "af",  "am", "ar", "bg", "bn", "ca", "cmn", "cs", "cy", "da", "de", "el", "en", "es",  "et", "eu", "fi",
    "fil", "fr", "gl", "gu", "he", "hi", "hr",  "hu", "id", "is", "it", "ja", "jv", "km",  "kn", "ko", "lt",
    "lv",  "ml", "mr", "ms", "my", "nb", "ne",  "nl", "no", "pa", "pl", "pt", "ro", "ru",  "si", "sk", "sl",
    "sq",  "sr", "su", "sv", "sw", "ta", "te",  "th", "tl", "tr", "uk", "ur", "vi", "yue", "zh"};

struct Alias {
  std::string_view from;
  std::string_view to;
};
// Languages whose tag differs from the likely one of Unicode CLDR.
constexpr std::array kAliases = {Alias{"zh", "cmn-CN"},    Alias{"zh-cn", "cmn-CN"}, Alias{"zh-tw", "cmn-TW"},
                                 Alias{"zh-hk", "yue-HK"}, Alias{"ar", "ar-XA"},     Alias{"no", "nb-NO"},
                                 Alias{"tl", "fil-PH"},    Alias{"yue", "yue-HK"}};

/// Unicode CLDR's likely subtags: "de" -> "de-DE".
std::string with_region(const std::string& language) {
  std::array<char, 64> maximal{};
  std::array<char, 8> region{};
  UErrorCode status = U_ZERO_ERROR;
  uloc_addLikelySubtags(language.c_str(), maximal.data(), static_cast<std::int32_t>(maximal.size()), &status);
  uloc_getCountry(maximal.data(), region.data(), static_cast<std::int32_t>(region.size()), &status);
  if (U_FAILURE(status) != 0 || region[0] == '\0') return language;
  return language + "-" + region.data();
}

/// "en-GB" of "en-GB-Neural2-A"; empty when the name has no such form.
std::string language_of_voice(std::string_view voice) {
  const std::size_t first = voice.find('-');
  const std::size_t second = first == std::string_view::npos ? first : voice.find('-', first + 1);
  if (second == std::string_view::npos || first < 2 || first > 3 || second - first != 3) return {};
  return std::string(voice.substr(0, second));
}

std::string first_language(const json::object& voice) {
  const json::value* const codes = voice.if_contains("languageCodes");
  const json::array* const list = codes == nullptr ? nullptr : codes->if_array();
  if (list == nullptr || list->empty() || !list->front().is_string()) return {};
  return std::string(list->front().get_string());
}

std::string gender_of(const json::object& voice) {
  const std::string gender = normal_language(string_field(voice, "ssmlGender"));
  return gender == "female" || gender == "male" || gender == "neutral" ? gender : std::string();
}

}  // namespace

std::string google_language(const Utterance& utterance) {
  if (std::string own = language_of_voice(utterance.voice); !own.empty()) return own;
  const std::string wanted = utterance.language.empty() ? "en" : normal_language(utterance.language);
  for (const Alias& alias : kAliases)
    if (alias.from == wanted) return std::string(alias.to);
  return wanted.find('-') == std::string::npos ? with_region(wanted) : utterance.language;
}

bool google_speaks(const std::string& language) {
  const std::string primary = language.empty() ? "en" : primary_language(language);
  return std::find(kGoogleLanguages.begin(), kGoogleLanguages.end(), primary) != kGoogleLanguages.end();
}

std::string google_request(const Utterance& utterance, double speaking_rate) {
  json::object voice{{"languageCode", google_language(utterance)}};
  if (!utterance.voice.empty()) voice["name"] = utterance.voice;
  json::object audio{{"audioEncoding", "LINEAR16"}, {"sampleRateHertz", 24'000}};
  // Some voices do not support a rate, so the normal one is not sent.
  if (speaking_rate != 1.0) audio["speakingRate"] = speaking_rate;
  return json::serialize(json::object{
      {"input", json::object{{"text", utterance.text}}}, {"voice", voice}, {"audioConfig", audio}});
}

Result<Pcm> parse_google_audio(std::string_view body) {
  VAT_ASSIGN(const json::object fields, parse_object(body, "Google's speech response"));
  const auto bytes = base64_decode(string_field(fields, "audioContent"));
  if (!bytes || bytes->empty())
    return fail(ErrorCode::kBadData, "Google's speech response contains no audio.");
  return parse_wav(*bytes);
}

Result<std::vector<Voice>> parse_google_voices(std::string_view body) {
  VAT_ASSIGN(const json::object fields, parse_object(body, "Google's list of voices"));
  const json::value* const list = fields.if_contains("voices");
  if (list == nullptr || !list->is_array())
    return fail(ErrorCode::kBadData, "Google's list of voices is empty.");
  std::vector<Voice> voices;
  for (const json::value& item : list->get_array()) {
    const json::object* const voice = item.if_object();
    if (voice == nullptr) continue;
    Voice made{string_field(*voice, "name"), first_language(*voice), gender_of(*voice), "Google Cloud"};
    if (!made.name.empty()) voices.push_back(std::move(made));
  }
  return voices;
}

std::string google_error_message(std::string_view body) {
  const auto fields = parse_object(body, "The answer");
  const json::object* const error = fields ? object_field(*fields, "error") : nullptr;
  return error == nullptr ? std::string() : string_field(*error, "message");
}

}  // namespace vat::tts
