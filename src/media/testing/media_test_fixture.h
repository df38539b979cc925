// A folder of generated media for one test. Only for tests of this module.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/file.h"
#include "media/testing/listen.h"
#include "media/testing/make_media.h"

namespace vat::media::testing {

class MediaTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  std::filesystem::path make(const std::string& name, const MediaSpec& spec) {
    const Result<> written = write_media(path(name), spec);
    EXPECT_TRUE(written) << written.error().message << " " << written.error().detail;
    return path(name);
  }
  std::filesystem::path put(const std::string& name, std::string_view bytes) {
    EXPECT_TRUE(write_file_atomically(path(name), bytes, Overwrite::kReplace));
    return path(name);
  }
  [[nodiscard]] static std::string bytes_of(const std::filesystem::path& file) {
    return read_file(file, 500'000'000).value();
  }
  /// The first part of a file, as after an interrupted copy.
  std::filesystem::path cut(const std::filesystem::path& whole, double fraction) {
    const std::string bytes = bytes_of(whole);
    const auto kept = static_cast<std::size_t>(static_cast<double>(bytes.size()) * fraction);
    return put("cut-" + whole.filename().string(), std::string_view(bytes).substr(0, kept));
  }

 private:
  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
};

}  // namespace vat::media::testing
