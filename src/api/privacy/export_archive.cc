#include "api/privacy/export_archive.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <utility>

#include "api/jobs/job_json.h"
#include "archive/zip_stream.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "domain/transcript_json.h"

namespace vat::api {
namespace {

constexpr std::size_t kPieceBytes = 256U * 1024;
constexpr std::size_t kRowsAtOnce = 50;

/// An object that is still to be put into the archive.
struct WaitingFile {
  std::string name;
  std::string object_key;
  UtcTime time;
  bool compress = false;
};

bool is_text(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.starts_with("application/json") ||
         content_type == "application/x-subrip";
}

}  // namespace

struct ExportArchive::State {
  State(const Services& the_services, User the_user) : services(the_services), user(std::move(the_user)) {}

  const Services& services;
  const User user;
  archive::ZipStream zip;
  enum class Part { kAccount, kJobs, kUploads, kEnd, kFinished } part = Part::kAccount;
  std::string after;              ///< The id behind which the list goes on.
  std::deque<std::string> jobs;   ///< Ids, of one page.
  std::deque<WaitingFile> files;  ///< Of one job or one page of uploads.
  UniqueFd open;                  ///< The file that is being copied.
  std::uint64_t left = 0;         ///< Of it.
  std::shared_ptr<void> hold;

  Result<> step();
  Result<> copy_piece();
  Result<> begin_file();
  Result<> add_account();
  Result<> list_jobs();
  Result<> add_job(const std::string& id);
  Result<> add_shares(const Job& job, const std::string& folder);
  Result<> add_revisions(const Job& job, const std::string& folder);
  Result<> list_uploads();
};

Result<> ExportArchive::State::step() {
  if (open) return copy_piece();
  if (!files.empty()) return begin_file();
  if (!jobs.empty()) {
    const std::string id = std::exchange(jobs.front(), {});
    jobs.pop_front();
    return add_job(id);
  }
  switch (part) {
    case Part::kAccount:
      part = Part::kJobs;
      return add_account();
    case Part::kJobs:
      return list_jobs();
    case Part::kUploads:
      return list_uploads();
    case Part::kEnd:
      part = Part::kFinished;
      return zip.finish();
    case Part::kFinished:
      break;
  }
  return {};
}

Result<> ExportArchive::State::copy_piece() {
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(left, kPieceBytes)), '\0');
  const ssize_t got = ::read(open.get(), piece.data(), piece.size());
  if (got < 0 && errno == EINTR) return {};
  if (got <= 0 && left > 0) return fail(ErrorCode::kInternal, "A file became shorter while it was exported.");
  piece.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  left -= piece.size();
  VAT_TRY(zip.write(piece));
  if (left == 0) {
    open.reset();
    hold.reset();
  }
  return {};
}

