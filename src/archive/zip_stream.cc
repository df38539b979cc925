#include "archive/zip_stream.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace vat::archive {
namespace {

struct FreeWriter {
  void operator()(::archive* handle) const { archive_write_free(handle); }
};
struct FreeEntry {
  void operator()(::archive_entry* entry) const { archive_entry_free(entry); }
};

la_ssize_t append(::archive* /*handle*/, void* made, const void* bytes, std::size_t length) {
  static_cast<std::string*>(made)->append(static_cast<const char*>(bytes), length);
  return static_cast<la_ssize_t>(length);
}

}  // namespace

struct ZipStream::State {
  /// Not in State itself: libarchive keeps its address.
  std::unique_ptr<std::string> made = std::make_unique<std::string>();
  std::unique_ptr<::archive, FreeWriter> writer;

  [[nodiscard]] tl::unexpected<Error> failed() const {
    const char* const why = archive_error_string(writer.get());
    return fail(ErrorCode::kInternal, "The archive could not be written.", why == nullptr ? "" : why);
  }
};

ZipStream::ZipStream() : state_(std::make_unique<State>()) {
  state_->writer.reset(archive_write_new());
  ::archive* const writer = state_->writer.get();
  archive_write_set_format_zip(writer);
  archive_write_set_options(writer, "zip:hdrcharset=UTF-8");
  archive_write_set_bytes_per_block(writer, 0);
  archive_write_open(writer, state_->made.get(), nullptr, append, nullptr);
}

ZipStream::~ZipStream() = default;
ZipStream::ZipStream(ZipStream&&) noexcept = default;
ZipStream& ZipStream::operator=(ZipStream&&) noexcept = default;

Result<> ZipStream::begin(std::string_view name, std::uint64_t size, bool compress, UtcTime time) {
  ::archive* const writer = state_->writer.get();
  if ((compress ? archive_write_zip_set_compression_deflate(writer)
                : archive_write_zip_set_compression_store(writer)) != ARCHIVE_OK)
    return state_->failed();
  const std::unique_ptr<::archive_entry, FreeEntry> entry(archive_entry_new());
  archive_entry_set_pathname_utf8(entry.get(), safe_entry_name(name).c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0600);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
  archive_entry_set_mtime(entry.get(), to_unix_millis(time) / 1000, 0);
  if (archive_write_header(writer, entry.get()) < ARCHIVE_WARN) return state_->failed();
  return {};
}

Result<> ZipStream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const la_ssize_t written = archive_write_data(state_->writer.get(), bytes.data(), bytes.size());
    if (written <= 0) return state_->failed();
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<> ZipStream::add(std::string_view name, std::string_view bytes, UtcTime time) {
  VAT_TRY(begin(name, bytes.size(), true, time));
  return write(bytes);
}

Result<> ZipStream::finish() {
  if (archive_write_close(state_->writer.get()) != ARCHIVE_OK) return state_->failed();
  return {};
}

std::string ZipStream::take() { return std::exchange(*state_->made, {}); }

std::string safe_entry_name(std::string_view name) {
  std::string safe;
  const std::string text = to_utf8(name);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (part.empty() || part == "." || part == "..") continue;
    if (!safe.empty()) safe += '/';
    for (const char c : part)
      safe += static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\' || c == ':' ? '_' : c;
  }
  return safe.empty() ? "file" : safe;
}

}  // namespace vat::archive
