#include "tts/json_fields.h"

#include <boost/json/parse.hpp>

namespace vat::tts {

namespace json = boost::json;

Result<json::object> parse_object(std::string_view text, std::string_view what) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error) return fail(ErrorCode::kBadData, std::string(what) + " is not valid JSON.", error.message());
  if (!value.is_object()) return fail(ErrorCode::kBadData, std::string(what) + " is not a JSON object.");
  return std::move(value.as_object());
}

std::string string_field(const json::object& fields, std::string_view name) {
  const json::value* const field = fields.if_contains(name);
  const json::string* const text = field == nullptr ? nullptr : field->if_string();
  return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

const json::object* object_field(const json::object& fields, std::string_view name) {
  const json::value* const field = fields.if_contains(name);
  return field == nullptr ? nullptr : field->if_object();
}

}  // namespace vat::tts
