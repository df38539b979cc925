// The speakers of a transcript: listed, renamed, merged, and taken from an RTTM file.
#include <algorithm>
#include <functional>
#include <utility>

#include "api/common/handler.h"
#include "api/common/json_fields.h"
#include "api/routes.h"
#include "api/transcripts/long_transcripts.h"
#include "base/text.h"
#include "domain/attribution.h"
#include "domain/speaker_edits.h"
#include "http/content.h"
#include "subtitles/rttm.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t kMaxSpeakerId = 32;
constexpr std::size_t kLargeTurns = 1U << 20U;
/// Edits of others may come in between; each attempt is on top of the newest.
constexpr int kAttempts = 5;

std::string speakers_json(const StoredTranscript& stored) {
  const Transcript& transcript = stored.transcript;
  const std::vector<SpeakerShare> shares = speaker_shares(transcript);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("revision").integer(stored.revision.number);
  json.key("items").begin_array();
  for (std::size_t i = 0; i < shares.size(); ++i) {
    json.begin_object();
    json.key("id").string(transcript.speakers[i].id);
    json.key("name").string(transcript.speakers[i].name);
    json.key("label").string(speaker_label(transcript.speakers[i]));
    json.key("talking").number(to_seconds(shares[i].talking));
    json.key("segments").integer(static_cast<std::int64_t>(shares[i].segments));
    if (transcript.speakers[i].pitch > 0) json.key("pitch").number(transcript.speakers[i].pitch);
    json.key("sample").begin_object();
    json.key("start").number(to_seconds(shares[i].sample.start));
    json.key("end").number(to_seconds(shares[i].sample.end));
    json.end_object();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return body;
}

/// One member of a list, which must be there.
Result<std::string> required(JsonFields& fields, std::string_view name, std::size_t max) {
  VAT_ASSIGN(std::optional<std::string> text, fields.text(name, {.max = max}));
  if (!text) return fail(fields.missing(name));
  return *std::move(text);
}

struct Rename {
  std::string id;
  std::string name;
};
struct Merge {
  std::string from;
  std::string into;
};
struct SpeakerChanges {
  std::vector<Merge> merges;
  std::vector<Rename> renames;
};

Result<SpeakerChanges> read_changes(JsonFields& fields) {
  SpeakerChanges changes;
  VAT_ASSIGN(std::optional<std::vector<JsonFields>> merges, fields.objects("merge", kMaxSpeakers));
  VAT_ASSIGN(std::optional<std::vector<JsonFields>> renames, fields.objects("rename", kMaxSpeakers));
  VAT_TRY(fields.finish());
  if (!merges && !renames) return fail(fields.missing("rename"));
  if (!merges) merges.emplace();
  if (!renames) renames.emplace();
  for (JsonFields& item : *merges) {
    Merge& merge = changes.merges.emplace_back();
    VAT_ASSIGN(merge.from, required(item, "from", kMaxSpeakerId));
    VAT_ASSIGN(merge.into, required(item, "into", kMaxSpeakerId));
    VAT_TRY(item.finish());
  }
  for (JsonFields& item : *renames) {
    Rename& rename = changes.renames.emplace_back();
    VAT_ASSIGN(rename.id, required(item, "id", kMaxSpeakerId));
    VAT_ASSIGN(rename.name, required(item, "name", kMaxSpeakerName));
    VAT_TRY(item.finish());
  }
  return changes;
}

/// An unknown speaker is a wrong field of the request, whose path exists.
Result<> about(Result<> done, const char* field) {
  if (done || done.error().code != ErrorCode::kNotFound) return done;
  return fail_field(field, done.error().message);
}

Result<> apply(const SpeakerChanges& changes, Transcript& transcript) {
  for (const Merge& merge : changes.merges)
    VAT_TRY(about(merge_speakers(transcript, merge.from, merge.into), "merge"));
  for (const Rename& rename : changes.renames)
    VAT_TRY(about(rename_speaker(transcript, rename.id, rename.name), "rename"));
  return {};
}

/// A new revision that `change` makes of the newest one. Blocks.
template <class Change>
Result<Response> revise(const Services& services, const User& user, const Request& request, Change change) {
  const std::string& job_id = request.parameter("id");
  for (int attempt = 1;; ++attempt) {
    VAT_ASSIGN(StoredTranscript stored, services.transcripts.get(user.id, job_id));
    VAT_TRY(change(stored.transcript));
    Result<TranscriptRevision> saved =
        services.transcripts.edit(user.id, job_id, stored.revision.number, stored.transcript);
    if (!saved && saved.error().code == ErrorCode::kExists && attempt < kAttempts) continue;
    if (!saved) return fail(std::move(saved).error());
    stored.revision = *saved;
    return json_response(200, speakers_json(stored));
  }
}

using Work = std::function<Result<Response>()>;

/// Where transcripts of this length are worked on.
Answer in_its_pool(const Services& services, const User& user, const Request& request, bool large,
                   const Work& work) {
  auto is_long = [&] { return services.transcripts.is_long(user.id, request.parameter("id")); };
  VAT_CO_ASSIGN(const bool is_large, co_await services.pool.run(is_long));
  if (!large && !is_large) co_return co_await services.pool.run(work);
  auto large_work = [&] { return trimmed(work); };
  co_return co_await services.long_transcripts.run(large_work);
}

Answer list_speakers(const Services& services, const User& user, Request& request) {
  const Work work = [&]() -> Result<Response> {
    VAT_ASSIGN(const StoredTranscript stored, services.transcripts.get(user.id, request.parameter("id")));
    return json_response(200, speakers_json(stored));
  };
  co_return co_await in_its_pool(services, user, request, false, work);
}

Answer change_speakers(const Services& services, const User& user, Request& request, JsonFields& fields) {
  VAT_CO_ASSIGN(const SpeakerChanges changes, read_changes(fields));
  const Work work = [&] {
    return revise(services, user, request,
                  [&](Transcript& transcript) { return apply(changes, transcript); });
  };
  co_return co_await in_its_pool(services, user, request, false, work);
}

Answer put_turns(const Services& services, const User& user, Request& request) {
  std::string type = fold_case(to_utf8(request.header("Content-Type")));
  type.resize(std::min(type.find(';'), type.size()));
  if (trim(type) != "text/x-rttm")
    co_return fail(http_refusal(415, "Send the turns as text/x-rttm.", "Content-Type"));
  VAT_CO_ASSIGN(const std::string body,
                co_await request.body->read_all(services.limits.max_transcript_bytes));
  const Work work = [&]() -> Result<Response> {
    VAT_ASSIGN(const Job job, services.jobs.get(user.id, request.parameter("id")));
    VAT_ASSIGN(const subtitles::NamedTurns read, subtitles::read_rttm(body, job.title));
    return revise(services, user, request, [&](Transcript& transcript) -> Result<> {
      const Transcript before = transcript;
      attribute_speakers(transcript, read.turns, read.names);
      keep_pitches(transcript, before);
      return {};
    });
  };
  co_return co_await in_its_pool(services, user, request, body.size() > kLargeTurns, work);
}

}  // namespace

void add_speaker_routes(http::Router& router, const Services& services) {
  constexpr const char* kPath = "/api/v1/jobs/{id:uuid}/transcript/speakers";
  router.add(Method::kGet, kPath, route(services, list_speakers));
  router.add(Method::kPatch, kPath, json_route(services, change_speakers));
  router.add(Method::kPut, kPath, route(services, put_turns),
             {.max_body_bytes = services.limits.max_transcript_bytes});
}

}  // namespace vat::api
