#include "base/legacy_encoding.h"

#include <gtest/gtest.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <ostream>
#include <string>

#include "base/encoding.h"

namespace vat {
namespace {

struct LegacyText {
  const char* encoding;
  std::string text;
};
void PrintTo(const LegacyText& sample, std::ostream* out) { *out << sample.encoding << ": " << sample.text; }

std::string encode(const LegacyText& sample) {
  UErrorCode status = U_ZERO_ERROR;
  UConverter* const converter = ucnv_open(sample.encoding, &status);
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(sample.text);
  std::string bytes(static_cast<std::size_t>(text.length()) * 4 + 16, '\0');
  const auto length = ucnv_fromUChars(converter, bytes.data(), static_cast<std::int32_t>(bytes.size()),
                                      text.getBuffer(), text.length(), &status);
  ucnv_close(converter);
  EXPECT_TRUE(U_SUCCESS(status));
  bytes.resize(static_cast<std::size_t>(length));
  return bytes;
}

class LegacyEncodingTest : public ::testing::TestWithParam<LegacyText> {};

TEST_P(LegacyEncodingTest, IsRecognisedByItsLetters) {
  EXPECT_EQ(decode_text(encode(GetParam())), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Western, LegacyEncodingTest,
    ::testing::Values(LegacyText{"windows-1252", "é\n"}, LegacyText{"windows-1252", "“Go!” £5\n"},
                      LegacyText{"windows-1252", "ÄÖÜ äöü ß\n"}, LegacyText{"windows-1252", "É à ô!\n"},
                      LegacyText{"windows-1252", "— «Où?» — «Là!»\n"},
                      LegacyText{"windows-1252", "1\n00:00:01,000 --> 00:00:03,000\n¿Qué?\n¡Sí, señor!\n"},
                      LegacyText{"windows-1252", "L’été dernier, j’ai mangé à la crêperie. Ça va ?\n"},
                      LegacyText{"windows-1252", "Rødgrød med fløde. Hvordan går det på ø?\n"},
                      LegacyText{"windows-1252", "Não há ninguém lá fora, então vamos já.\n"},
                      LegacyText{"windows-1252", "Ööülikool õpetab täna. Šokk õues, žanr ka.\n"}));

INSTANTIATE_TEST_SUITE_P(
    CentralEuropeanAndTurkish, LegacyEncodingTest,
    ::testing::Values(LegacyText{"windows-1250", "Cześć, jak się masz? Nie wiem, co powiedzieć.\n"},
                      LegacyText{"windows-1250", "Dobrý den, jak se máte? Příliš žluťoučký kůň.\n"},
                      LegacyText{"windows-1250", "Ne znam što da kažem. Gdje si bio jučer?\n"},
                      LegacyText{"windows-1250", "Jó napot, hogy van? Nem tudom, mit mondjak. Őrült.\n"},
                      LegacyText{"windows-1254", "Işıklar söndü. Şimdi değil, yarın görüşürüz.\n"}));

INSTANTIATE_TEST_SUITE_P(
    CyrillicAndGreek, LegacyEncodingTest,
    ::testing::Values(LegacyText{"windows-1251", "Привет, мир.\n"}, LegacyText{"KOI8-R", "Привет, мир.\n"},
                      LegacyText{"windows-1251", "<font color=\"#ffffff\"><i>Я не знаю.</i></font>\n"},
                      LegacyText{"windows-1251", "Мы используем Windows и Linux на сервере.\n"},
                      LegacyText{"windows-1251", "Здравей, как си днес? Аз съм добре.\n"},
                      LegacyText{"KOI8-U", "Привіт, як справи? Я не знаю, що сказати.\n"},
                      LegacyText{"IBM866", "Привет, как дела? Я не знаю.\n"},
                      LegacyText{"ISO-8859-5", "Привет, как дела? Я не знаю.\n"},
                      LegacyText{"windows-1253", "Άνθρωποι και Άγγελοι. Έλα εδώ, Όλγα.\n"}));

INSTANTIATE_TEST_SUITE_P(Semitic, LegacyEncodingTest,
                         ::testing::Values(LegacyText{"windows-1255", "שלום, מה שלומך היום?\n"},
                                           LegacyText{"windows-1256", "مرحبا، كيف حالك اليوم؟\n"}));

INSTANTIATE_TEST_SUITE_P(
    Asian, LegacyEncodingTest,
    ::testing::Values(LegacyText{"windows-31j", "こんにちは世界。\n"},
                      LegacyText{"EUC-JP", "こんにちは世界。\n"},
                      LegacyText{"windows-31j", "今日はWindowsの話をします。カタカナも使います。\n"},
                      LegacyText{"GB18030", "你好世界。\n"},
                      LegacyText{"GB18030", "1\n00:00:01,000 --> 00:00:03,000\n你好,你今天怎么样?\n"},
                      LegacyText{"Big5", "你好,你今天怎麼樣?我不知道該說什麼。\n"},
                      LegacyText{"windows-949", "안녕하세요.\n"},
                      LegacyText{"windows-874", "สวัสดีครับ วันนี้เป็นอย่างไรบ้าง\n"}));

TEST(LegacyEncodingTest, ALongTextIsOneEncodingToItsEnd) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "Привет, как дела? Я не знаю.\n";
  EXPECT_EQ(decode_legacy(encode({"windows-1251", text})), text);
}

}  // namespace
}  // namespace vat
