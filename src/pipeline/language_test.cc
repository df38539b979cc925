#include "pipeline/language.h"

#include <gmock/gmock.h>

namespace vat::pipeline {
namespace {

TEST(RecognitionLanguage, TakesCodesLocalesAndNames) {
  for (const char* named : {"de", "DE", "de-AT", "de_AT.UTF-8", "German", " german "})
    EXPECT_EQ(recognition_language(named), "de") << named;
  EXPECT_EQ(recognition_language("en-US"), "en");
  EXPECT_EQ(recognition_language("zh-Hant"), "zh");
  EXPECT_EQ(recognition_language("Auto"), "auto");
}

TEST(RecognitionLanguage, NamesTheNearestWhenThereIsNone) {
  const auto refused = recognition_language("Germna");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("did you mean german?"));
  for (const char* bad : {"", "-", "xx", "klingon", "\xff\xfe"})
    EXPECT_FALSE(recognition_language(bad)) << bad;
}

}  // namespace
}  // namespace vat::pipeline
