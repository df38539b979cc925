#include "catalog/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "modelfile/recogniser_folder.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kArchiveBlock = 262'144;
constexpr int kMaxArchiveEntries = 10'000;
/// Several times the largest of sherpa-onnx's models, so that an archive of zeros ends.
constexpr std::uint64_t kMaxModelBytes = std::uint64_t{16} << 30U;

struct FreeModelArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};
using ModelArchive = std::unique_ptr<archive, FreeModelArchive>;

tl::unexpected<Error> unusable_archive(const fs::path& path, archive* handle) {
  const char* const text = archive_error_string(handle);
  return fail(ErrorCode::kBadData, path.string() + " is not an archive that can be read.",
              text == nullptr ? "" : text);
}

/// The name under which the entry is wanted; empty for one that is not.
std::string wanted_name(archive_entry* entry) {
  const char* const path = archive_entry_pathname(entry);
  if (path == nullptr || archive_entry_filetype(entry) != S_IFREG) return "";
  std::string_view inside(path);
  if (inside.starts_with("./")) inside.remove_prefix(2);
  const fs::path parts(inside);
  if (std::distance(parts.begin(), parts.end()) > 2) return "";
  std::string name = parts.filename().string();
  return modelfile::is_recogniser_file(name) ? name : "";
}

Result<> unpack_file(archive* handle, const fs::path& path, const fs::path& target, std::uint64_t& left,
                     const std::stop_token& stop) {
  VAT_ASSIGN(AtomicFile file, AtomicFile::create(target, Overwrite::kRefuse));
  std::vector<char> block(kArchiveBlock);
  while (true) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "Stopped while a model was unpacked.");
    const la_ssize_t count = archive_read_data(handle, block.data(), block.size());
    if (count < 0) return unusable_archive(path, handle);
    if (count == 0) return file.commit();
    const auto bytes = static_cast<std::uint64_t>(count);
    if (bytes > left) return fail(ErrorCode::kBadData, path.string() + " holds more than any model has.");
    left -= bytes;
    VAT_TRY(file.write({block.data(), static_cast<std::size_t>(count)}));
  }
}

}  // namespace

bool is_archive(std::string_view name) {
  constexpr std::array<std::string_view, 6> kEnds = {".tar", ".tar.bz2", ".tar.gz",
                                                     ".tgz", ".tar.xz",  ".zip"};
  return std::any_of(kEnds.begin(), kEnds.end(),
                     [name](std::string_view end) { return name.ends_with(end); });
}

Result<> unpack_model(const fs::path& path, const fs::path& folder, const std::stop_token& stop) {
  const ModelArchive archive(archive_read_new());
  archive_read_support_format_zip(archive.get());
  archive_read_support_format_tar(archive.get());
  for (auto* const add :
       {archive_read_support_filter_bzip2, archive_read_support_filter_gzip, archive_read_support_filter_xz})
    add(archive.get());
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored))
    return fail(ErrorCode::kNotFound, "There is no file " + path.string() + ".");
  if (archive_read_open_filename(archive.get(), path.c_str(), kArchiveBlock) != ARCHIVE_OK)
    return unusable_archive(path, archive.get());
  std::uint64_t left = kMaxModelBytes;
  archive_entry* entry = nullptr;
  for (int i = 0; i < kMaxArchiveEntries; ++i) {
    const int code = archive_read_next_header(archive.get(), &entry);
    if (code == ARCHIVE_EOF) return {};
    if (code != ARCHIVE_OK) return unusable_archive(path, archive.get());
    const std::string name = wanted_name(entry);
    if (name.empty()) continue;
    auto unpacked = unpack_file(archive.get(), path, folder / name, left, stop);
    if (!unpacked && unpacked.error().code == ErrorCode::kExists)
      return fail(ErrorCode::kBadData, path.string() + " holds " + name + " twice.");
    VAT_TRY(std::move(unpacked));
  }
  return fail(ErrorCode::kBadData, path.string() + " holds more files than any model has.");
}

}  // namespace vat::catalog
