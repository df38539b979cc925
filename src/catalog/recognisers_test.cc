#include "catalog/recognisers.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "base/file.h"

namespace vat::catalog {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// The field graph of ModelProto with one byte, and the metadata model_type.
const std::string kGraph = "\x3A\x01g\x72\x18\x0A\x0Amodel_type\x12\x0Aparaformer";
const std::string kTokens = "<blk> 0\na 1\n";

using Files = std::vector<std::pair<std::string, std::string>>;

class RecognisersTest : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path path(const std::string& name) const { return folder_.path() / name; }
  fs::path make_folder(const std::string& name) const {
    for (const auto& [file, bytes] : kModel)
      EXPECT_TRUE(write_file_atomically(path(name) / file, bytes, Overwrite::kReplace));
    return path(name);
  }
  fs::path make_archive(const std::string& name, const Files& files) const {
    archive* const writer = archive_write_new();
    archive_write_set_format_gnutar(writer);
    archive_write_add_filter_bzip2(writer);
    EXPECT_EQ(archive_write_open_filename(writer, path(name).c_str()), ARCHIVE_OK);
    for (const auto& [file, bytes] : files) {
      archive_entry* const entry = archive_entry_new();
      archive_entry_set_pathname(entry, file.c_str());
      archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
      archive_entry_set_filetype(entry, AE_IFREG);
      archive_entry_set_perm(entry, 0644);
      archive_write_header(writer, entry);
      archive_write_data(writer, bytes.data(), bytes.size());
      archive_entry_free(entry);
    }
    archive_write_free(writer);
    return path(name);
  }
  [[nodiscard]] bool is_there(const std::string& file) const {
    std::error_code ignored;
    return fs::exists(path("models") / file, ignored);
  }

  const Files kModel = {{"model.onnx", kGraph}, {"tokens.txt", kTokens}, {"README.md", "Hello."}};
  TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  RecogniserStore store_{folder_.path() / "models", {.import = "tool import"}};
};

TEST_F(RecognisersTest, AFolderIsImportedWithItsModelAlone) {
  const auto model = store_.import(make_folder("my-model"), "", false, {});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->name, "my-model");
  EXPECT_TRUE(model->installed);
  EXPECT_TRUE(is_there("my-model/model.onnx"));
  EXPECT_FALSE(is_there("my-model/README.md"));
  EXPECT_FALSE(is_there(".incoming"));
  EXPECT_TRUE(store_.has("my-model"));
  EXPECT_EQ(store_.find("my-model")->path, path("models/my-model"));
  EXPECT_EQ(store_.import(path("my-model"), "", false, {}).error().code, ErrorCode::kExists);
  EXPECT_TRUE(store_.import(path("my-model"), "", true, {}));
}

TEST_F(RecognisersTest, AnArchiveIsKnownByThePublishersName) {
  const fs::path archive = make_archive("sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17.tar.bz2",
                                        {{"x/model.onnx", kGraph},
                                         {"x/model.int8.onnx", kGraph + kGraph},
                                         {"x/tokens.txt", kTokens},
                                         {"x/test_wavs/model.onnx", "deeper"},
                                         {"../../outside.onnx", "outside"},
                                         {"x/README.md", "Hello."}});
  EXPECT_TRUE(holds_recogniser(archive));
  const auto model = store_.import(archive, "", false, {});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->name, "sense-voice-small");
  EXPECT_TRUE(is_there("sense-voice-small/model.int8.onnx"));
  EXPECT_FALSE(is_there("sense-voice-small/model.onnx")) << "the larger weights are not used";
  EXPECT_FALSE(fs::exists(folder_.path().parent_path() / "outside.onnx"));
}

TEST_F(RecognisersTest, WhatIsNoModelIsRefusedAndLeavesNothing) {
  const fs::path twice = make_archive("twice.tar.bz2", {{"x/tokens.txt", kTokens}, {"tokens.txt", kTokens}});
  EXPECT_THAT(store_.import(twice, "", false, {}).error().message, HasSubstr("holds tokens.txt twice"));
  const fs::path empty = make_archive("empty.tar.bz2", {{"README.md", "Hello."}});
  EXPECT_THAT(store_.import(empty, "", false, {}).error().message,
              AllOf(HasSubstr("empty.tar.bz2 holds no model"), HasSubstr("tokens.txt")));
  ASSERT_TRUE(write_file_atomically(path("page.tar.bz2"), "<html>", Overwrite::kReplace));
  EXPECT_THAT(store_.import(path("page.tar.bz2"), "", false, {}).error().message,
              HasSubstr("is not an archive"));
  EXPECT_EQ(store_.import(path("none.tar.bz2"), "", false, {}).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(store_.import(make_folder("m"), "../m", false, {})) << "a name is not a path";
  for (const ModelInfo& model : store_.list()) EXPECT_FALSE(model.installed) << model.name;
  EXPECT_FALSE(is_there(".incoming"));
}

TEST_F(RecognisersTest, AKnownModelThatIsMissingSaysWhatToImport) {
  const auto missing = store_.find("parakeet-tdt-0.6b-v3");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(missing.error().message,
              HasSubstr("`tool import sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8.tar.bz2`"));
  EXPECT_EQ(store_.find("dragon").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_.list().size(), known_recognisers().size());
}

TEST_F(RecognisersTest, AFileThatChangedIsFound) {
  ASSERT_TRUE(store_.import(make_folder("m"), "", false, {}));
  EXPECT_TRUE(store_.verify("m", {}));
  ASSERT_TRUE(write_file_atomically(path("models/m/model.onnx"), kGraph + kGraph, Overwrite::kReplace));
  EXPECT_EQ(store_.verify("m", {}).error().code, ErrorCode::kBadData);
  EXPECT_GT(store_.remove("m").value(), 0U);
  EXPECT_FALSE(store_.has("m"));
  EXPECT_FALSE(store_.remove("m"));
}

}  // namespace
}  // namespace vat::catalog
