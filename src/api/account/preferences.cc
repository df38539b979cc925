#include "api/account/preferences.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/text.h"

namespace vat::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxNameLength = 100;  // of models, voices and languages
constexpr std::size_t kMaxHotwordBytes = 4'000;
constexpr std::size_t kMaxFormats = 32;
constexpr std::size_t kMaxSettings = 32;  // of one format
constexpr std::size_t kMaxSettingName = 40;
constexpr double kMaxSetting = 1e9;
constexpr int kMaxSpeakers = 100;
constexpr std::size_t kTagDigits = 16;

using Choices = std::initializer_list<std::string_view>;

Result<> check_choice(JsonFields& fields, std::string_view name, Choices choices) {
  VAT_ASSIGN(const std::optional<std::string> value, fields.text(name, {.max = kMaxNameLength}));
  if (!value || std::find(choices.begin(), choices.end(), *value) != choices.end()) return {};
  std::string list;
  for (const std::string_view choice : choices) {
    if (!list.empty()) list += ", ";
    list += choice.empty() ? "\"\"" : choice;
  }
  return fail(fields.wrong(name, "The field " + std::string(name) + " must be one of: " + list + "."));
}

Result<> check_texts(JsonFields& fields, Choices names) {
  for (const std::string_view name : names) VAT_TRY(fields.text(name, {.max = kMaxNameLength}));
  return {};
}

/// What is done with the next recordings.
Result<> check_profile(JsonFields& fields) {
  VAT_TRY(check_texts(fields, {"language", "model", "voice", "preset"}));
  VAT_TRY(fields.text("hotwords", {.max = kMaxHotwordBytes}));
  for (const std::string_view name : {"mixed", "translate", "speech"}) VAT_TRY(fields.boolean(name));
  VAT_TRY(check_choice(fields, "dub", {"", "off", "duck", "keep"}));
  VAT_TRY(check_choice(fields, "speakers", {"off", "auto", "number", "range", "channels"}));
  for (const std::string_view name : {"fewest", "most"}) VAT_TRY(fields.integer(name, 1, kMaxSpeakers));
  VAT_TRY(fields.texts("formats", kMaxFormats, {.min = 1, .max = kMaxSettingName}));
  return fields.finish();
}

/// How texts are spoken.
Result<> check_speech(JsonFields& fields) {
  VAT_TRY(check_texts(fields, {"language", "voice", "audio_format"}));
  VAT_TRY(fields.number("speed", 0.25, 4));
  return fields.finish();
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxSettingName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// Of objects whose members the client names.
Result<std::vector<std::string>> plain_names(const JsonFields& fields, std::size_t max,
                                             const std::string& what) {
  std::vector<std::string> names = fields.names();
  if (names.size() > max)
    return fail_field(what, "The field " + what + " has more than " + std::to_string(max) + " members.");
  for (const std::string& name : names) {
    if (!is_plain_name(name))
      return fail_field(what,
                        "A member of " + what +
                            " is named by 1 to 40 of the letters a to z, digits, hyphens and underscores.");
  }
  return names;
}

Result<> check_settings(JsonFields& fields, const std::string& what) {
  VAT_ASSIGN(const std::vector<std::string> names, plain_names(fields, kMaxSettings, what));
  for (const std::string& name : names) {
    const bool fits = fields.boolean(name) || fields.number(name, -kMaxSetting, kMaxSetting) ||
                      fields.text(name, {.max = kMaxNameLength});
    if (!fits)
      return fail(fields.wrong(name, "The field " + what + "." + name +
                                         " must be true, false, a number or a text of at most 100 bytes."));
  }
  return {};
}

/// The settings of each format in which transcripts are downloaded.
Result<> check_formats(JsonFields& fields) {
  VAT_ASSIGN(const std::vector<std::string> formats, plain_names(fields, kMaxFormats, "formats"));
  for (const std::string& format : formats) {
    VAT_ASSIGN(auto settings, fields.fields(format));
    if (settings) VAT_TRY(check_settings(*settings, "formats." + format));
  }
  return {};
}

/// RFC 7396, section 2. No deeper than check_preferences() allows.
void merge(json::value& target, const json::value& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = json::object();
  for (const auto& member : patch.get_object()) {
    if (member.value().is_null()) {
      target.get_object().stable_erase(member.key());
    } else {
      merge(target.get_object()[member.key()], member.value());
    }
  }
}

}  // namespace

Result<> check_preferences(JsonFields& patch) {
  using Check = Result<> (*)(JsonFields&);
  constexpr std::array<std::pair<std::string_view, Check>, 3> kParts = {
      {{"profile", check_profile}, {"speech", check_speech}, {"formats", check_formats}}};
  VAT_TRY(check_choice(patch, "language", {"en", "de", "es", "zh", "ar"}));
  VAT_TRY(check_choice(patch, "theme", {"light", "dark"}));
  for (const auto& [name, check] : kParts) {
    VAT_ASSIGN(auto part, patch.fields(name));
    if (part) VAT_TRY(check(*part));
  }
  return patch.finish();
}

Result<std::string> merge_preferences(const std::string& stored, const std::string& patch) {
  json::error_code error;
  json::value merged = json::parse(stored, error);
  if (error) return fail(ErrorCode::kInternal, "The stored preferences cannot be read.", error.message());
  const json::value change = json::parse(patch, error);
  if (error) return fail(ErrorCode::kInvalidArgument, "The body is not valid JSON.", error.message());
  merge(merged, change);
  std::string text = json::serialize(merged);
  if (text.size() > kMaxPreferenceBytes)
    return fail(ErrorCode::kInvalidArgument, "The preferences would be longer than " +
                                                 std::to_string(kMaxPreferenceBytes) +
                                                 " bytes; remove some first.");
  return text;
}

std::string preferences_tag(const std::string& stored) {
  return '"' + hash_hex(Digest::kSha256, stored).substr(0, kTagDigits) + '"';
}

}  // namespace vat::api
