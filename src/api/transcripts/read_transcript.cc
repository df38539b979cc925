#include "api/transcripts/read_transcript.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "api/common/query.h"
#include "api/transcripts/long_transcripts.h"
#include "api/transcripts/transcript_file.h"
#include "base/number.h"
#include "base/text.h"
#include "http/content.h"

namespace vat::api {
namespace {

using http::Request;
using http::Response;

constexpr std::int64_t kMaxRevisions = 1'000'000'000;
constexpr std::int64_t kMinLineLength = 10;
constexpr std::int64_t kMaxLineLength = 120;
constexpr std::int64_t kMaxLines = 4;
constexpr std::int64_t kMaxPause = 60;  // seconds
constexpr std::int64_t kMaxSegmentsAsked = 1'000'000;
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

/// What is said in it, and nothing of how that came about.
Transcript for_others(Transcript transcript) {
  Transcript shown;
  shown.language = std::move(transcript.language);
  shown.duration = transcript.duration;
  shown.segments = std::move(transcript.segments);
  shown.sounds = std::move(transcript.sounds);
  return shown;
}

Result<Response> read_transcript(const Services& services, const Request& request,
                                 const TranscriptReading& reading, const Representation& wanted) {
  VAT_ASSIGN(const Job job, services.jobs.get(reading.user_id, reading.job_id));
  VAT_ASSIGN(StoredTranscript stored, services.transcripts.get(reading.user_id, job.id, wanted.revision));
  const std::string tag = entity_tag(stored.revision.number, wanted);
  Response response;
  if (http::etag_matches(request.header("If-None-Match"), tag)) {
    response = http::empty_response(304);
  } else {
    if (reading.shared) stored.transcript = for_others(std::move(stored.transcript));
    VAT_ASSIGN(TranscriptFile file, transcript_file(job, stored.transcript, wanted.format, wanted.look));
    response =
        http::text_response(200, std::string(subtitles::media_type(wanted.format)), std::move(file.bytes));
    response.set("Content-Disposition", http::content_disposition("inline", file.name));
  }
  response.set("ETag", tag).set("Vary", "Accept");
  response.set("Cache-Control", reading.shared ? "no-store" : "private, no-cache");
  return response;
}

Result<std::optional<bool>> query_choice(const Request& request, std::string_view name) {
  if (!request.query_value(name)) return std::optional<bool>();
  VAT_ASSIGN(const bool chosen, query_flag(request, name));
  return std::make_optional(chosen);
}

Result<std::optional<std::size_t>> query_count(const Request& request, std::string_view name,
                                               std::int64_t min, std::int64_t max) {
  VAT_ASSIGN(const std::optional<std::int64_t> count, query_integer(request, name, min, max));
  return count ? std::make_optional(static_cast<std::size_t>(*count)) : std::nullopt;
}

Result<TranscriptLook> read_look(const Request& request) {
  TranscriptLook look;
  VAT_ASSIGN(look.preset, query_text(request, "preset", 64));
  if (const auto preset = subtitles::find_preset(look.preset); !look.preset.empty() && !preset)
    return fail_field("preset", preset.error().message);
  VAT_ASSIGN(look.line_length, query_count(request, "line_length", kMinLineLength, kMaxLineLength));
  VAT_ASSIGN(look.lines, query_count(request, "lines", 1, kMaxLines));
  VAT_ASSIGN(const auto pause, query_integer(request, "paragraph_seconds", 1, kMaxPause));
  if (pause) look.paragraph_pause = std::chrono::seconds(*pause);
  VAT_ASSIGN(look.sounds, query_choice(request, "sounds"));
  VAT_ASSIGN(const std::optional<bool> speakers, query_choice(request, "speakers"));
  look.speakers = speakers.value_or(true);
  VAT_ASSIGN(const std::optional<bool> times, query_choice(request, "times"));
  look.times = times.value_or(true);
  VAT_ASSIGN(look.max_segments, query_count(request, "max_segments", 1, kMaxSegmentsAsked));
  return look;
}

/// `revision` is not for those to whom the transcript was given: it may have been edited for them.
Result<Representation> read_wishes(const Request& request, subtitles::Format format, bool shared) {
  Representation wanted{.format = format};
  VAT_ASSIGN(const std::optional<std::int64_t> revision,
             query_integer(request, "revision", 1, kMaxRevisions));
  if (revision && !shared) wanted.revision = static_cast<int>(*revision);
  VAT_ASSIGN(wanted.look, read_look(request));
  return wanted;
}

}  // namespace

std::string entity_tag(int revision, const Representation& wanted) {
  std::string tag =
      "\"" + std::to_string(revision) + "-" + std::string(subtitles::format_name(wanted.format));
  if (const std::string look = name_of(wanted.look); !look.empty()) tag += "-" + look;
  return tag + "\"";
}

Answer transcript_answer(const Services& services, const Request& request, TranscriptReading reading) {
  VAT_CO_ASSIGN(const std::optional<subtitles::Format> format, choose_format(request));
  if (!format)
    co_return fail(
        http_refusal(406, std::string("A transcript is available as ") + kFormats + ".", "Accept"));
  VAT_CO_ASSIGN(const Representation wanted, read_wishes(request, *format, reading.shared));
  auto work = [&] { return read_transcript(services, request, reading, wanted); };
  auto is_long = [&] { return services.transcripts.is_long(reading.user_id, reading.job_id); };
  VAT_CO_ASSIGN(const bool is_large, co_await services.pool.run(is_long));
  if (!is_large) co_return co_await services.pool.run(work);
  auto large_work = [&] { return trimmed([&] { return in_a_file(services, work()); }); };
  co_return co_await services.long_transcripts.run(large_work);
}

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

tl::unexpected<Error> stale_revision(const std::string& newest) {
  return fail(
      http_refusal(412, "The transcript has changed; its newest revision is " + newest + ".", "If-Match"));
}

void write_revision(JsonWriter& json, const TranscriptRevision& revision) {
  json.begin_object();
  json.key("number").integer(revision.number);
  json.key("edited").boolean(revision.edited);
  json.key("created_at").string(to_rfc3339(revision.created_at));
  json.end_object();
}

http::Response saved_response(const TranscriptRevision& saved) {
  Response response = item_response(200, saved, write_revision);
  response.set("ETag", entity_tag(saved.number, {}));
  return response;
}

}  // namespace vat::api
