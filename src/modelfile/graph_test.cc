#include "modelfile/graph.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"

namespace vat::modelfile {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

class GraphTest : public ::testing::Test {
 protected:
  /// As PyTorch writes it: a ZIP file of raw tensors.
  void write_checkpoint(const std::map<std::string, std::vector<float>>& tensors) const {
    archive* const zip = archive_write_new();
    archive_write_set_format_zip(zip);
    ASSERT_EQ(archive_write_open_filename(zip, checkpoint_.c_str()), ARCHIVE_OK);
    for (const auto& [name, values] : tensors) {
      archive_entry* const entry = archive_entry_new();
      archive_entry_set_pathname(entry, ("archive/data/" + name).c_str());
      archive_entry_set_filetype(entry, AE_IFREG);
      archive_entry_set_size(entry, static_cast<la_int64_t>(values.size() * sizeof(float)));
      archive_write_header(zip, entry);
      archive_write_data(zip, values.data(), values.size() * sizeof(float));
      archive_entry_free(entry);
    }
    archive_write_free(zip);
  }
  /// A graph, compressed.
  static std::string graph(const std::string& text) {
    std::string made(text.size() + 1000, '\0');
    std::size_t used = 0;
    archive* const raw = archive_write_new();
    archive_write_set_format_raw(raw);
    archive_write_add_filter_xz(raw);
    archive_write_set_bytes_in_last_block(raw, 1);
    archive_write_open_memory(raw, made.data(), made.size(), &used);
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(raw, entry);
    archive_write_data(raw, text.data(), text.size());
    archive_entry_free(entry);
    archive_write_free(raw);
    made.resize(used);
    return made;
  }

  const TemporaryDirectory folder_ = TemporaryDirectory::create().value();
  const fs::path checkpoint_ = folder_.path() / "weights.pt";
  const fs::path model_ = folder_.path() / "model.onnx";
};

TEST_F(GraphTest, IsFilledWithTensors) {
  write_checkpoint({{"7", {1, 2, 3, 4, 5, 6}}, {"8", {0.5F, 0.25F}}, {"9", {4, 4}}});
  ASSERT_TRUE(fill_graph(graph("own 3\ncopy 7 1 2\nown 1\ntranspose 7 0 2 3\nscale 7:0 2 3 8:0 9:0 1:1\n"
                               "shift 8:0 7:0 2 8:0 9:0 -\n\nabcd"),
                         checkpoint_, model_));
  const float a = 0.5F / std::sqrt(4.00001F);
  const float b = 0.25F / std::sqrt(4.00001F);
  const float c = std::nextafter(b, 1.0F);
  EXPECT_EQ(read_file(model_, 10'000).value(), "abc" + bytes_of({2, 3}) + "d" + bytes_of({1, 4, 2, 5, 3, 6}) +
                                                   bytes_of({1 * a, 2 * a, 3 * a, 4 * c, 5 * c, 6 * c}) +
                                                   bytes_of({1 - 0.5F * a, 2 - 0.25F * b}));
}

TEST_F(GraphTest, OtherWeightsAreRefused) {
  write_checkpoint({{"7", {1, 2, 3}}});
  for (const char* const lines : {"copy 8 0 1", "copy 7 2 2", "copy 7 0", "copy 7 0 1 1", "transpose 7 0 2 2",
                                  "scale 7:0 1 2 7:9 7:0 -", "own 1", "nonsense",
                                  "copy 7 18446744073709551615 2", "transpose 7 0 60000000 60000000"}) {
    const auto filled = fill_graph(graph(std::string(lines) + "\n\n"), checkpoint_, model_);
    ASSERT_FALSE(filled) << lines;
    EXPECT_EQ(filled.error().code, ErrorCode::kBadData) << lines;
    EXPECT_FALSE(fs::exists(model_));
  }
  ASSERT_TRUE(write_file_atomically(checkpoint_, "no archive", Overwrite::kReplace));
  EXPECT_FALSE(fill_graph(graph_of("segmentation-3.0.onnx"), checkpoint_, model_));
}

TEST_F(GraphTest, TheGraphsOfThisProgramAreWhole) {
  write_checkpoint({{"7", {1}}});
  for (const char* const name : {"segmentation-3.0.onnx", "campplus-zh-en.onnx"}) {
    const auto filled = fill_graph(graph_of(name), checkpoint_, model_);
    ASSERT_FALSE(filled);
    EXPECT_EQ(filled.error().code, ErrorCode::kBadData) << filled.error().message;
  }
  EXPECT_TRUE(graph_of("other.onnx").empty());
}

}  // namespace
}  // namespace vat::modelfile
