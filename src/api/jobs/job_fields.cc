#include "api/jobs/job_fields.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "api/webhooks/webhook_url.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/text.h"
#include "pipeline/options_json.h"
#include "uploads/file_label.h"

namespace vat::api {
namespace {

constexpr std::size_t kMaxTitle = 255;  // code points
constexpr std::size_t kMaxTitleBytes = kMaxTitle * 4;
constexpr std::size_t kMaxUrlBytes = 2048;
constexpr std::array<std::string_view, 4> kOwnFields = {"options", "title", "priority", "webhook_url"};

bool is_own(std::string_view name) {
  return std::find(kOwnFields.begin(), kOwnFields.end(), name) != kOwnFields.end();
}

std::vector<std::string_view> all_names() {
  std::vector<std::string_view> names = pipeline::option_names();
  names.insert(names.end(), kOwnFields.begin(), kOwnFields.end());
  names.push_back("file");
  return names;
}

const std::string* find(const FormFields& fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
  return found == fields.end() ? nullptr : &found->second;
}

/// Each separately, in any order: a value may be invalid only as long as another is not set.
Result<> set_options(const FormFields& fields, pipeline::JobOptions& options) {
  std::vector<const std::pair<std::string, std::string>*> left;
  for (const auto& field : fields)
    if (!is_own(field.first)) left.push_back(&field);
  while (!left.empty()) {
    const std::size_t before = left.size();
    Result<> first_failure;
    std::erase_if(left, [&](const auto* field) {
      const Result<bool> set = pipeline::set_option(options, field->first, field->second);
      if (!set && first_failure) first_failure = fail(set.error());
      return set.has_value();
    });
    if (left.size() == before) return first_failure;
  }
  return {};
}

Result<int> read_priority(const std::string& text) {
  const std::optional<int> priority = parse_number<int>(text, kMinPriority, kMaxPriority);
  if (!priority) return fail_field("priority", "The priority must be a whole number from -10 to 10.");
  return *priority;
}

/// Title, priority and address, as read_own_members() reads them from JSON.
Result<> read_own(const Services& services, const FormFields& fields, JobRequest& wanted) {
  if (const std::string* title = find(fields, "title")) wanted.title = uploads::clean_title(*title);
  if (const std::string* priority = find(fields, "priority"); priority != nullptr && !priority->empty()) {
    VAT_ASSIGN(wanted.priority, read_priority(*priority));
  }
  if (const std::string* url = find(fields, "webhook_url"); url != nullptr && !url->empty()) {
    VAT_TRY(check_webhook_url(*url, services.allow_private_webhooks, "webhook_url"));
    wanted.webhook_url = *url;
  }
  return {};
}

}  // namespace

Result<std::optional<std::string>> read_title(JsonFields& fields) {
  VAT_ASSIGN(std::optional<std::string> title, fields.text("title", {.max = kMaxTitleBytes}));
  if (title && code_points(*title) > kMaxTitle)
    return fail(fields.wrong("title", "The title is longer than 255 characters."));
  if (!title || trim(*title).empty()) return std::optional<std::string>();
  return std::optional<std::string>(trim(*title));
}

Result<> read_own_members(const Services& services, JsonFields& fields, JobRequest& wanted) {
  VAT_ASSIGN(std::optional<std::string> title, read_title(fields));
  if (title) wanted.title = std::move(*title);
  VAT_ASSIGN(const std::optional<std::int64_t> priority,
             fields.integer("priority", kMinPriority, kMaxPriority));
  wanted.priority = static_cast<int>(priority.value_or(wanted.priority));
  VAT_ASSIGN(std::optional<std::string> url, fields.text("webhook_url", {.max = kMaxUrlBytes}));
  if (url && !url->empty()) {
    VAT_TRY(check_webhook_url(*url, services.allow_private_webhooks, "webhook_url"));
    wanted.webhook_url = std::move(*url);
  }
  return {};
}

Result<JobRequest> job_request_from_json(const Services& services, JsonFields& fields) {
  JobRequest wanted;
  VAT_ASSIGN(const std::optional<std::string> options, fields.object("options"));
  VAT_ASSIGN(wanted.options, read_options(options.value_or(""), services.defaults));
  VAT_TRY(read_own_members(services, fields, wanted));
  return wanted;
}

Result<> check_job_field(const std::string& name) {
  const std::vector<std::string_view> names = all_names();
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  const std::string shown = to_utf8(std::string_view(name).substr(0, kMaxShownBytes));
  const std::string_view meant = nearest(shown, names);
  return fail_field(shown, "There is no field \"" + shown + "\" in this form" +
                               (meant.empty() ? "." : "; did you mean " + std::string(meant) + "?"));
}

Result<JobRequest> job_request_from_form(const Services& services, const FormFields& fields) {
  VAT_TRY(refuse_repeated(fields));
  JobRequest wanted;
  const std::string* const json = find(fields, "options");
  VAT_ASSIGN(wanted.options, read_options(json == nullptr ? std::string_view() : *json, services.defaults));
  VAT_TRY(set_options(fields, wanted.options));
  VAT_TRY(read_own(services, fields, wanted));
  return wanted;
}

Result<pipeline::JobOptions> read_options(std::string_view json, const pipeline::JobOptions& before) {
  Result<pipeline::JobOptions> options = pipeline::job_options_from_json(json.empty() ? "{}" : json, before);
  if (options) return options;
  Error error = std::move(options).error();
  error.field = error.field.empty() ? "options" : "options." + error.field;
  return fail(std::move(error));
}

std::string asked_text(const JobRequest& wanted) {
  std::string asked = pipeline::to_json(wanted.options) + "\n" + wanted.title + "\n" +
                      std::to_string(wanted.priority) + "\n" + wanted.webhook_url;
  for (const uploads::ReceivedFile& file : wanted.files)
    asked += "\n" + file.upload.fingerprint + " " + file.upload.filename;
  return asked;
}

}  // namespace vat::api
