#include "fetched_recording.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "base/file_name.h"
#include "base/hash.h"
#include "links/fetch.h"
#include "links/link_name.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kKeepLinks{24 * 7};
constexpr std::size_t kMaxLinkName = 200;  // bytes
constexpr std::size_t kMaxLinkNote = 16'384;

std::string safe_file_name(const std::string& name) {
  std::string safe = portable_file_name(name, kMaxLinkName);
  return safe.empty() ? "recording" : safe;
}

fs::path links_folder() { return cache_directory() / "links"; }
fs::path place_of(const std::string& url) {
  return links_folder() / hash_hex(Digest::kSha256, url).substr(0, 32);
}
fs::path with_ending(const fs::path& place, const char* ending) { return fs::path(place).concat(ending); }

void remove_old_links(const fs::path& folder) {
  std::error_code error;
  const auto oldest = fs::file_time_type::clock::now() - kKeepLinks;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code ignored;
    if (entry.last_write_time(ignored) < oldest && !ignored) fs::remove_all(entry.path(), ignored);
  }
}

/// The only file in the folder; empty if there is none.
fs::path file_in(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) return entry.path();
  }
  return {};
}

/// A file that grows, and its note beside it.
class PartFile final : public links::Landing {
 public:
  static Result<PartFile> open(const fs::path& path) {
    PartFile part(path, UniqueFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)));
    const off_t end = part.fd_ ? ::lseek(part.fd_.get(), 0, SEEK_END) : -1;
    if (end < 0) return fail(system_error(errno, "write", path.string()));
    part.size_ = static_cast<std::uint64_t>(end);
    return part;
  }

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<> append(std::string_view bytes) override {
    VAT_TRY(write_all(fd_.get(), bytes, path_.string()));
    size_ += bytes.size();
    return {};
  }
  [[nodiscard]] Result<> clear() override {
    std::error_code ignored;
    fs::remove(note_path(), ignored);
    if (::ftruncate(fd_.get(), 0) != 0) return fail(system_error(errno, "write", path_.string()));
    size_ = 0;
    return {};
  }
  [[nodiscard]] std::string note() const override {
    return read_file(note_path(), kMaxLinkNote).value_or("");
  }
  [[nodiscard]] Result<> set_note(std::string_view text) override {
    return write_file_atomically(note_path(), text, Overwrite::kReplace);
  }

 private:
  PartFile(fs::path path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  [[nodiscard]] fs::path note_path() const { return with_ending(path_, ".note"); }

  fs::path path_;
  UniqueFd fd_;
  std::uint64_t size_ = 0;
};

/// A person waits and can stop it, so there is no limit but the disk and a server that sends nothing.
links::FetchLimits limits_at_terminal() {
  return {.max_bytes = std::numeric_limits<std::int64_t>::max(),
          .total_timeout = kKeepLinks,
          .min_bytes_per_window = 0,
          .fruitless_attempts = 5};
}

/// Yields the whole file under its name.
Result<fs::path> fetch_into(const fs::path& folder, const LinkTools& tools, const std::string& url,
                            Console& console, const std::stop_token& stop) {
  const fs::path whole = folder / "whole";
  VAT_TRY(make_directories(whole));
  if (fs::path there = file_in(whole); !there.empty()) return there;
  VAT_ASSIGN(const auto asked, links::ask_page_program(tools.page_program, url, stop));
  VAT_ASSIGN(PartFile part, PartFile::open(folder / "part"));
  const std::string label = file_name_of_link(url);
  const auto progress = [&](std::uint64_t done, std::uint64_t total) {
    console.download(label, done, total);
  };
  const auto fetched = links::fetch(tools.http, asked ? asked->link : links::Link{.url = url, .headers = {}},
                                    part, limits_at_terminal(), progress, stop);
  console.clear_line();
  if (!fetched) return fail(fetched.error());
  fs::path path = whole / safe_file_name(asked && !asked->name.empty() ? asked->name : fetched->name);
  std::error_code error;
  fs::rename(folder / "part", path, error);
  if (error) return fail(system_error(error.value(), "write", path.string()));
  return path;
}

}  // namespace

bool is_link(const std::string& name) {
  return equals_ignoring_case(name.substr(0, 7), "http://") ||
         equals_ignoring_case(name.substr(0, 8), "https://");
}

std::string file_name_of_link(const std::string& url) { return safe_file_name(links::name_of_url(url)); }

std::string known_file_name(const std::string& url) {
  return read_file(with_ending(place_of(url), ".name"), kMaxLinkName).value_or("");
}

Result<FetchedRecording> FetchedRecording::fetch(const LinkTools& tools, const std::string& url, bool resume,
                                                 Console& console, const std::stop_token& stop) {
  const fs::path folder = place_of(url);
  VAT_TRY(make_directories(links_folder()));
  remove_old_links(links_folder());
  VAT_ASSIGN(FileLock lock, FileLock::acquire(with_ending(folder, ".lock"), stop, [&] {
               console.waiting("for another vat that works on the same link");
             }));
  std::error_code ignored;
  if (!resume) fs::remove_all(folder, ignored);
  VAT_TRY(make_directories(folder));
  VAT_ASSIGN(fs::path path, fetch_into(folder, tools, url, console, stop));
  return FetchedRecording(std::move(lock), folder, std::move(path));
}

void FetchedRecording::discard() {
  // Without it, the recording is only fetched to see that its results are there.
  (void)write_file_atomically(with_ending(folder_, ".name"), path_.filename().string(), Overwrite::kReplace);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

}  // namespace vat::app
