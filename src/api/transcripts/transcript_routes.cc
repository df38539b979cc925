#include <algorithm>
#include <utility>

#include "api/common/cursor.h"
#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/jobs/job_json.h"
#include "api/routes.h"
#include "api/transcripts/long_transcripts.h"
#include "api/transcripts/read_transcript.h"
#include "api/transcripts/transcript_edit.h"
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

constexpr std::size_t kMaxSearchBytes = 1000;
constexpr std::size_t kMaxHits = 1000;         // TranscriptStore::search(): offset and limit together
constexpr std::size_t kLargeEdit = 1U << 20U;  // bytes that take longer to process than a database query
constexpr char kHitBegins = '\x02';
constexpr char kHitEnds = '\x03';

enum class EditType { kJson, kSubtitles, kUnknown };

EditType edit_type(const Request& request) {
  if (has_json_body(request)) return EditType::kJson;
  std::string type = fold_case(to_utf8(request.header("Content-Type")));
  type.resize(std::min(type.find(';'), type.size()));
  const std::string_view media = trim(type);
  return media == "text/vtt" || media == "application/x-subrip" ? EditType::kSubtitles : EditType::kUnknown;
}

/// Blocks. Reads the edit over the newest revision and saves it.
Result<Response> save_edit(const Services& services, const User& user, const Request& request, EditType type,
                           std::string body) {
  const std::string& job_id = request.parameter("id");
  VAT_ASSIGN(const StoredTranscript newest, services.transcripts.get(user.id, job_id));
  const std::string number = std::to_string(newest.revision.number);
  if (!names_revision(request.header("If-Match"), newest.revision.number)) return stale_revision(number);
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
  if (!saved && saved.error().code == ErrorCode::kExists) return stale_revision("another one");
  if (!saved) return fail(saved.error());
  return saved_response(*saved);
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

Answer get_transcript(const Services& services, const User& user, Request& request) {
  return transcript_answer(services, request, {.user_id = user.id, .job_id = request.parameter("id")});
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
