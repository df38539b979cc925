#include "api/common/strict_json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <cstdint>
#include <exception>
#include <limits>
#include <string>

namespace vat::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxDepth = 32;

/// Builds the value and counts the members, because boost::json::parse silently lets the last of two equal
/// members win.
class Builder {
 public:
  // Required by basic_parser.
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  [[nodiscard]] json::value release() { return stack_.release(); }
  [[nodiscard]] std::size_t members() const { return members_; }

  bool on_document_begin(json::error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return true; }
  bool on_object_end(std::size_t count, json::error_code&) {
    members_ += count;
    stack_.push_object(count);
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t count, json::error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, json::string_view, json::error_code& error) {
    if (!std::isfinite(number)) {
      error = json::error::exponent_overflow;
      return false;
    }
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool value, json::error_code&) {
    stack_.push_bool(value);
    return true;
  }
  bool on_null(json::error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

 private:
  json::value_stack stack_;
  std::size_t members_ = 0;
};

/// Recursion is bounded by kMaxDepth.
std::size_t count_members(const json::value& value) {
  std::size_t count = 0;
  if (value.is_object()) {
    count += value.get_object().size();
    for (const auto& member : value.get_object()) count += count_members(member.value());
  } else if (value.is_array()) {
    for (const json::value& item : value.get_array()) count += count_members(item);
  }
  return count;
}

Error not_json(std::string_view why) {
  return {ErrorCode::kInvalidArgument, "The body is not valid JSON: " + std::string(why) + "."};
}

Result<json::value> parse_value(std::string_view text) {
  json::parse_options limits;
  limits.max_depth = kMaxDepth;
  json::basic_parser<Builder> parser(limits);
  json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (error == json::error::too_deep)
    return fail(not_json("it is nested deeper than " + std::to_string(kMaxDepth)));
  if (error) return fail(not_json(error.message() + " at byte " + std::to_string(read)));
  if (read < text.size()) return fail(not_json("extra data at byte " + std::to_string(read)));
  const std::size_t members = parser.handler().members();
  json::value value = parser.handler().release();
  if (count_members(value) != members) return fail(not_json("an object has a duplicate member"));
  return value;
}

}  // namespace

Result<json::value> parse_strict_json(std::string_view text) {
  try {
    return parse_value(text);
  } catch (const std::exception& exception) {
    // Out of memory, or a text beyond Boost.JSON's own limits.
    return fail(ErrorCode::kInvalidArgument, "The body cannot be read as JSON.", exception.what());
  }
}

}  // namespace vat::api
