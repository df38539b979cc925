#include "api/common/json_fields.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <utility>

#include "api/common/strict_json.h"
#include "base/text.h"

namespace vat::api {
namespace {

namespace json = boost::json;

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

std::string number_text(double number) {
  std::array<char, 32> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), result.ptr};
}

/// The problem of a string; empty if it is valid.
std::string fault(std::string_view text, const TextBounds& bounds) {
  if (text.size() < bounds.min) return bounds.min == 1 ? "may not be empty" : "is too short";
  if (text.size() > bounds.max) return "is longer than " + std::to_string(bounds.max) + " bytes";
  // PostgreSQL cannot store this character, and no text needs it.
  if (text.find('\0') != std::string_view::npos) return "may not contain the character U+0000";
  return {};
}

}  // namespace

struct JsonFields::State {
  json::object object;
  std::string prefix;  ///< "segments[2]."
  std::vector<bool> asked;

  /// The member, marked as read; null when it is absent or null.
  json::value* find(std::string_view name) {
    const auto found = object.find(json::string_view(name.data(), name.size()));
    if (found == object.end()) return nullptr;
    asked.at(static_cast<std::size_t>(found - object.begin())) = true;
    return found->value().is_null() ? nullptr : &found->value();
  }
};

JsonFields::JsonFields(std::unique_ptr<State> state) : state_(std::move(state)) {
  state_->asked.resize(state_->object.size());
}
JsonFields::~JsonFields() = default;
JsonFields::JsonFields(JsonFields&&) noexcept = default;
JsonFields& JsonFields::operator=(JsonFields&&) noexcept = default;

Result<JsonFields> JsonFields::parse(std::string_view text) {
  VAT_ASSIGN(json::value value, parse_strict_json(text));
  if (!value.is_object()) return fail(ErrorCode::kInvalidArgument, "The body must be one JSON object.");
  auto state = std::make_unique<State>();
  state->object = std::move(value.get_object());
  return JsonFields(std::move(state));
}

bool JsonFields::has(std::string_view name) const {
  return state_->object.contains(json::string_view(name.data(), name.size()));
}

std::vector<std::string> JsonFields::names() const {
  std::vector<std::string> names;
  for (const auto& member : state_->object) names.emplace_back(member.key().data(), member.key().size());
  return names;
}

Error JsonFields::missing(std::string_view name) const {
  return wrong(name, "The field " + state_->prefix + std::string(name) + " is missing.");
}

Error JsonFields::wrong(std::string_view name, std::string message) const {
  return Error(ErrorCode::kInvalidArgument, std::move(message))
      .about_field(state_->prefix + std::string(name));
}

Result<std::optional<std::string>> JsonFields::text(std::string_view name, TextBounds bounds) {
  const json::value* const value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  const std::string full = state_->prefix + std::string(name);
  if (!value->is_string()) return fail(wrong(name, "The field " + full + " must be a string."));
  const std::string_view found = view(value->get_string());
  if (const std::string why = fault(found, bounds); !why.empty())
    return fail(wrong(name, "The field " + full + " " + why + "."));
  return std::string(found);
}

Result<std::optional<std::int64_t>> JsonFields::integer(std::string_view name, std::int64_t min,
                                                        std::int64_t max) {
  const json::value* const value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  json::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  if (!value->is_number() || error || number < min || number > max) {
    return fail(wrong(name, "The field " + state_->prefix + std::string(name) +
                                " must be a whole number from " + std::to_string(min) + " to " +
                                std::to_string(max) + "."));
  }
  return number;
}

Result<std::optional<double>> JsonFields::number(std::string_view name, double min, double max) {
  const json::value* const value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  json::error_code error;
  const auto number = value->to_number<double>(error);
  if (!value->is_number() || error || !(number >= min && number <= max)) {
    return fail(wrong(name, "The field " + state_->prefix + std::string(name) + " must be a number from " +
                                number_text(min) + " to " + number_text(max) + "."));
  }
  return number;
}

