#include <algorithm>
#include <utility>

#include "api/common/cursor.h"
#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/jobs/job_json.h"
#include "api/routes.h"
#include "api/transcripts/long_transcripts.h"
#include "api/transcripts/transcript_edit.h"
#include "api/transcripts/transcript_file.h"
#include "base/file_name.h"
#include "base/number.h"
#include "base/text.h"
#include "http/content.h"
#include "pipeline/options_json.h"
#include "pipeline/result_files.h"
#include "subtitles/formats.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::int64_t kMaxRevisions = 1'000'000'000;
constexpr std::size_t kMaxSearchBytes = 1000;
constexpr std::size_t kMaxHits = 1000;         // TranscriptStore::search(): offset and limit together
constexpr std::size_t kLargeEdit = 1U << 20U;  // bytes that take longer to process than a database query
constexpr char kHitBegins = '\x02';
constexpr char kHitEnds = '\x03';

constexpr const char* kFormats = "text, SRT, WebVTT, JSON, TSV, CSV, LRC, Markdown, DOCX or RTTM";

std::string_view media_range(subtitles::Format format) {
  const std::string_view type = subtitles::media_type(format);
  return type.substr(0, std::min(type.find(';'), type.size()));
}

/// By `format`, else by Accept, else JSON. Empty: the client accepts none of them.
Result<std::optional<subtitles::Format>> choose_format(const Request& request) {
  if (const auto named = request.query_value("format")) {
    Result<subtitles::Format> format = subtitles::parse_format(*named);
    if (!format) return fail_field("format", std::move(format).error().message);
    return *format;
  }
  if (request.header("Accept").empty()) return subtitles::Format::kJson;
  // The first wins among equally preferred ones.
  std::vector<subtitles::Format> formats = {subtitles::Format::kJson};
  for (const subtitles::Format format : subtitles::all_formats()) {
    if (format != subtitles::Format::kJson) formats.push_back(format);
  }
  std::vector<std::string_view> offered;
  for (const subtitles::Format format : formats) offered.push_back(media_range(format));
  const std::string_view chosen = http::choose_media_type(request.header("Accept"), offered);
  const auto found = std::find(offered.begin(), offered.end(), chosen);
  if (chosen.empty() || found == offered.end()) return std::nullopt;
  return formats.at(static_cast<std::size_t>(found - offered.begin()));
}

struct Representation {
  subtitles::Format format = subtitles::Format::kJson;
  std::optional<int> revision;
  std::string preset;
};

/// The tag of a revision in one format: representations of one URL may not share a tag (RFC 9110, section
/// 8.8.3). An edit names the revision by any of them, or by the number alone.
std::string entity_tag(int revision, const Representation& wanted) {
  std::string tag =
      "\"" + std::to_string(revision) + "-" + std::string(subtitles::format_name(wanted.format));
  if (!wanted.preset.empty()) tag += "-" + wanted.preset;
  return tag + "\"";
}

Result<Response> read_transcript(const Services& services, const User& user, const Request& request,
                                 const Representation& wanted) {
  VAT_ASSIGN(const Job job, services.jobs.get(user.id, request.parameter("id")));
  VAT_ASSIGN(const StoredTranscript stored, services.transcripts.get(user.id, job.id, wanted.revision));
  const std::string tag = entity_tag(stored.revision.number, wanted);
  Response response;
  if (http::etag_matches(request.header("If-None-Match"), tag)) {
    response = http::empty_response(304);
  } else {
    VAT_ASSIGN(TranscriptFile file, transcript_file(job, stored.transcript, wanted.format, wanted.preset));
    response =
        http::text_response(200, std::string(subtitles::media_type(wanted.format)), std::move(file.bytes));
    response.set("Content-Disposition", http::content_disposition("inline", file.name));
  }
  response.set("ETag", tag).set("Vary", "Accept").set("Cache-Control", "private, no-cache");
  return response;
}

