// The subtitles of a transcript against their style: what breaches it, and what can be done.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "api/common/handler.h"
#include "api/common/query.h"
#include "api/routes.h"
#include "api/transcripts/long_transcripts.h"
#include "api/transcripts/read_transcript.h"
#include "pipeline/options_json.h"
#include "pipeline/result_files.h"
#include "subtitles/fixes.h"
#include "subtitles/shape.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;
using Fixes = std::vector<std::optional<subtitles::CueFix>>;

constexpr std::size_t kMaxPresetBytes = 64;
/// A change may make room for another.
constexpr int kMaxPasses = 4;

/// The newest revision, and its cues in a style.
struct Checked {
  StoredTranscript stored;
  subtitles::Preset preset;
  subtitles::ShapedCues shaped;
};

/// `preset`: empty for that of the job. Captions of sounds are not looked at.
Result<Checked> check_subtitles(const Services& services, const std::string& user_id,
                                const std::string& job_id, const std::string& preset) {
  VAT_ASSIGN(const Job job, services.jobs.get(user_id, job_id));
  VAT_ASSIGN(pipeline::JobOptions options, pipeline::job_options_from_stored_json(job.options));
  if (!preset.empty()) options.preset = preset;
  options.sounds = false;
  Checked checked;
  VAT_ASSIGN(checked.stored, services.transcripts.get(user_id, job_id));
  VAT_ASSIGN(checked.shaped, pipeline::shape_cues(checked.stored.transcript, options));
  VAT_ASSIGN(checked.preset, subtitles::find_preset(checked.shaped.preset));
  return checked;
}

void write_fix(JsonWriter& json, const std::optional<subtitles::CueFix>& fix) {
  if (!fix) return json.null();
  json.begin_object();
  json.key("kind").string(subtitles::fix_name(fix->kind));
  json.key("seconds").number(to_seconds(fix->moved));
  const bool shortens = fix->kind == subtitles::FixKind::kShorten;
  json.key("text").string_or_null(shortens ? fix->edited.text : "");
  json.end_object();
}

std::string checks_json(const Checked& checked, const Fixes& fixes) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("revision").integer(checked.stored.revision.number);
  json.key("preset").string(checked.shaped.preset);
  json.key("cues").integer(static_cast<std::int64_t>(checked.shaped.cues.size()));
  json.key("items").begin_array();
  for (std::size_t i = 0; i < checked.shaped.problems.size(); ++i) {
    const subtitles::CueProblem& problem = checked.shaped.problems[i];
    const subtitles::Cue& cue = checked.shaped.cues[problem.cue - 1];
    json.begin_object();
    json.key("cue").integer(static_cast<std::int64_t>(problem.cue));
    json.key("start").number(to_seconds(cue.start));
    json.key("end").number(to_seconds(cue.end));
    json.key("lines").strings(cue.lines);
    json.key("fault").string(subtitles::fault_name(problem.fault));
    json.key("measured").number(problem.measured);
    json.key("limit").number(problem.limit);
    json.key("message").string(subtitles::describe(problem));
    json.key("fix");
    write_fix(json, fixes[i]);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return body;
}

Result<> check_preset(const std::string& preset) {
  if (preset.empty()) return {};
  if (const auto found = subtitles::find_preset(preset); !found)
    return fail_field("preset", found.error().message);
  return {};
}

/// Runs work that shapes the transcript where it keeps nobody waiting.
template <class Work>
http::Task<Result<Response>> shape_on_pool(const Services& services, const std::string& user_id,
                                           const std::string& job_id, Work work) {
  auto is_long = [&] { return services.transcripts.is_long(user_id, job_id); };
  VAT_CO_ASSIGN(const bool is_large, co_await services.pool.run(is_long));
  if (!is_large) co_return co_await services.slow_pool.run(work);
  auto large_work = [&] { return trimmed(work); };
  co_return co_await services.long_transcripts.run(large_work);
}

Answer get_checks(const Services& services, const User& user, Request& request) {
  VAT_CO_ASSIGN(const std::string preset, query_text(request, "preset", kMaxPresetBytes));
  VAT_CO_TRY(check_preset(preset));
  const std::string& job_id = request.parameter("id");
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(const Checked checked, check_subtitles(services, user.id, job_id, preset));
    const Fixes fixes = subtitles::propose_fixes(checked.stored.transcript, checked.preset, checked.shaped);
    return json_response(200, checks_json(checked, fixes));
  };
  co_return co_await shape_on_pool(services, user.id, job_id, work);
}

/// Makes the changes for the named cues, or for all without names, and says how many there were.
std::size_t make_fixes(Checked& checked, const std::set<std::int64_t>& cues) {
  Transcript& transcript = checked.stored.transcript;
  std::size_t made = 0;
  for (int pass = 0; pass < kMaxPasses; ++pass) {
    const Fixes fixes = subtitles::propose_fixes(transcript, checked.preset, checked.shaped);
    std::set<std::size_t> touched;
    for (std::size_t i = 0; i < fixes.size(); ++i) {
      const auto cue = static_cast<std::int64_t>(checked.shaped.problems[i].cue);
      if (!fixes[i] || (!cues.empty() && !cues.contains(cue))) continue;
      const std::size_t segment = fixes[i]->segment;
      // Times of neighbours may depend on one another.
      if (touched.contains(segment) || (segment > 0 && touched.contains(segment - 1))) continue;
      transcript.segments[segment] = fixes[i]->edited;
      touched.insert(segment);
    }
    made += touched.size();
    // The numbers of the cues are others now.
    if (touched.empty() || !cues.empty()) break;
    checked.shaped = subtitles::shape(transcript, checked.preset);
  }
  return made;
}

Answer fix_subtitles(const Services& services, const User& user, Request& request, JsonFields& fields) {
  VAT_CO_ASSIGN(const auto named, fields.text("preset", {.max = kMaxPresetBytes}));
  const std::string preset = named.value_or("");
  VAT_CO_TRY(check_preset(preset));
  VAT_CO_ASSIGN(const auto cue, fields.integer("cue", 1, 1'000'000'000));
  VAT_CO_TRY(fields.finish());
  if (request.header("If-Match").empty())
    co_return fail(http_refusal(428, "Name the checked revision in If-Match.", "If-Match"));
  const std::string& job_id = request.parameter("id");
  auto work = [&]() -> Result<Response> {
    VAT_ASSIGN(Checked checked, check_subtitles(services, user.id, job_id, preset));
    const int number = checked.stored.revision.number;
    if (!names_revision(request.header("If-Match"), number)) return stale_revision(std::to_string(number));
    std::set<std::int64_t> cues;
    if (cue) cues.insert(*cue);
    if (make_fixes(checked, cues) == 0)
      return fail(ErrorCode::kExists, "Nothing was found that would mend these subtitles.");
    const auto saved = services.transcripts.edit(user.id, job_id, number, checked.stored.transcript);
    if (!saved && saved.error().code == ErrorCode::kExists) return stale_revision("another one");
    if (!saved) return fail(saved.error());
    return saved_response(*saved);
  };
  co_return co_await shape_on_pool(services, user.id, job_id, work);
}

}  // namespace

void add_subtitle_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/jobs/{id:uuid}/subtitles/checks", route(services, get_checks));
  router.add(Method::kPost, "/api/v1/jobs/{id:uuid}/subtitles/fixes",
             json_route(services, fix_subtitles, kMaxJsonBytes, true));
}

}  // namespace vat::api