Result<std::optional<bool>> JsonFields::boolean(std::string_view name) {
  const json::value* const value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool())
    return fail(wrong(name, "The field " + state_->prefix + std::string(name) + " must be true or false."));
  return value->get_bool();
}

Result<std::optional<std::vector<std::string>>> JsonFields::texts(std::string_view name,
                                                                  std::size_t max_items, TextBounds bounds) {
  const json::value* const value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  const std::string full = state_->prefix + std::string(name);
  if (!value->is_array() || value->get_array().size() > max_items) {
    return fail(wrong(
        name, "The field " + full + " must be an array of at most " + std::to_string(max_items) + " texts."));
  }
  std::vector<std::string> found;
  for (const json::value& item : value->get_array()) {
    if (!item.is_string()) return fail(wrong(name, "The field " + full + " must be an array of strings."));
    const std::string_view text = view(item.get_string());
    if (const std::string why = fault(text, bounds); !why.empty())
      return fail(wrong(name, "A string in the field " + full + " " + why + "."));
    found.emplace_back(text);
  }
  return found;
}

Result<std::optional<std::string>> JsonFields::object(std::string_view name) {
  const json::value* const value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object())
    return fail(wrong(name, "The field " + state_->prefix + std::string(name) + " must be an object."));
  return json::serialize(*value);
}

Result<std::optional<JsonFields>> JsonFields::fields(std::string_view name) {
  const json::value* const value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  const std::string full = state_->prefix + std::string(name);
  if (!value->is_object()) return fail(wrong(name, "The field " + full + " must be an object."));
  auto state = std::make_unique<State>();
  state->object = value->get_object();
  state->prefix = full + ".";
  return JsonFields(std::move(state));
}

Result<std::optional<std::vector<JsonFields>>> JsonFields::objects(std::string_view name,
                                                                   std::size_t max_items) {
  json::value* const value = state_->find(name);
  if (value == nullptr) return std::nullopt;
  const std::string full = state_->prefix + std::string(name);
  if (!value->is_array() || value->get_array().size() > max_items) {
    return fail(wrong(name, "The field " + full + " must be an array of at most " +
                                std::to_string(max_items) + " objects."));
  }
  std::vector<JsonFields> found;
  found.reserve(value->get_array().size());
  for (json::value& item : value->get_array()) {
    if (!item.is_object()) return fail(wrong(name, "The field " + full + " must be an array of objects."));
    auto state = std::make_unique<State>();
    state->object = std::move(item.get_object());
    state->prefix = full + "[" + std::to_string(found.size()) + "].";
    found.push_back(JsonFields(std::move(state)));
  }
  return found;
}

Result<> JsonFields::finish() const {
  std::size_t index = 0;
  for (const auto& member : state_->object) {
    if (!state_->asked.at(index++)) {
      const std::string name =
          state_->prefix +
          to_utf8(std::string_view(member.key().data(), member.key().size()).substr(0, kMaxShownBytes));
      return fail_field(name, "There is no field " + name + " here.");
    }
  }
  return {};
}

std::string JsonFields::canonical() const { return json::serialize(state_->object); }

bool has_json_body(const http::Request& request) {
  const std::string type = fold_case(to_utf8(request.header("Content-Type")));
  const std::size_t semicolon = std::min(type.find(';'), type.size());
  const std::string_view media = trim(std::string_view(type).substr(0, semicolon));
  if (media != "application/json" && !(media.starts_with("application/") && media.ends_with("+json")))
    return false;
  const std::size_t charset = type.find("charset=", semicolon);
  if (charset == std::string::npos) return true;
  std::string_view value = std::string_view(type).substr(charset + 8);
  value = trim(value.substr(0, std::min(value.find(';'), value.size())));
  return value == "utf-8" || value == "\"utf-8\"" || value == "utf8";
}

}  // namespace vat::api
