#include "archive/zip_stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>

#include <clocale>
#include <map>

namespace vat::archive {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

/// As another program reads it: libarchive's streaming reader, which looks at what precedes the files.
std::map<std::string, std::string> files_in(const std::string& bytes) {
  std::setlocale(LC_CTYPE, "C.UTF-8");  // for the reader alone
  std::map<std::string, std::string> files;
  const std::unique_ptr<::archive, int (*)(::archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_format_zip(reader.get());
  EXPECT_EQ(archive_read_open_memory(reader.get(), bytes.data(), bytes.size()), ARCHIVE_OK);
  ::archive_entry* entry = nullptr;
  while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
    std::string content(1'000'000, '\0');
    const la_ssize_t read = archive_read_data(reader.get(), content.data(), content.size());
    EXPECT_GE(read, 0) << archive_error_string(reader.get());
    content.resize(static_cast<std::size_t>(std::max<la_ssize_t>(read, 0)));
    files[archive_entry_pathname_utf8(entry)] = content;
  }
  return files;
}

TEST(ZipStream, HoldsFilesInTheirOrder) {
  ZipStream zip;
  std::string all;
  const UtcTime time = parse_rfc3339("2026-11-29T10:00:00Z").value();
  ASSERT_TRUE(zip.add("account.json", "{}", time));
  ASSERT_TRUE(zip.begin("jobs/1/Gespräch.wav", 300'000, false, time));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(zip.write(std::string(100'000, static_cast<char>('a' + i))));
    all += zip.take();
    EXPECT_GT(all.size(), static_cast<std::size_t>(i) * 100'000) << "pieces come as they are made";
  }
  ASSERT_TRUE(zip.finish());
  all += zip.take();
  EXPECT_EQ(zip.take(), "");
  const auto files = files_in(all);
  EXPECT_THAT(files, ElementsAre(Pair("account.json", "{}"),
                                 Pair("jobs/1/Gespräch.wav", ::testing::SizeIs(300'000))));
}

TEST(ZipStream, CompressesText) {
  ZipStream zip;
  ASSERT_TRUE(zip.add("a.txt", std::string(100'000, 'x'), utc_now()));
  ASSERT_TRUE(zip.finish());
  const std::string all = zip.take();
  EXPECT_LT(all.size(), 2'000U);
  EXPECT_THAT(files_in(all), ElementsAre(Pair("a.txt", std::string(100'000, 'x'))));
}

TEST(ZipStream, LeadsNobodyOutOfTheFolder) {
  EXPECT_EQ(safe_entry_name("../../etc/passwd"), "etc/passwd");
  EXPECT_EQ(safe_entry_name("/a//b/./c/.."), "a/b/c");
  EXPECT_EQ(safe_entry_name("a\\..\\b\n.txt"), "a_.._b_.txt");
  EXPECT_EQ(safe_entry_name("C:/x"), "C_/x");
  EXPECT_EQ(safe_entry_name(".."), "file");
  EXPECT_EQ(safe_entry_name(""), "file");
}

}  // namespace
}  // namespace vat::archive
