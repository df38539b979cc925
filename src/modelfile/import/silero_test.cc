#include "modelfile/import/silero.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/hash.h"
#include "modelfile/foreign_model.h"
#include "modelfile/header.h"
#include "modelfile/mel_filters.h"
#include "modelfile/testing/foreign_files.h"

namespace vat::modelfile {
namespace {

using ::testing::HasSubstr;

/// A ZIP file of these entries, none compressed.
std::string zip(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string out(4'000'000, '\0');
  std::size_t used = 0;
  archive* const zip = archive_write_new();
  archive_write_set_format_zip(zip);
  archive_write_zip_set_compression_store(zip);
  archive_write_set_bytes_in_last_block(zip, 1);
  archive_write_open_memory(zip, out.data(), out.size(), &used);
  for (const auto& [name, bytes] : entries) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(zip, entry);
    archive_write_data(zip, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(zip);
  archive_write_free(zip);
  out.resize(used);
  return out;
}

/// The entries of silero_vad.jit, tensor N filled with the number N.
std::vector<std::pair<std::string, std::string>> silero_entries() {
  constexpr std::array<std::size_t, 15> kCounts{
      258 * 256, 128 * 129 * 3, 128,       64 * 128 * 3, 64,  64 * 64 * 3, 64, 128 * 64 * 3,
      128,       512 * 128,     512 * 128, 512,          512, 128,         1};
  std::vector<std::pair<std::string, std::string>> entries{{"VADr_v6_test/data/0", ""},
                                                           {"VADr_v6_test/data.pkl", "x"}};
  for (std::size_t i = 0; i < kCounts.size(); ++i) {
    const std::vector<float> values(kCounts.at(i), static_cast<float>(i + 2));
    entries.emplace_back(
        "VADr_v6_test/data/" + std::to_string(i + 2),
        std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
  }
  return entries;
}

TEST(SileroTest, EachTensorIsFoundByItsNumber) {
  const TemporaryDirectory dir = TemporaryDirectory::create().value();
  ASSERT_TRUE(write_file_atomically(dir.path() / "x.jit", zip(silero_entries()), Overwrite::kReplace));
  EXPECT_TRUE(is_foreign_model(dir.path() / "x.jit"));
  const auto imported = import_model(dir.path() / "x.jit", dir.path() / "x.bin");
  ASSERT_TRUE(imported) << imported.error().message;
  const ModelHeader header = read_header(dir.path() / "x.bin").value();
  EXPECT_EQ(header.kind, ModelKind::kSileroVad);
  EXPECT_EQ(header.type, "6.2.0");
  EXPECT_EQ(header.bytes, 885'098U) << "as the published file";
  const auto tensors = read_float_tensors(dir.path() / "x.bin").value();
  EXPECT_EQ(tensors.at("_model.stft.forward_basis_buffer").values.front(), 2);
  EXPECT_EQ(tensors.at("_model.encoder.3.reparam_conv.weight").values.back(), 9);
  EXPECT_EQ(tensors.at("_model.decoder.rnn.bias_hh").values.back(), 14);
  EXPECT_EQ(tensors.at("_model.decoder.decoder.2.bias").values.back(), 16);
}

TEST(SileroTest, OtherArchivesAreRefused) {
  const auto message = [](const std::string& archive) {
    const auto weights = SileroWeights::read(archive, "x.jit");
    EXPECT_FALSE(weights);
    return weights ? "" : weights.error().message;
  };
  const auto good = silero_entries();
  auto entries = good;
  entries.pop_back();
  EXPECT_THAT(message(zip(entries)), HasSubstr("x.jit is not version 6 of Silero's"));
  entries = good;
  entries.back().second += "more";
  EXPECT_THAT(message(zip(entries)), HasSubstr("is not version 6"));
  entries = good;
  entries.push_back(good.back());
  EXPECT_THAT(message(zip(entries)), HasSubstr("two tensors"));
  entries = good;
  for (auto& [name, bytes] : entries) name = "archive" + name.substr(name.find('/'));
  EXPECT_THAT(message(zip(entries)), HasSubstr("is not version 6"));
  EXPECT_THAT(message(zip(good).substr(0, 700'000)), HasSubstr("is not version 6"));
  EXPECT_THAT(message("PK\x03\x04"), HasSubstr("is not version 6"));
  EXPECT_THAT(message(""), HasSubstr("is not version 6"));
}

TEST(MelFiltersTest, AreThoseOfThePublishedModels) {
  const auto digest = [](int mels) {
    const std::vector<float> filters = mel_filters(mels);
    return hash_hex(Digest::kSha1,
                    {reinterpret_cast<const char*>(filters.data()), filters.size() * sizeof(float)});
  };
  // Of mel_filters.npz in OpenAI's whisper package, with +0 for its -0.
  EXPECT_EQ(digest(80), "62112822d7d0fd04b443ddb20d18cde62da25003");
  EXPECT_EQ(digest(128), "fbff7ddfafcb0601e315a6a707f14e499ce4d26c");
}

}  // namespace
}  // namespace vat::modelfile
