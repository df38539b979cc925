#include "tts/spoken_text.h"

#include <gtest/gtest.h>

namespace vat::tts {
namespace {

struct SpokenCase {
  const char* language;
  const char* written;
  const char* spoken;
};

constexpr SpokenCase kSpokenCases[] = {
    {"en", "It costs $3.50.", "It costs 3 dollars and 50 cents."},
    {"en", "$1", "1 dollar"},
    {"en", "$1,200 or £0.99", "1,200 dollars or 99 pence"},
    {"en", "a $5 million house", "a 5 million dollars house"},
    {"en", "20 € left", "20 euros left"},
    {"en", "on 2024-03-15", "on March fifteenth, twenty twenty-four"},
    {"en", "7/4/1776", "July fourth, seventeen seventy-six"},
    {"en", "born in 1984 here", "born in nineteen eighty-four here"},
    {"en", "In May 1905, he", "In May nineteen oh-five, he"},
    {"en", "in 1984.5 units", "in 1984.5 units"},
    {"en", "at 10:30", "at 10 30"},
    {"en", "at 10:05 or 9:00", "at 10 oh 5 or 9 o'clock"},
    {"en", "5 km at 1 kg", "5 kilometres at 1 kilogram"},
    {"en", "60 mph, 20 °C", "60 miles per hour, 20 degrees Celsius"},
    {"en", "a 3.5mm jack", "a 3.5 millimetres jack"},
    {"en", "50% of 12 m²", "50 percent of 12 square metres"},
    {"en", "pages 5-10", "pages 5 to 10"},
    {"en", "the score was 10-5", "the score was 10-5"},
    {"en", "Henry VIII and Louis XIV", "Henry the eighth and Louis the fourteenth"},
    {"en", "World War II, Chapter IV", "World War 2, Chapter 4"},
    {"en", "I am. Vitamin C, MIX", "I am. Vitamin C, MIX"},
    {"en", "Dr. Lee vs. Mrs. Hall", "Doctor Lee versus Missis Hall"},
    {"en", "fruit, e.g. apples", "fruit, for example apples"},
    {"en", "No. 5 & No. 6", "number 5 and number 6"},
    {"en", "St. Paul", "Saint Paul"},
    {"en", "see https://www.example.com/about", "see example dot com slash about"},
    {"en", "write to jo.doe@example.org", "write to jo dot doe at example dot org"},
    {"en", "8 a.m. sharp", "8 a m sharp"},
    {"en", "1,000 people, 3.14", "1,000 people, 3.14"},
    {"en", "16 GB of 3 GHz", "16 gigabytes of 3 gigahertz"},
    {"de", "Das kostet 3,50 €.", "Das kostet 3 Euro und 50 Cent."},
    {"de", "1.200 € oder $5", "1.200 Euro oder 5 Dollar"},
    {"de", "am 15.03.2024", "am fünfzehnten März zweitausendvierundzwanzig"},
    {"de", "im Jahr 1984", "im Jahr neunzehnhundertvierundachtzig"},
    {"de", "3. Oktober", "dritter Oktober"},
    {"de", "um 10:30 Uhr", "um 10 Uhr 30"},
    {"de", "um 14:00", "um 14 Uhr"},
    {"de", "5 km bei 20 °C", "5 Kilometer bei 20 Grad Celsius"},
    {"de", "3,5 kg Mehl", "3,5 Kilogramm Mehl"},
    {"de", "50 % Rabatt", "50 Prozent Rabatt"},
    {"de", "Seiten 5–10", "Seiten 5 bis 10"},
    {"de", "z. B. Obst usw.", "zum Beispiel Obst und so weiter"},
    {"de", "d.h. Dr. Weiß", "das heißt Doktor Weiß"},
    {"de", "Kapitel IV", "Kapitel 4"},
    {"de", "Nr. 7", "Nummer 7"},
    {"de", "auf www.beispiel.de", "auf beispiel Punkt de"},
    {"es", "Cuesta 3,50 €", "Cuesta 3 euros y 50 céntimos"},
    {"es", "1 € y $20", "1 euro y 20 dólares"},
    {"es", "el 15/03/2024", "el 15 de marzo de 2024"},
    {"es", "a las 10:30", "a las 10 y 30"},
    {"es", "5 km a 20 °C", "5 kilómetros a 20 grados centígrados"},
    {"es", "el 50 %", "el 50 por ciento"},
    {"es", "Felipe II y Alfonso XIII", "Felipe segundo y Alfonso 13"},
    {"es", "el siglo XX", "el siglo 20"},
    {"es", "la Sra. Ruiz, p. ej.", "la señora Ruiz, por ejemplo"},
    {"es", "páginas 5-10", "páginas 5 a 10"},
    {"es", "n.º o nº 5", "n.º o número 5"},
    {"fr", "Ça coûte 3,50 €", "Ça coûte 3 euros et 50 centimes"},
    {"fr", "le 01/03/2024", "le premier mars 2024"},
    {"fr", "le 15/03/2024", "le 15 mars 2024"},
    {"fr", "à 10:30", "à 10 heures 30"},
    {"fr", "5 km à 20 °C", "5 kilomètres à 20 degrés Celsius"},
    {"fr", "50 % de 2 Go", "50 pour cent de 2 gigaoctets"},
    {"fr", "Louis XIV et François I", "Louis 14 et François premier"},
    {"fr", "M. Dupont et Mme Roy", "monsieur Dupont et madame Roy"},
    {"fr", "p. ex. 5-10", "par exemple 5 à 10"},
    {"fr", "n° 5", "numéro 5"},
    {"it", "Costa 3,50 €.", "Costa 3,50 €."},
};

TEST(SpokenText, WritesOutWhatVoicesMisread) {
  for (const SpokenCase& one : kSpokenCases)
    EXPECT_EQ(spoken_text(one.written, one.language), one.spoken) << one.language;
}

TEST(SpokenText, LeavesOrdinaryTextAlone) {
  for (const char* const language : {"en", "de", "es", "fr"}) {
    for (const char* const text : {"", "Hello, world!", "A 4-4-2 formation", "v1.2.3", "12:34:56",
                                   "IPv6 192.168.1.1", "C++ & C#", "10/20", "2024-13-45", "I, V and X"})
      EXPECT_EQ(spoken_text(text, language).find("  "), std::string::npos) << text;
  }
  EXPECT_EQ(spoken_text("IPv6 192.168.1.1, v1.2.3 at 12:34:56", "en"),
            "IPv6 192.168.1.1, v1.2.3 at 12:34:56");
}

}  // namespace
}  // namespace vat::tts
