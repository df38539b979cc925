#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tts/sentences.h"

namespace vat::tts {
namespace {

using ::testing::ElementsAre;

struct Sample {
  const char* language;
  const char* text;  ///< "|" between its sentences.
};

class SentenceEndsTest : public ::testing::TestWithParam<Sample> {};

TEST_P(SentenceEndsTest, AreThoseThatAReaderSees) {
  const std::string marked = GetParam().text;
  std::string text;
  std::vector<std::string> expected(1);
  for (const char c : marked) {
    text += c == '|' ? ' ' : c;
    if (c == '|') {
      expected.emplace_back();
    } else {
      expected.back() += c;
    }
  }
  std::vector<std::string> found;
  for (const Sentence& sentence : split_sentences(text, 4000, GetParam().language))
    found.push_back(sentence.text);
  EXPECT_EQ(found, expected);
}

INSTANTIATE_TEST_SUITE_P(
    English, SentenceEndsTest,
    ::testing::Values(
        Sample{"en", "How are you, Dr. Smith?|She lives in St. Louis."},
        Sample{"en-US", "Mr. and Mrs. Jones met Prof. Lee, e.g. Tuesday.|They left."},
        Sample{"en", "J. R. R. Tolkien wrote it.|George W. Bush did not."},
        Sample{"en", "It costs 3.14 dollars at 5:30 p.m. on Monday.|Then it closed."},
        Sample{"en", "We met at 5 p.m. Monday.|It was 9 a.m.|They were late."},
        Sample{"en", "She moved to the U.S. Army base.|He stayed in the U.S.|Then she came."},
        Sample{"en", "See No. 5 Downing Street and Fig. 3 Left.|I said no.|Nobody came."},
        Sample{"en", "“Go!” he said.|“Is it?” she asked.|“Stop.”|“No.”"},
        Sample{"en", "He waited... and waited.|Wait . . . what?|Really?!|Yes."},
        Sample{"en", "Visit https://www.example.com/a/b?x=1&y=2 today.|Write to J.Doe@Example.Com now."},
        Sample{"en", "Open /etc/X.Org/A.conf or www.Example.Org!|Is it?No way."},
        Sample{"en", "Acme Inc. Ltd. and Sons etc. won.|Play the piano.|Stop at xvs.|Them."},
        Sample{"en", "He works at Apple Inc.|Anna left."},
        Sample{"en", "Pens, paper, etc.|Anna paid Acme Corp. Chairman Bob."},
        Sample{"en", "Apple Inc. Chief Executive Tim Cook and Acme Inc. Chairman was there."},
        Sample{"en", "Martin Luther King Jr. Day is in January at the U.S. Army base."},
        Sample{"en", "1. Milk and honey.|2. Bread."}, Sample{"en", "OK.|Go.|It's All.|Come In."},
        Sample{"", "Dr. Smith came.|He left."}));

INSTANTIATE_TEST_SUITE_P(
    German, SentenceEndsTest,
    ::testing::Values(
        Sample{"de", "Das ist z. B. Hamburg, d. h. Norden.|Dr. Meier und Prof. Klein kamen."},
        Sample{"de-DE", "Am 3. Oktober 1990 war es so weit.|Ludwig XIV. König von Frankreich schlief."},
        Sample{"de", "Es war 1990.|Danach kam Nr. 5 an der Hauptstr. 12 vorbei."},
        Sample{"de", "Er kam um 10.30 Uhr bzw. später usw.|Dann ging er.|»Ja!« sagte sie.|»Nein.«"},
        Sample{"de", "Im Jahr 44 v. Chr. starb Cäsar.|Das kostet 3,50 Mio. Euro ca. am Tag."},
        Sample{"de", "Dr. med. Müller wohnt in der Goethestr. 5.|Er ist 50 J. alt."},
        Sample{"de", "Das ist der Test.|Sie ist im Dienst, u. a. Montags."}));

INSTANTIATE_TEST_SUITE_P(
    French, SentenceEndsTest,
    ::testing::Values(Sample{"fr", "M. Dupont et Mme. Durand sont là.|Le Dr. Petit aussi."},
                      Sample{"fr", "« Bonjour ! »|Elle sourit.|« Ça va ? »|« Oui. »"},
                      Sample{"fr", "« Oui ! » dit-elle.|« Non ? » demanda M. Leblanc.|Voir p. 12 du livre."},
                      Sample{"fr", "Vraiment ? demanda-t-il.|Il est parti à la mer.|Il y avait du jeu."},
                      Sample{"fr", "J.-C. Martin vit près du bd. Voltaire, etc.|Il chante."}));

INSTANTIATE_TEST_SUITE_P(
    Spanish, SentenceEndsTest,
    ::testing::Values(Sample{"es", "El Sr. García y la Dra. López llegaron.|Ud. Ganó."},
                      Sample{"es", "Él lo tiene.|Luego se fue.|Mira el sol.|Véase pág. 12."},
                      Sample{"es", "EE. UU. Ganó.|Vino el Dr. D. Juan."},
                      Sample{"es", "¿Vienes?|¡Sí!|Vive en EE.UU. Norte, p. ej. Boston."}));

INSTANTIATE_TEST_SUITE_P(
    Italian, SentenceEndsTest,
    ::testing::Values(Sample{"it", "Il Sig. Rossi e la Sig.ra Bianchi sono qui.|Il dott. Verdi no."},
                      Sample{"it", "Parla l'avv. Neri e l’on. Verdi."},
                      Sample{"it", "Siamo tutti qui, ecc.|Poi siamo andati via.|Vedi pag. 12."}));

INSTANTIATE_TEST_SUITE_P(
    Portuguese, SentenceEndsTest,
    ::testing::Values(Sample{"pt-BR", "O Sr. Silva e a Dra. Costa chegaram.|A Profa. Lima não."},
                      Sample{"pt", "Fomos ao mar.|Depois voltamos.|As casas são grandes.|Veja a pág. 12."}));

INSTANTIATE_TEST_SUITE_P(
    Russian, SentenceEndsTest,
    ::testing::Values(Sample{"ru", "Проф. Иванов живёт на ул. Ленина.|А. С. Пушкин писал стихи."},
                      Sample{"ru", "Это стоит 5 тыс. руб.|Потом ещё."},
                      Sample{"ru", "Это я.|Иван пришёл, т. е. Вернулся."},
                      Sample{"ru", "Дом, сад и т. д.|Потом ушли."}, Sample{"ru", "— Привет! — сказал он."}));

INSTANTIATE_TEST_SUITE_P(
    OthersWithATable, SentenceEndsTest,
    ::testing::Values(Sample{"nl", "Dhr. Jansen en mevr. Bakker zijn hier, bijv. Vandaag.|Daarna niet."},
                      Sample{"pl", "Prof. Kowalski mieszka na ul. Długiej, np. W domu."},
                      Sample{"uk", "Проф. Шевченко живе на вул. Київській.|Потім пішов."},
                      Sample{"sv", "Han heter t.ex. Anders.|Sedan gick han."},
                      Sample{"cs", "Dne 3. Října přišel Ing. Novák.|Potom odešel."}));

INSTANTIATE_TEST_SUITE_P(
    Danish, SentenceEndsTest,
    ::testing::Values(
        Sample{"da", "Hr. Jensen og dr. Møller bor i Danmark, f.eks. København.|Det er d. 3. Oktober."},
        Sample{"da", "Se nr. 5 og s. 12.|Hun købte brød, ost osv.|Anna gik."}));
INSTANTIATE_TEST_SUITE_P(
    Norwegian, SentenceEndsTest,
    ::testing::Values(Sample{"nb", "Dr. Hansen møtte bl.a. Kari.|Det koster 5 mill. kr.|Så gikk de."},
                      Sample{"no", "Prof. Berg kommer kl. 10, f.eks. Mandag."},
                      Sample{"nn", "Dr. Vik kjem, dvs. Anne."}));
INSTANTIATE_TEST_SUITE_P(
    Finnish, SentenceEndsTest,
    ::testing::Values(Sample{"fi", "Prof. Virtanen ja tri. Korhonen asuvat esim. Helsingissä.|He tulivat."},
                      Sample{"fi", "Leipää, maitoa jne.|Sitten hän lähti, ks. S. 12 ja nro. 5."}));
INSTANTIATE_TEST_SUITE_P(
    Hungarian, SentenceEndsTest,
    ::testing::Values(Sample{"hu", "Dr. Kovács és ifj. Nagy Budapesten él, pl. Budán.|Ő jött."},
                      Sample{"hu", "Kenyér, tej stb.|Aztán a Példa Kft. Budapesten maradt."}));
INSTANTIATE_TEST_SUITE_P(
    Romanian, SentenceEndsTest,
    ::testing::Values(Sample{"ro", "Dl. Popescu și dna. Ionescu stau pe str. Lungă nr. 5.|Dr. Pop nu."},
                      Sample{"ro", "Pâine, lapte etc.|Ana a plecat.|Vezi pag. 12."}));
INSTANTIATE_TEST_SUITE_P(
    Turkish, SentenceEndsTest,
    ::testing::Values(Sample{"tr", "Prof. Dr. Yılmaz ve Av. Kaya Atatürk Cad. No. 5 adresinde.|Sonra gitti."},
                      Sample{"tr", "Ekmek, süt vb.|Ali geldi.|Bkz. Ankara."}));
INSTANTIATE_TEST_SUITE_P(
    Greek, SentenceEndsTest,
    ::testing::Values(Sample{"el", "Ο Α. Β. Παππάς ήρθε.|Μετά έφυγε."},
                      Sample{"el", "Ο Δρ. Παππάς και η κα. Νικολάου μένουν π.χ. Αθήνα, οδ. Ερμού."},
                      Sample{"el", "Ψωμί, γάλα κ.λπ.|Άννα έφυγε.|Βλ. σελ. 12."}));
INSTANTIATE_TEST_SUITE_P(Hindi, SentenceEndsTest,
                         ::testing::Values(Sample{"hi", "डॉ. शर्मा और प्रो. सिंह आए।|वे चले गए।"},
                                           Sample{"hi", "ए. पी. जे. अब्दुल कलाम यहाँ है.|पृ. 12 देखो."}));

INSTANTIATE_TEST_SUITE_P(OthersWithout, SentenceEndsTest,
                         ::testing::Values(Sample{"et", "A. B. Tamm tuli.|Siis läks."},
                                           Sample{"xx", "A. B. Cee came.|Dee left."}));

TEST(SentenceListTest, ItemsAreSentencesByThemselves) {
  const auto texts = [](std::string_view text) {
    std::vector<std::string> list;
    for (const Sentence& sentence : split_sentences(text, 1000)) list.push_back(sentence.text);
    return list;
  };
  EXPECT_THAT(texts("Buy:\n- milk\n- eggs\n  and ham\n- tea"),
              ElementsAre("Buy:", "- milk", "- eggs and ham", "- tea"));
  EXPECT_THAT(texts("1. One thing\n2. Another\n10) Last"),
              ElementsAre("1. One thing", "2. Another", "10) Last"));
  EXPECT_THAT(texts("He was born in\n19. Later it was 20."),
              ElementsAre("He was born in 19.", "Later it was 20."));
  EXPECT_THAT(texts("...\n\n... Yes"), ElementsAre("...", "... Yes"));
}

TEST(SentenceListTest, SentencesWithoutSpacesStayApart) {
  std::vector<std::string> texts;
  for (const Sentence& sentence : split_sentences("真的吗?是的!好。", 1000, "zh"))
    texts.push_back(sentence.text);
  EXPECT_THAT(texts, ElementsAre("真的吗?", "是的!", "好。"));
}

}  // namespace
}  // namespace vat::tts
