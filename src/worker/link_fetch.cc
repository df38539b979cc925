#include "worker/link_fetch.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/log.h"
#include "domain/upload.h"
#include "links/fetch.h"
#include "links/link_name.h"
#include "uploads/completion.h"
#include "uploads/file_label.h"
#include "uploads/resumable.h"
#include "uploads/staged_file.h"

namespace vat::worker {
namespace {

constexpr std::uint64_t kLookAfter = 64U << 20U;  // bytes between two looks at the disk's room

/// The staged bytes of an upload, within the disk's room.
class StagedLanding final : public links::Landing {
 public:
  StagedLanding(uploads::Intake& intake, uploads::StagedFile& file) : intake_(intake), file_(file) {}

  [[nodiscard]] std::uint64_t size() const override { return file_.size(); }
  [[nodiscard]] Result<> append(std::string_view bytes) override {
    VAT_TRY(intake_.room.extend(claim_, bytes.size()));
    VAT_TRY(file_.append(bytes));
    claim_.use(bytes.size());
    unchecked_ += bytes.size();
    if (unchecked_ < kLookAfter) return {};
    unchecked_ = 0;
    return intake_.room.check();
  }
  [[nodiscard]] Result<> clear() override {
    file_.forget_note();
    return file_.truncate(0);
  }
  [[nodiscard]] std::string note() const override { return file_.note(); }
  [[nodiscard]] Result<> set_note(std::string_view text) override { return file_.set_note(text); }

 private:
  uploads::Intake& intake_;
  uploads::StagedFile& file_;
  uploads::DiskRoom::Claim claim_;
  std::uint64_t unchecked_ = 0;
};

class LinkFetch {
 public:
  LinkFetch(const LinkServices& services, RunningJob& job)
      : services_(services), intake_(services.intake), job_(job) {}

  Result<Upload> run() {
    VAT_ASSIGN(upload_, row());
    if (upload_.state == UploadState::kComplete) return upload_;
    VAT_ASSIGN(std::optional<uploads::StagedFile> file,
               uploads::StagedFile::open_resumable(intake_.objects.staging(), upload_.id));
    if (!file)
      return fail(
          Error(ErrorCode::kUnavailable, "Another worker is still fetching the recording.").as_retryable());
    // Now that nobody else can change it.
    VAT_ASSIGN(upload_, row());
    Result<Upload> complete = upload_.state == UploadState::kComplete ? upload_ : fetch(*file);
    if (complete) file->forget_note();
    // An empty file was made only to be locked.
    if (file->size() == 0) file->remove();
    // Who deleted the job meanwhile could not remove what was locked.
    file.reset();
    if (!complete && is_deleted()) uploads::discard_bytes(intake_, upload_.id);
    return complete;
  }

 private:
  [[nodiscard]] Result<Upload> row() {
    return job_.persist([&] { return intake_.rows.get(job_.job().user_id, job_.job().upload_id); });
  }

  [[nodiscard]] bool is_deleted() const {
    const Result<Upload> now = intake_.rows.get(job_.job().user_id, job_.job().upload_id);
    return !now && now.error().code == ErrorCode::kNotFound;
  }

  Result<Upload> fetch(uploads::StagedFile& file) {
    // A crash may have come between the end of the fetching and the row.
    if (file.size() > 0 || !uploads::is_moved(intake_, upload_)) {
      StagedLanding landing(intake_, file);
      const links::FetchSink progress = [this](std::uint64_t done, std::uint64_t total) {
        show(done, total);
      };
      VAT_ASSIGN(const links::PageRecording asked, find_recording());
      VAT_ASSIGN(
          const links::FetchedFile fetched,
          links::fetch(services_.http, asked.link, landing, services_.limits, progress, job_.stop_token()));
      upload_.filename = uploads::file_label(asked.name.empty() ? fetched.name : asked.name);
      upload_.content_type = fetched.content_type;
      log(LogLevel::kInfo, "The recording of a link was fetched.", {{"bytes", file.size()}});
    }
    Result<Upload> complete = uploads::complete_upload(intake_, upload_, file);
    if (complete || complete.error().code != ErrorCode::kDiskFull) return complete;
    // Over the user's quota, which only now the size is known for. What does not fit does not stay, and is
    // not fetched again by itself.
    VAT_TRY(intake_.objects.remove(uploads::own_key(upload_)));
    file.forget_note();
    VAT_TRY(file.truncate(0));
    complete.error().code = ErrorCode::kLimit;
    return complete;
  }

  /// The link itself, or what its page is known to have.
  Result<links::PageRecording> find_recording() {
    const std::string& url = job_.job().source_url;
    VAT_ASSIGN(auto found, links::ask_page_program(services_.page_program, url, job_.stop_token()));
    return found ? std::move(*found) : links::PageRecording{.link = {.url = url, .headers = {}}, .name = {}};
  }

  void show(std::uint64_t done, std::uint64_t total) {
    const double fraction = total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total);
    job_.set_progress({.stage = Stage::kFetch, .fraction = std::min(fraction, 1.0)});
  }

  const LinkServices& services_;
  uploads::Intake& intake_;
  RunningJob& job_;
  Upload upload_;
};

}  // namespace

Result<FetchedRecording> fetch_recording(const WorkerServices& services, RunningJob& job) {
  if (services.links == nullptr)
    return fail(ErrorCode::kUnavailable, "This service does not fetch recordings from links.");
  VAT_ASSIGN(const Upload upload, LinkFetch(*services.links, job).run());
  // Until then a job without a title of its own is called as its link is.
  const bool own = job.job().title != uploads::file_label(links::name_of_url(job.job().source_url));
  FetchedRecording fetched{.key = upload.object_key, .title = own ? job.job().title : upload.filename};
  VAT_TRY(job.persist([&] {
    return services.queue.describe(job.lease(), {.duration = upload.media.duration, .title = fetched.title});
  }));
  return fetched;
}

}  // namespace vat::worker