Answer get_transcript(const Services& services, const User& user, Request& request) {
  Representation wanted;
  VAT_CO_ASSIGN(const std::optional<subtitles::Format> format, choose_format(request));
  if (!format)
    co_return fail(
        http_refusal(406, std::string("A transcript is available as ") + kFormats + ".", "Accept"));
  wanted.format = *format;
  VAT_CO_ASSIGN(const std::optional<std::int64_t> revision,
                query_integer(request, "revision", 1, kMaxRevisions));
  if (revision) wanted.revision = static_cast<int>(*revision);
  VAT_CO_ASSIGN(wanted.preset, query_text(request, "preset", 64));
  if (!wanted.preset.empty()) {
    if (const auto preset = subtitles::find_preset(wanted.preset); !preset)
      co_return fail_field("preset", preset.error().message);
  }
  auto work = [&] { return read_transcript(services, user, request, wanted); };
  auto is_long = [&] { return services.transcripts.is_long(user.id, request.parameter("id")); };
  VAT_CO_ASSIGN(const bool is_large, co_await services.pool.run(is_long));
  if (!is_large) co_return co_await services.pool.run(work);
  auto large_work = [&] { return trimmed([&] { return in_a_file(services, work()); }); };
  co_return co_await services.long_transcripts.run(large_work);
}

/// Whether If-Match names the revision: `*`, "3", or "3-srt", in a list with commas (RFC 9110,
/// section 13.1.1).
bool names_revision(std::string_view field, int revision) {
  while (!field.empty()) {
    std::string_view tag = trim(take_part(field, ','));
    if (tag == "*") return true;
    // A compressed response has a weak tag. Its number is just as good: the number is compared, not the
    // bytes.
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() < 3 || !tag.starts_with('"') || !tag.ends_with('"')) continue;
    tag = tag.substr(1, tag.size() - 2);
    const auto number = take_number<int>(tag);
    const bool whole = tag.empty() || tag.front() == '-';
    if (whole && number == revision) return true;
  }
  return false;
}

enum class EditType { kJson, kSubtitles, kUnknown };

EditType edit_type(const Request& request) {
  if (has_json_body(request)) return EditType::kJson;
  std::string type = fold_case(to_utf8(request.header("Content-Type")));
  type.resize(std::min(type.find(';'), type.size()));
  const std::string_view media = trim(type);
  return media == "text/vtt" || media == "application/x-subrip" ? EditType::kSubtitles : EditType::kUnknown;
}

void write_revision(JsonWriter& json, const TranscriptRevision& revision) {
  json.begin_object();
  json.key("number").integer(revision.number);
  json.key("edited").boolean(revision.edited);
  json.key("created_at").string(to_rfc3339(revision.created_at));
  json.end_object();
}

tl::unexpected<Error> stale(const std::string& newest) {
  return fail(
      http_refusal(412, "The transcript has changed; its newest revision is " + newest + ".", "If-Match"));
}

/// Blocks. Reads the edit over the newest revision and saves it.
Result<Response> save_edit(const Services& services, const User& user, const Request& request, EditType type,
                           std::string body) {
  const std::string& job_id = request.parameter("id");
  VAT_ASSIGN(const StoredTranscript newest, services.transcripts.get(user.id, job_id));
  const std::string number = std::to_string(newest.revision.number);
  if (!names_revision(request.header("If-Match"), newest.revision.number)) return stale(number);
  Transcript edited;
  if (type == EditType::kJson) {
    VAT_ASSIGN(JsonFields fields, JsonFields::parse(body));
    body = {};
    VAT_ASSIGN(edited, transcript_from_edit(fields, newest.transcript));
  } else {
    VAT_ASSIGN(edited, transcript_from_subtitles(body, newest.transcript));
  }
  const Result<TranscriptRevision> saved =
      services.transcripts.edit(user.id, job_id, newest.revision.number, edited);
  // Another edit was saved in between.
  if (!saved && saved.error().code == ErrorCode::kExists) return stale("another one");
  if (!saved) return fail(saved.error());
  std::string answer;
  JsonWriter json(answer);
  write_revision(json, *saved);
  Response response = json_response(200, std::move(answer));
  response.set("ETag", entity_tag(saved->number, {}));
  return response;
}

