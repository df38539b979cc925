#include "pipeline/options_json.h"

#include <boost/json.hpp>
#include <exception>
#include <utility>

#include "base/json_writer.h"
#include "base/nearest.h"
#include "base/text.h"
#include "pipeline/option_table.h"

namespace vat::pipeline {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxOptionsBytes = 64U << 10U;
constexpr std::size_t kMaxDepth = 4;
constexpr std::size_t kMaxShownBytes = 60;  // bytes of an unknown name in a sentence

/// Whether the text comes from a user of the service or from to_json().
enum class Source { kUser, kStored };

const Option* find_option(std::string_view name, Source source) {
  for (const Option& option : option_table()) {
    if (option.name == name && (source == Source::kStored || !option.operators)) return &option;
  }
  return nullptr;
}

tl::unexpected<Error> unknown(std::string_view name) {
  const std::string shown = to_utf8(name.substr(0, kMaxShownBytes));
  const std::string_view meant = nearest(shown, option_names());
  return fail_field(shown, "A job has no option \"" + shown + "\"" +
                               (meant.empty() ? "." : "; did you mean " + std::string(meant) + "?"));
}

Result<> set_member(const json::key_value_pair& member, Source source, JobOptions& options) {
  const std::string_view name(member.key().data(), member.key().size());
  const Option* const option = find_option(name, source);
  if (option == nullptr) return unknown(name);
  VAT_TRY(option->from_json(member.value(), options));
  if (source == Source::kUser && option->check_of_user != nullptr) VAT_TRY(option->check_of_user(options));
  return {};
}

Result<JobOptions> parse(std::string_view text, const JobOptions& defaults, Source source) {
  if (text.size() > kMaxOptionsBytes)
    return fail(ErrorCode::kLimit, "The options of a job are longer than 64 KiB of JSON.");
  json::parse_options limits;
  limits.max_depth = kMaxDepth;
  json::error_code error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), error, {}, limits);
  if (error)
    return fail(ErrorCode::kInvalidArgument, "The options of a job are not valid JSON.", error.message());
  if (!value.is_object())
    return fail(ErrorCode::kInvalidArgument, "The options of a job must be one JSON object.");
  JobOptions options = defaults;
  for (const json::key_value_pair& member : value.get_object()) VAT_TRY(set_member(member, source, options));
  VAT_TRY(validate(options));
  return options;
}

/// Exceptions of Boost.JSON (out of memory) stop here.
Result<JobOptions> parse_safely(std::string_view text, const JobOptions& defaults, Source source) {
  try {
    return parse(text, defaults, source);
  } catch (const std::exception& exception) {
    return fail(ErrorCode::kInvalidArgument, "The options of a job cannot be read.", exception.what());
  }
}

/// With JsonWriter, which writes numbers in short form.
void write_value(JsonWriter& writer, const json::value& value) {
  switch (value.kind()) {
    case json::kind::bool_:
      writer.boolean(value.get_bool());
      break;
    case json::kind::int64:
      writer.integer(value.get_int64());
      break;
    case json::kind::double_:
      writer.number(value.get_double());
      break;
    case json::kind::string:
      writer.string({value.get_string().data(), value.get_string().size()});
      break;
    case json::kind::array:
      writer.array(value.get_array(), [&](const json::value& item) { write_value(writer, item); });
      break;
    case json::kind::object:
      writer.begin_object();
      for (const json::key_value_pair& member : value.get_object()) {
        writer.key({member.key().data(), member.key().size()});
        write_value(writer, member.value());
      }
      writer.end_object();
      break;
    default:
      writer.null();
  }
}

template <class Wanted>
std::string write_options(const JobOptions& options, Wanted wanted) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  for (const Option& option : option_table()) {
    if (!wanted(option)) continue;
    writer.key(option.name);
    write_value(writer, option.get(options));
  }
  writer.end_object();
  return text;
}

}  // namespace

Result<JobOptions> job_options_from_json(std::string_view json, const JobOptions& defaults) {
  return parse_safely(json, defaults, Source::kUser);
}

Result<JobOptions> job_options_from_stored_json(std::string_view json) {
  return parse_safely(json, {}, Source::kStored);
}

Result<bool> set_option(JobOptions& options, std::string_view name, std::string_view text) {
  const Option* const option = find_option(name, Source::kUser);
  if (option == nullptr) return false;
  JobOptions changed = options;
  VAT_TRY(option->from_text(text, changed));
  if (option->check_of_user != nullptr) VAT_TRY(option->check_of_user(changed));
  VAT_TRY(validate(changed));
  options = std::move(changed);
  return true;
}

std::string to_json(const JobOptions& options) {
  return write_options(options, [](const Option&) { return true; });
}

std::string to_public_json(const JobOptions& options) {
  return write_options(options, [&](const Option& option) {
    return !option.operators && (option.name != "model" || !names_file(options.choice));
  });
}

std::vector<std::string_view> option_names() {
  std::vector<std::string_view> names;
  for (const Option& option : option_table()) {
    if (!option.operators) names.push_back(option.name);
  }
  return names;
}

}  // namespace vat::pipeline
