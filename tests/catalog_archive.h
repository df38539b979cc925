// Archives as package indexes have them, written by libarchive.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace vat::catalog {

struct ZipEntry {
  std::string path;
  std::string bytes;
  unsigned type = AE_IFREG;
};

/// As a ZIP file, or as a compressed tar by the name's ending.
inline void write_archive(const std::filesystem::path& path, const std::vector<ZipEntry>& entries) {
  archive* const zip = archive_write_new();
  if (path.extension() == ".gz") {
    archive_write_set_format_ustar(zip);
    archive_write_add_filter_gzip(zip);
  } else {
    archive_write_set_format_zip(zip);
  }
  ASSERT_EQ(archive_write_open_filename(zip, path.c_str()), ARCHIVE_OK);
  archive_entry* const entry = archive_entry_new();
  for (const ZipEntry& one : entries) {
    archive_entry_clear(entry);
    archive_entry_set_pathname(entry, one.path.c_str());
    archive_entry_set_filetype(entry, one.type);
    archive_entry_set_perm(entry, 0644);
    if (one.type == AE_IFLNK) archive_entry_set_symlink(entry, one.bytes.c_str());
    archive_entry_set_size(entry, one.type == AE_IFREG ? static_cast<la_int64_t>(one.bytes.size()) : 0);
    EXPECT_EQ(archive_write_header(zip, entry), ARCHIVE_OK);
    if (one.type == AE_IFREG) archive_write_data(zip, one.bytes.data(), one.bytes.size());
  }
  archive_entry_free(entry);
  EXPECT_EQ(archive_write_free(zip), ARCHIVE_OK);
}

}  // namespace vat::catalog