Answer put_transcript(const Services& services, const User& user, Request& request) {
  const EditType type = edit_type(request);
  if (type == EditType::kUnknown)
    co_return fail(http_refusal(
        415, "Send the transcript as application/json, text/vtt or application/x-subrip.", "Content-Type"));
  if (request.header("If-Match").empty())
    co_return fail(http_refusal(428, "Name the edited revision in If-Match.", "If-Match"));
  VAT_CO_ASSIGN(std::string body, co_await request.body->read_all(services.limits.max_transcript_bytes));
  auto is_long = [&] { return services.transcripts.is_long(user.id, request.parameter("id")); };
  VAT_CO_ASSIGN(const bool was_large, co_await services.pool.run(is_long));
  const bool is_large = was_large || body.size() > kLargeEdit;
  auto work = [&] { return save_edit(services, user, request, type, std::move(body)); };
  if (!is_large) co_return co_await services.pool.run(work);
  co_return co_await services.long_transcripts.run([&] { return trimmed(work); });
}

Answer list_revisions(const Services& services, const User& user, Request& request) {
  auto work = [&] { return services.transcripts.revisions(user.id, request.parameter("id")); };
  VAT_CO_ASSIGN(const std::vector<TranscriptRevision> revisions, co_await services.pool.run(work));
  co_return list_response(revisions, write_revision);
}

void write_fragment(JsonWriter& json, std::string_view text, bool match) {
  if (text.empty()) return;
  json.begin_object();
  json.key("text").string(text);
  json.key("match").boolean(match);
  json.end_object();
}

/// The snippet in pieces, so that clients need not search for marks in arbitrary text.
void write_snippet(JsonWriter& json, std::string_view snippet) {
  json.begin_array();
  bool match = false;
  while (!snippet.empty()) {
    const std::size_t end = std::min(snippet.find(match ? kHitEnds : kHitBegins), snippet.size());
    write_fragment(json, snippet.substr(0, end), match);
    snippet.remove_prefix(std::min(end + 1, snippet.size()));
    match = !match;
  }
  json.end_array();
}

std::string hits_json(const std::vector<SearchHit>& hits, std::optional<std::size_t> next) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("items").begin_array();
  for (const SearchHit& hit : hits) {
    json.begin_object();
    json.key("job_id").string(hit.job_id);
    json.key("title").string(hit.title);
    json.key("start").number(to_seconds(hit.start));
    json.key("end").number(to_seconds(hit.end));
    json.key("snippet");
    write_snippet(json, hit.snippet);
    json.end_object();
  }
  json.end_array();
  json.key("next_cursor").string_or_null(next ? offset_cursor(*next) : "");
  json.end_object();
  return body;
}

Answer search(const Services& services, const User& user, Request& request) {
  VAT_CO_ASSIGN(const std::string words, query_text(request, "q", kMaxSearchBytes));
  if (trim(words).empty()) co_return fail_field("q", "The parameter q must contain the words to find.");
  VAT_CO_ASSIGN(const std::size_t limit, query_limit(request));
  std::size_t offset = 0;
  if (const auto cursor = request.query_value("cursor")) {
    VAT_CO_ASSIGN(offset, read_offset_cursor(*cursor, kMaxHits));
  }
  // One more than requested tells whether there is another page.
  const std::size_t max = std::min(limit + 1, kMaxHits - offset);
  auto work = [&] { return services.transcripts.search(user.id, words, offset, max); };
  VAT_CO_ASSIGN(std::vector<SearchHit> hits, co_await services.pool.run(work));
  std::optional<std::size_t> next;
  if (hits.size() > limit) {
    hits.resize(limit);
    next = offset + limit;
  }
  co_return json_response(200, hits_json(hits, next));
}

}  // namespace

void add_transcript_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/transcript", route(services, get_transcript));
  router.add(Method::kPut, "/api/v1/jobs/{id:uuid}/transcript", route(services, put_transcript),
             {.max_body_bytes = services.limits.max_transcript_bytes});
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/transcript/revisions", route(services, list_revisions));
  router.add(Method::kGet, "/api/v1/search", route(services, search));
}

}  // namespace vat::api
