// The transcripts of several jobs as one ZIP archive, made while it is read.
#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <utility>

#include "api/common/handler.h"
#include "api/common/piece_stream.h"
#include "api/common/query.h"
#include "api/routes.h"
#include "api/transcripts/transcript_file.h"
#include "archive/zip_stream.h"
#include "base/text.h"
#include "base/uuid.h"
#include "http/content.h"

namespace vat::api {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::size_t kMaxArchivedJobs = 100;
constexpr std::size_t kUuidBytes = 36;
constexpr std::size_t kMaxFormatsBytes = 64;

struct ArchiveRequest {
  std::vector<std::string> ids;
  std::vector<subtitles::Format> formats;
  std::string preset;
};

/// What is in the list, each once and in its order.
std::vector<std::string> listed(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    std::string part(trim(take_part(list, ',')));
    if (!part.empty() && std::find(parts.begin(), parts.end(), part) == parts.end())
      parts.push_back(std::move(part));
  }
  return parts;
}

Result<ArchiveRequest> read_archive_request(const Request& request) {
  ArchiveRequest wanted;
  VAT_ASSIGN(const std::string ids, query_text(request, "ids", (kUuidBytes + 1) * kMaxArchivedJobs));
  wanted.ids = listed(ids);
  const bool valid =
      std::all_of(wanted.ids.begin(), wanted.ids.end(), [](const std::string& id) { return is_uuid(id); });
  if (!valid || wanted.ids.empty())
    return fail_field("ids", "The parameter ids must be the ids of 1 to 100 jobs, separated by commas.");
  VAT_ASSIGN(const std::string formats, query_text(request, "formats", kMaxFormatsBytes));
  for (const std::string& name : listed(formats.empty() ? "txt" : formats)) {
    Result<subtitles::Format> format = subtitles::parse_format(name);
    if (!format) return fail_field("formats", std::move(format).error().message);
    wanted.formats.push_back(*format);
  }
  VAT_ASSIGN(wanted.preset, query_text(request, "preset", kMaxFormatsBytes));
  if (!wanted.preset.empty()) {
    if (const auto preset = subtitles::find_preset(wanted.preset); !preset)
      return fail_field("preset", preset.error().message);
  }
  return wanted;
}

/// One thread at a time. Memory is that of the largest transcript.
class TranscriptArchive {
 public:
  TranscriptArchive(const Services& services, std::string user_id, ArchiveRequest wanted)
      : services_(services), user_id_(std::move(user_id)), wanted_(std::move(wanted)) {}

  /// The next bytes; empty at the end. Blocks.
  Result<std::string> next() {
    std::string made;
    while (made.empty() && !finished_) {
      if (done_ < wanted_.ids.size()) {
        VAT_TRY(add(wanted_.ids.at(done_++)));
      } else {
        VAT_TRY(zip_.finish());
        finished_ = true;
      }
      made = zip_.take();
    }
    return made;
  }

 private:
  Result<> add(const std::string& id) {
    const Result<Job> job = services_.jobs.get(user_id_, id);
    if (!job) return gone(job.error());
    const Result<StoredTranscript> stored = services_.transcripts.get(user_id_, id, std::nullopt);
    if (!stored) return gone(stored.error());
    for (const subtitles::Format format : wanted_.formats) {
      VAT_ASSIGN(const TranscriptFile file,
                 transcript_file(*job, stored->transcript, format, {.preset = wanted_.preset}));
      VAT_TRY(zip_.add(free_name(file.name), file.bytes, stored->revision.created_at));
    }
    return {};
  }
  /// It was deleted in the meantime, or has no text.
  static Result<> gone(const Error& error) {
    return error.code == ErrorCode::kNotFound ? Result<>{} : fail(error);
  }
  /// "talk.srt", and "talk (2).srt" for another of that name.
  std::string free_name(const std::string& name) {
    std::string free = name;
    const std::size_t dot = std::min(name.rfind('.'), name.size());
    for (int number = 2; !names_.insert(free).second; ++number)
      free = name.substr(0, dot) + " (" + std::to_string(number) + ")" + name.substr(dot);
    return free;
  }

  const Services& services_;
  const std::string user_id_;
  const ArchiveRequest wanted_;
  archive::ZipStream zip_;
  std::set<std::string> names_;
  std::size_t done_ = 0;
  bool finished_ = false;
};

Answer get_archive(const Services& services, const User& user, Request& request) {
  VAT_CO_ASSIGN(ArchiveRequest wanted, read_archive_request(request));
  auto all_there = [&]() -> Result<> {
    for (const std::string& id : wanted.ids) VAT_TRY(services.jobs.get(user.id, id));
    return {};
  };
  VAT_CO_TRY(co_await services.pool.run(all_there));
  Response response;
  response.set("Content-Type", "application/zip")
      .set("Content-Disposition", http::content_disposition("attachment", "transcripts.zip"))
      .set("Cache-Control", "no-store");
  response.body =
      stream_pieces(services, std::make_shared<TranscriptArchive>(services, user.id, std::move(wanted)));
  co_return response;
}

}  // namespace

void add_archive_routes(http::Router& router, const Services& services) {
  router.add(Method::kGet, "/api/v1/jobs/archive", route(services, get_archive));
}

}  // namespace vat::api
