#include "modelfile/testing/synthetic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/file.h"
#include "base/hash.h"
#include "modelfile/testing/synthetic_vocabulary.h"
#include "modelfile/testing/whisper_for_test.h"

namespace vat::modelfile {
namespace {

class SyntheticModelTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path write(const SyntheticSpec& spec,
                                            const std::string& name = "model.bin") const {
    const auto written = write_synthetic(dir_.path() / name, spec);
    if (!written) ADD_FAILURE() << written.error().message;
    return dir_.path() / name;
  }
  /// What the model says of 30 seconds.
  [[nodiscard]] Recognition said(const SyntheticSpec& spec, const whisper_full_params& parameters) const {
    const Context context = load_model(write(spec));
    if (context) return recognise(context.get(), parameters, 30);
    ADD_FAILURE() << "whisper.cpp refuses the model";
    return {};
  }
  TemporaryDirectory dir_ = TemporaryDirectory::create().value();
};

TEST_F(SyntheticModelTest, SaysItsWordsGreedily) {
  const SyntheticSpec spec;
  const Recognition recognised = said(spec, greedy_parameters());
  EXPECT_EQ(recognised.text, synthetic_text(spec));
  EXPECT_EQ(recognised.begin, 0);
  EXPECT_EQ(recognised.end, 3000);
  EXPECT_FALSE(recognised.fell_back);
}

TEST_F(SyntheticModelTest, SaysItsWordsByBeamSearch) {
  const SyntheticSpec spec;
  const Recognition recognised = said(spec, beam_parameters());
  EXPECT_EQ(recognised.text, synthetic_text(spec));
  EXPECT_EQ(recognised.end, 3000);
  EXPECT_FALSE(recognised.fell_back);
}

TEST_F(SyntheticModelTest, SaysItsWordsInEveryWeightTypeThatRuns) {
  for (const WeightType type : {WeightType::kF16, WeightType::kBf16, WeightType::kQ8_0}) {
    SyntheticSpec spec;
    spec.weights = type;
    const Recognition recognised = said(spec, greedy_parameters());
    EXPECT_EQ(recognised.text, synthetic_text(spec)) << weight_type_name(type);
    EXPECT_FALSE(recognised.fell_back) << weight_type_name(type);
  }
}

TEST_F(SyntheticModelTest, SaysItsWordsInTheShapeOfTiny) {
  SyntheticSpec spec;
  spec.shape = SyntheticShape::kTiny;
  spec.seed = 7;
  const Context context = load_model(write(spec));
  ASSERT_TRUE(context);
  EXPECT_EQ(whisper_model_type(context.get()), 1);
  for (const auto& params : {greedy_parameters(), beam_parameters()}) {
    const Recognition recognised = recognise(context.get(), params, 30);
    EXPECT_EQ(recognised.text, synthetic_text(spec));
    EXPECT_FALSE(recognised.fell_back);
  }
}

TEST_F(SyntheticModelTest, SaysItsWordsInEnglishOnly) {
  SyntheticSpec spec;
  spec.english_only = true;
  const Context context = load_model(write(spec));
  ASSERT_TRUE(context);
  EXPECT_FALSE(whisper_is_multilingual(context.get()));
  EXPECT_EQ(recognise(context.get(), greedy_parameters(), 30).text, synthetic_text(spec));
}

TEST_F(SyntheticModelTest, SaysItsWordsWithTheMelsAndTheLanguagesOfVersion3) {
  SyntheticSpec spec;
  spec.shape = SyntheticShape::kMicroV3;
  const Context context = load_model(write(spec));
  ASSERT_TRUE(context);
  EXPECT_EQ(whisper_model_n_mels(context.get()), 128);
  EXPECT_EQ(whisper_n_vocab(context.get()), 51'866);
  auto params = greedy_parameters();
  params.language = "auto";
  const Recognition recognised = recognise(context.get(), params, 30);
  EXPECT_EQ(recognised.text, synthetic_text(spec));
  EXPECT_EQ(recognised.language, "en");
  EXPECT_EQ(recognised.end, 3000);
  EXPECT_FALSE(recognised.fell_back);
  params.language = "yue";  // the language that version 3 added
  params.translate = true;
  EXPECT_EQ(recognise(context.get(), params, 30).text, synthetic_text(spec));
}

TEST_F(SyntheticModelTest, SaysManyWordsAndFew) {
  for (const int words : {1, 200}) {
    SyntheticSpec spec;
    spec.tokens_per_window = words;
    const Recognition recognised = said(spec, greedy_parameters());
    EXPECT_EQ(recognised.text, synthetic_text(spec));
    EXPECT_EQ(recognised.end, 3000);
    EXPECT_EQ(synthetic_words(spec).size(), static_cast<std::size_t>(words));
  }
}

TEST_F(SyntheticModelTest, SaysItsWordsOnceInEachWindow) {
  SyntheticSpec spec;
  spec.tokens_per_window = 20;
  spec.advance_seconds = 10;
  const Context context = load_model(write(spec));
  ASSERT_TRUE(context);
  const Recognition short_chunk = recognise(context.get(), greedy_parameters(), 10);
  EXPECT_EQ(short_chunk.text, synthetic_text(spec));
  EXPECT_EQ(short_chunk.end, 1000);
  const Recognition long_chunk = recognise(context.get(), greedy_parameters(), 30);
  EXPECT_EQ(long_chunk.text, synthetic_text(spec));
  EXPECT_EQ(long_chunk.end, 1000);
  const Recognition two_windows = recognise(context.get(), greedy_parameters(), 45);
  EXPECT_EQ(two_windows.text, synthetic_text(spec) + synthetic_text(spec));
  EXPECT_EQ(two_windows.end, 4000);
}

TEST_F(SyntheticModelTest, SaysAllItsWordsWhereTheSoundIsShorter) {
  const SyntheticSpec spec;
  const Context context = load_model(write(spec));
  ASSERT_TRUE(context);
  auto params = greedy_parameters();
  params.audio_ctx = 300;
  for (const double seconds : {1.5, 5.0}) {
    const Recognition recognised = recognise(context.get(), params, seconds);
    EXPECT_EQ(recognised.text, synthetic_text(spec));
    EXPECT_EQ(recognised.end, 3000);
    EXPECT_FALSE(recognised.fell_back);
  }
}

TEST_F(SyntheticModelTest, DetectsEnglishAndEndsWithAStopWithoutTimestamps) {
  const SyntheticSpec spec;
  auto params = greedy_parameters();
  params.language = "auto";
  params.no_timestamps = true;
  const Recognition recognised = said(spec, params);
  EXPECT_EQ(recognised.language, "en");
  EXPECT_EQ(recognised.text, synthetic_text(spec) + ".");
}

TEST_F(SyntheticModelTest, IsNotMovedByAPromptOrTheTask) {
  const SyntheticSpec spec;
  auto params = greedy_parameters();
  params.initial_prompt = "Names: Zoë, Björk.";
  params.translate = true;
  params.language = "de";
  EXPECT_EQ(said(spec, params).text, synthetic_text(spec));
}

TEST_F(SyntheticModelTest, RunsWithRandomWeights) {
  SyntheticSpec spec;
  spec.trained_chain = false;
  const Context context = load_model(write(spec));
  ASSERT_TRUE(context);
  const auto logits = logits_after(context.get(), {whisper_token_sot(context.get())});
  EXPECT_TRUE(std::all_of(logits.begin(), logits.end(), [](float logit) { return std::isfinite(logit); }));
}

TEST_F(SyntheticModelTest, IsTheSameForTheSameSpecOnly) {
  const SyntheticSpec spec;
  SyntheticSpec other;
  other.seed = 2;
  const auto hash = [&](const SyntheticSpec& s) { return hash_file(Digest::kSha256, write(s)).value(); };
  EXPECT_EQ(hash(spec), hash(spec));
  EXPECT_NE(hash(spec), hash(other));
  EXPECT_NE(synthetic_text(spec), synthetic_text(other));
}

TEST_F(SyntheticModelTest, ASpecOutOfRangeIsRefusedAndWritesNothing) {
  SyntheticSpec spec;
  spec.tokens_per_window = 201;
  EXPECT_EQ(write_synthetic(dir_.path() / "x.bin", spec).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(synthetic_words(spec).empty());
  spec.tokens_per_window = 96;
  spec.advance_seconds = 30.01;
  EXPECT_EQ(write_synthetic(dir_.path() / "x.bin", spec).error().code, ErrorCode::kInvalidArgument);
  spec.advance_seconds = 30;
  spec.english_only = true;
  spec.shape = SyntheticShape::kMicroV3;
  EXPECT_EQ(write_synthetic(dir_.path() / "x.bin", spec).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST(SyntheticVocabularyTest, HasEveryByteAndNoEntryTwice) {
  const auto entries = synthetic_vocabulary(50'257);
  ASSERT_EQ(entries.size(), 50'257U);
  EXPECT_EQ(entries[13], ".");
  EXPECT_EQ(entries[220], " ");
  EXPECT_EQ(entries[50'256], "");
  EXPECT_EQ(std::set<std::string>(entries.begin(), entries.end()).size(), entries.size());
  for (int byte = 0; byte < 256; ++byte)
    EXPECT_EQ(std::count(entries.begin(), entries.begin() + 256, std::string(1, static_cast<char>(byte))), 1);
}

}  // namespace
}  // namespace vat::modelfile