Result<> ExportArchive::State::begin_file() {
  const WaitingFile file = std::move(files.front());
  files.pop_front();
  const Result<LocalObject> object = services.objects.get(file.object_key);
  if (!object && object.error().code == ErrorCode::kNotFound)
    return zip.add(file.name + ".missing.txt", "This file is no longer on the server.\n", file.time);
  if (!object) return fail(object.error());
  VAT_TRY(zip.begin(file.name, object->size, file.compress, file.time));
  if (object->size == 0) return {};
  open = UniqueFd(::open(object->path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!open) return fail(system_error(errno, "read", object->path.string()));
  left = object->size;
  hold = object->hold;
  return {};
}

Result<> ExportArchive::State::add_account() {
  VAT_ASSIGN(const User whole, services.users.get(user.id));
  VAT_ASSIGN(const std::vector<CountedLabel> labels, services.labels.list(user.id));
  VAT_ASSIGN(const std::vector<ApiKey> keys, services.users.keys(user.id));
  VAT_ASSIGN(const std::vector<Webhook> webhooks, services.webhooks.list(user.id));
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("id").string(whole.id);
  json.key("name").string(whole.name);
  json.key("email").string_or_null(whole.email);
  json.key("created_at").string(to_rfc3339(whole.created_at));
  json.key("keys").array(keys, [&](const ApiKey& key) {
    json.begin_object();
    json.key("id").string(key.id);
    json.key("name").string(key.name);
    json.key("prefix").string(key.prefix);
    json.key("created_at").string(to_rfc3339(key.created_at));
    json.key("last_used_at").string_or_null(to_rfc3339(key.last_used_at));
    json.key("expires_at").string_or_null(to_rfc3339(key.expires_at));
    json.end_object();
  });
  json.key("webhooks").array(webhooks, [&](const Webhook& webhook) {
    json.begin_object();
    json.key("id").string(webhook.id);
    json.key("url").string(webhook.url);
    json.key("events").strings(webhook.events);
    json.key("created_at").string(to_rfc3339(webhook.created_at));
    json.end_object();
  });
  json.key("labels").array(labels, [&](const CountedLabel& label) { write_label(json, label); });
  json.end_object();
  VAT_TRY(zip.add("account.json", body, utc_now()));
  VAT_ASSIGN(const std::string lexicon, services.lexicons.lexicon(user.id));
  if (!lexicon.empty()) VAT_TRY(zip.add("lexicon.txt", lexicon, utc_now()));
  VAT_ASSIGN(const std::string preferences, services.preferences.preferences(user.id));
  if (preferences != "{}") VAT_TRY(zip.add("preferences.json", preferences, utc_now()));
  const Result<Picture> picture = services.users.picture(user.id);
  if (!picture) return picture.error().code == ErrorCode::kNotFound ? Result<>{} : fail(picture.error());
  return zip.add("picture." + picture->content_type.substr(picture->content_type.find('/') + 1),
                 picture->bytes, utc_now());
}

Result<> ExportArchive::State::list_jobs() {
  JobFilter filter;
  filter.after_id = after;
  filter.limit = kRowsAtOnce;
  VAT_ASSIGN(const JobPage page, services.jobs.list(user.id, filter));
  for (const Job& job : page.jobs) jobs.push_back(job.id);
  if (!page.jobs.empty()) after = page.jobs.back().id;
  if (page.more) return {};
  part = Part::kUploads;
  after.clear();
  return {};
}

Result<> ExportArchive::State::add_job(const std::string& id) {
  const Result<Job> job = services.jobs.get(user.id, id);
  // Removed in the meantime.
  if (!job && job.error().code == ErrorCode::kNotFound) return {};
  if (!job) return fail(job.error());
  VAT_ASSIGN(const JobDetails details, find_details(services, *job));
  VAT_ASSIGN(std::vector<Artifact> made, services.jobs.artifacts(user.id, id));
  const std::string folder = "jobs/" + id + "/";
  VAT_TRY(zip.add(folder + "job.json", job_json(*job, details), job->updated_at));
  if (!job->input_text.empty()) VAT_TRY(zip.add(folder + "text.txt", job->input_text, job->created_at));
  for (Artifact& file : made)
    files.push_back({.name = folder + "files/" + file.name,
                     .object_key = std::move(file.object_key),
                     .time = file.created_at,
                     .compress = is_text(file.content_type)});
  VAT_TRY(add_shares(*job, folder));
  return add_revisions(*job, folder);
}

Result<> ExportArchive::State::add_shares(const Job& job, const std::string& folder) {
  const Result<std::vector<Share>> shares = services.shares.list(user.id, job.id);
  if (!shares && shares.error().code == ErrorCode::kNotFound) return {};
  if (!shares) return fail(shares.error());
  if (shares->empty()) return {};
  std::string body;
  JsonWriter json(body);
  json.array(*shares, [&](const Share& share) {
    json.begin_object();
    json.key("id").string(share.id);
    json.key("recording").boolean(share.with_recording);
    json.key("created_at").string(to_rfc3339(share.created_at));
    json.key("expires_at").string_or_null(to_rfc3339(share.expires_at));
    json.end_object();
  });
  return zip.add(folder + "shares.json", body, job.updated_at);
}

Result<> ExportArchive::State::add_revisions(const Job& job, const std::string& folder) {
  const auto revisions = services.transcripts.revisions(user.id, job.id);
  if (!revisions && revisions.error().code == ErrorCode::kNotFound) return {};
  if (!revisions) return fail(revisions.error());
  for (const auto& revision : *revisions) {
    const auto stored = services.transcripts.get(user.id, job.id, revision.number);
    if (!stored && stored.error().code == ErrorCode::kNotFound) continue;
    if (!stored) return fail(stored.error());
    VAT_TRY(zip.add(folder + "transcript-" + std::to_string(revision.number) + ".json",
                    to_json(stored->transcript), revision.created_at));
  }
  return {};
}

Result<> ExportArchive::State::list_uploads() {
  VAT_ASSIGN(const std::vector<Upload> page, services.uploads.list(user.id, after, kRowsAtOnce));
  for (const Upload& upload : page) {
    if (upload.object_key.empty()) continue;
    files.push_back({.name = "recordings/" + upload.id + "/" + upload.filename,
                     .object_key = upload.object_key,
                     .time = upload.created_at,
                     .compress = false});
  }
  if (!page.empty()) after = page.back().id;
  if (page.size() < kRowsAtOnce) part = Part::kEnd;
  return {};
}

ExportArchive::ExportArchive(const Services& services, User user)
    : state_(std::make_unique<State>(services, std::move(user))) {}
ExportArchive::~ExportArchive() = default;

Result<std::string> ExportArchive::next() {
  std::string made;
  while (made.size() < kPieceBytes && state_->part != State::Part::kFinished) {
    VAT_TRY(state_->step());
    made += state_->zip.take();
  }
  return made;
}

}  // namespace vat::api
