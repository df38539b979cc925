#include "catalog/published.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace vat::catalog {
namespace {

const PublishedModel* by_name(std::string_view name) {
  for (const PublishedModel& model : published_models())
    if (model.name == name) return &model;
  return nullptr;
}

TEST(PublishedTest, EveryModelHasAPlausibleSizeAndAWellFormedDigest) {
  std::set<std::string_view> names;
  std::set<std::string_view> digests;
  for (const PublishedModel& model : published_models()) {
    EXPECT_TRUE(check_model_name(model.name)) << model.name;
    EXPECT_TRUE(names.insert(model.name).second) << model.name;
    EXPECT_TRUE(digests.insert(model.digest_hex).second) << model.name;
    EXPECT_GT(model.bytes, 800'000U) << model.name;
    EXPECT_LT(model.bytes, 3'200'000'000U) << model.name;
    EXPECT_EQ(model.digest_hex.size(), model.kind == ModelKind::kRecognition ? 40U : 64U) << model.name;
    EXPECT_EQ(model.digest_hex.find_first_not_of("0123456789abcdef"), std::string_view::npos) << model.name;
  }
  EXPECT_EQ(names.size(), 32U);
}

TEST(PublishedTest, QuantisedModelsAreSmallerThanTheirOriginals) {
  for (const PublishedModel& model : published_models()) {
    const std::size_t quantised = model.name.find("-q");
    if (quantised == std::string_view::npos) continue;
    const PublishedModel* original = by_name(model.name.substr(0, quantised));
    ASSERT_NE(original, nullptr) << model.name;
    EXPECT_LT(model.bytes, original->bytes) << model.name;
  }
}

TEST(PublishedTest, EnglishModelsAreToldApart) {
  EXPECT_TRUE(by_name("base")->is_multilingual());
  EXPECT_FALSE(by_name("base.en")->is_multilingual());
  EXPECT_FALSE(by_name("small.en-tdrz")->is_multilingual());
}

TEST(PublishedTest, UrlsAreThePublishersUnlessThereIsAMirror) {
  const PublishedModel& model = *by_name("base.en");
  EXPECT_EQ(download_url(model, ""),
            "https://huggingface.co/ggerganov/whisper.cpp/resolve/main/ggml-base.en.bin");
  EXPECT_EQ(download_url(*by_name("small.en-tdrz"), ""),
            "https://huggingface.co/akashmjn/tinydiarize-whisper.cpp/resolve/main/ggml-small.en-tdrz.bin");
  EXPECT_EQ(download_url(*by_name("silero-v6.2.0"), ""),
            "https://huggingface.co/ggml-org/whisper-vad/resolve/main/ggml-silero-v6.2.0.bin");
  EXPECT_EQ(download_url(model, "http://mirror/models"), "http://mirror/models/ggml-base.en.bin");
  EXPECT_EQ(download_url(model, "http://mirror/models/"), "http://mirror/models/ggml-base.en.bin");
  EXPECT_EQ(download_url(model, "http://mirror/get?f={file}&x=1"),
            "http://mirror/get?f=ggml-base.en.bin&x=1");
  EXPECT_EQ(download_url(model, "http://mirror/{name}/{file}"), "http://mirror/base.en/ggml-base.en.bin");
}

TEST(PublishedTest, NamesAreTakenAsUsersWriteThem) {
  EXPECT_EQ(canonical_model_name("base.en"), "base.en");
  EXPECT_EQ(canonical_model_name("ggml-base.en.bin"), "base.en");
  EXPECT_EQ(canonical_model_name("turbo"), "large-v3-turbo");
  EXPECT_EQ(canonical_model_name("large"), "large-v3");
  EXPECT_EQ(canonical_model_name("ggml-.bin"), "ggml-.bin");
  EXPECT_EQ(canonical_model_name(""), "");
}

TEST(PublishedTest, NamesThatCouldEscapeTheFolderAreRefused) {
  for (const char* name : {"", ".", "..", "../x", "a/b", "/etc/passwd", ".hidden", "-x", "a b", "a\nb", "ä"})
    EXPECT_EQ(check_model_name(name).error().code, ErrorCode::kInvalidArgument) << name;
  EXPECT_FALSE(check_model_name(std::string(65, 'a')));
  EXPECT_FALSE(check_model_name(std::string_view("a\0b", 3)));
  EXPECT_TRUE(check_model_name(std::string(64, 'a')));
  EXPECT_TRUE(check_model_name("my-Model_2.en"));
}

}  // namespace
}  // namespace vat::catalog
