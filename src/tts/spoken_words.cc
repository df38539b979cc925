#include "tts/spoken_words.h"

namespace vat::tts {
namespace {

constexpr std::array kEnglishUnits = {Counted{"km/h", "kilometre per hour", "kilometres per hour"},
                                      Counted{"mph", "mile per hour", "miles per hour"},
                                      Counted{"km²", "square kilometre", "square kilometres"},
                                      Counted{"m²", "square metre", "square metres"},
                                      Counted{"km", "kilometre", "kilometres"},
                                      Counted{"cm", "centimetre", "centimetres"},
                                      Counted{"mm", "millimetre", "millimetres"},
                                      Counted{"m", "metre", "metres"},
                                      Counted{"kg", "kilogram", "kilograms"},
                                      Counted{"mg", "milligram", "milligrams"},
                                      Counted{"g", "gram", "grams"},
                                      Counted{"ml", "millilitre", "millilitres"},
                                      Counted{"l", "litre", "litres"},
                                      Counted{"ft", "foot", "feet"},
                                      Counted{"lbs", "pound", "pounds"},
                                      Counted{"lb", "pound", "pounds"},
                                      Counted{"oz", "ounce", "ounces"},
                                      Counted{"GB", "gigabyte", "gigabytes"},
                                      Counted{"MB", "megabyte", "megabytes"},
                                      Counted{"kHz", "kilohertz", "kilohertz"},
                                      Counted{"MHz", "megahertz", "megahertz"},
                                      Counted{"GHz", "gigahertz", "gigahertz"},
                                      Counted{"Hz", "hertz", "hertz"},
                                      Counted{"kW", "kilowatt", "kilowatts"},
                                      Counted{"°C", "degree Celsius", "degrees Celsius"},
                                      Counted{"°F", "degree Fahrenheit", "degrees Fahrenheit"},
                                      Counted{"min", "minute", "minutes"},
                                      Counted{"ms", "millisecond", "milliseconds"}};
constexpr std::array kGermanUnits = {Counted{"km/h", "Kilometer pro Stunde", "Kilometer pro Stunde"},
                                     Counted{"km²", "Quadratkilometer", "Quadratkilometer"},
                                     Counted{"m²", "Quadratmeter", "Quadratmeter"},
                                     Counted{"km", "Kilometer", "Kilometer"},
                                     Counted{"cm", "Zentimeter", "Zentimeter"},
                                     Counted{"mm", "Millimeter", "Millimeter"},
                                     Counted{"m", "Meter", "Meter"},
                                     Counted{"kg", "Kilogramm", "Kilogramm"},
                                     Counted{"mg", "Milligramm", "Milligramm"},
                                     Counted{"g", "Gramm", "Gramm"},
                                     Counted{"ml", "Milliliter", "Milliliter"},
                                     Counted{"l", "Liter", "Liter"},
                                     Counted{"GB", "Gigabyte", "Gigabyte"},
                                     Counted{"MB", "Megabyte", "Megabyte"},
                                     Counted{"kHz", "Kilohertz", "Kilohertz"},
                                     Counted{"MHz", "Megahertz", "Megahertz"},
                                     Counted{"Hz", "Hertz", "Hertz"},
                                     Counted{"kW", "Kilowatt", "Kilowatt"},
                                     Counted{"°C", "Grad Celsius", "Grad Celsius"},
                                     Counted{"min", "Minute", "Minuten"},
                                     Counted{"Std.", "Stunde", "Stunden"}};
constexpr std::array kSpanishUnits = {Counted{"km/h", "kilómetro por hora", "kilómetros por hora"},
                                      Counted{"km²", "kilómetro cuadrado", "kilómetros cuadrados"},
                                      Counted{"m²", "metro cuadrado", "metros cuadrados"},
                                      Counted{"km", "kilómetro", "kilómetros"},
                                      Counted{"cm", "centímetro", "centímetros"},
                                      Counted{"mm", "milímetro", "milímetros"},
                                      Counted{"m", "metro", "metros"},
                                      Counted{"kg", "kilogramo", "kilogramos"},
                                      Counted{"g", "gramo", "gramos"},
                                      Counted{"ml", "mililitro", "mililitros"},
                                      Counted{"l", "litro", "litros"},
                                      Counted{"GB", "gigabyte", "gigabytes"},
                                      Counted{"MB", "megabyte", "megabytes"},
                                      Counted{"Hz", "hercio", "hercios"},
                                      Counted{"°C", "grado centígrado", "grados centígrados"},
                                      Counted{"min", "minuto", "minutos"}};
constexpr std::array kFrenchUnits = {Counted{"km/h", "kilomètre à l'heure", "kilomètres à l'heure"},
                                     Counted{"km²", "kilomètre carré", "kilomètres carrés"},
                                     Counted{"m²", "mètre carré", "mètres carrés"},
                                     Counted{"km", "kilomètre", "kilomètres"},
                                     Counted{"cm", "centimètre", "centimètres"},
                                     Counted{"mm", "millimètre", "millimètres"},
                                     Counted{"m", "mètre", "mètres"},
                                     Counted{"kg", "kilogramme", "kilogrammes"},
                                     Counted{"g", "gramme", "grammes"},
                                     Counted{"ml", "millilitre", "millilitres"},
                                     Counted{"l", "litre", "litres"},
                                     Counted{"Go", "gigaoctet", "gigaoctets"},
                                     Counted{"Mo", "mégaoctet", "mégaoctets"},
                                     Counted{"Hz", "hertz", "hertz"},
                                     Counted{"°C", "degré Celsius", "degrés Celsius"},
                                     Counted{"min", "minute", "minutes"}};

constexpr std::array kEnglishMoney = {Counted{"$", "dollar", "dollars"}, Counted{"€", "euro", "euros"},
                                      Counted{"£", "pound", "pounds"}, Counted{"¥", "yen", "yen"}};
constexpr std::array kGermanMoney = {Counted{"$", "Dollar", "Dollar"}, Counted{"€", "Euro", "Euro"},
                                     Counted{"£", "Pfund", "Pfund"}, Counted{"¥", "Yen", "Yen"}};
constexpr std::array kSpanishMoney = {Counted{"$", "dólar", "dólares"}, Counted{"€", "euro", "euros"},
                                      Counted{"£", "libra", "libras"}, Counted{"¥", "yen", "yenes"}};
constexpr std::array kFrenchMoney = {Counted{"$", "dollar", "dollars"}, Counted{"€", "euro", "euros"},
                                     Counted{"£", "livre", "livres"}, Counted{"¥", "yen", "yens"}};
constexpr std::array kEnglishCoins = {Counted{"$", "cent", "cents"}, Counted{"€", "cent", "cents"},
                                      Counted{"£", "penny", "pence"}};
constexpr std::array kGermanCoins = {Counted{"$", "Cent", "Cent"}, Counted{"€", "Cent", "Cent"},
                                     Counted{"£", "Penny", "Pence"}};
constexpr std::array kSpanishCoins = {Counted{"$", "centavo", "centavos"},
                                      Counted{"€", "céntimo", "céntimos"},
                                      Counted{"£", "penique", "peniques"}};
constexpr std::array kFrenchCoins = {Counted{"$", "cent", "cents"}, Counted{"€", "centime", "centimes"},
                                     Counted{"£", "penny", "pence"}};

constexpr std::array kEnglishAbbreviations = {SpokenAbbreviation{R"(e\. ?g\.)", "for example"},
                                              SpokenAbbreviation{R"(i\. ?e\.)", "that is"},
                                              SpokenAbbreviation{R"(etc\.)", "et cetera"},
                                              SpokenAbbreviation{R"(vs\.?)", "versus"},
                                              SpokenAbbreviation{R"(approx\.)", "approximately"},
                                              SpokenAbbreviation{R"(Mr\.)", "Mister"},
                                              SpokenAbbreviation{R"(Mrs\.)", "Missis"},
                                              SpokenAbbreviation{R"(Dr\.)", "Doctor"},
                                              SpokenAbbreviation{R"(Prof\.)", "Professor"},
                                              SpokenAbbreviation{R"(Jr\.)", "Junior"},
                                              SpokenAbbreviation{R"(St\.(?= [A-Z]))", "Saint"},
                                              SpokenAbbreviation{R"(a\.m\.)", "a m"},
                                              SpokenAbbreviation{R"(p\.m\.)", "p m"}};
constexpr std::array kGermanAbbreviations = {SpokenAbbreviation{R"(z\. ?B\.)", "zum Beispiel"},
                                             SpokenAbbreviation{R"(d\. ?h\.)", "das heißt"},
                                             SpokenAbbreviation{R"(u\. ?a\.)", "unter anderem"},
                                             SpokenAbbreviation{R"(usw\.)", "und so weiter"},
                                             SpokenAbbreviation{R"(bzw\.)", "beziehungsweise"},
                                             SpokenAbbreviation{R"(ca\.)", "circa"},
                                             SpokenAbbreviation{R"(Dr\.)", "Doktor"},
                                             SpokenAbbreviation{R"(Prof\.)", "Professor"},
                                             SpokenAbbreviation{R"(Hr\.)", "Herr"},
                                             SpokenAbbreviation{R"(Fr\.)", "Frau"},
                                             SpokenAbbreviation{R"(evtl\.)", "eventuell"}};
constexpr std::array kSpanishAbbreviations = {SpokenAbbreviation{R"(p\. ?ej\.)", "por ejemplo"},
                                              SpokenAbbreviation{R"(EE\. ?UU\.)", "Estados Unidos"},
                                              SpokenAbbreviation{R"(Sr\.)", "señor"},
                                              SpokenAbbreviation{R"(Sra\.)", "señora"},
                                              SpokenAbbreviation{R"(Dr\.)", "doctor"},
                                              SpokenAbbreviation{R"(Dra\.)", "doctora"},
                                              SpokenAbbreviation{R"(Ud\.)", "usted"},
                                              SpokenAbbreviation{R"(etc\.)", "etcétera"}};
constexpr std::array kFrenchAbbreviations = {
    SpokenAbbreviation{R"(p\. ?ex\.)", "par exemple"},   SpokenAbbreviation{R"(c\.-à-d\.)", "c'est-à-dire"},
    SpokenAbbreviation{R"(M\.(?= \p{Lu}))", "monsieur"}, SpokenAbbreviation{R"(Mme\b)", "madame"},
    SpokenAbbreviation{R"(Mlle\b)", "mademoiselle"},     SpokenAbbreviation{R"(Dr\b)", "docteur"},
    SpokenAbbreviation{R"(etc\.)", "et cetera"}};

constexpr std::string_view kEnglishRulers =
    "Henry|Louis|Elizabeth|Charles|George|Edward|James|William|Richard|Philip|Frederick|Benedict|Pius|Paul|"
    "Catherine|Napoleon|Peter|Alexander|Leo|Francis";
constexpr std::string_view kGermanRulers =
    "Heinrich|Ludwig|Elisabeth|Karl|Georg|Eduard|Jakob|Wilhelm|Richard|Philipp|Friedrich|Benedikt|Pius|Paul|"
    "Katharina|Napoleon|Peter|Alexander|Leo|Franz|Otto";
constexpr std::string_view kSpanishRulers =
    "Enrique|Luis|Isabel|Carlos|Jorge|Eduardo|Jacobo|Guillermo|Ricardo|Felipe|Federico|Benedicto|Pío|Pablo|"
    "Catalina|Napoleón|Pedro|Alejandro|León|Fernando|Alfonso";
constexpr std::string_view kFrenchRulers =
    "Henri|Louis|Élisabeth|Charles|Georges|Édouard|Jacques|Guillaume|Richard|Philippe|Frédéric|Benoît|Pie|"
    "Paul|Catherine|Napoléon|Pierre|Alexandre|Léon|François";

const SpokenWords kEnglish = {
    .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
               "October", "November", "December"},
    .units = kEnglishUnits,
    .currencies = kEnglishMoney,
    .small_coins = kEnglishCoins,
    .abbreviations = kEnglishAbbreviations,
    .percent = "percent",
    .conjunction = "and",
    .range = "to",
    .dot = "dot",
    .at = "at",
    .slash = "slash",
    .number = "number",
    .rulers = kEnglishRulers,
    .parts = "Chapter|Part|Volume|Act|Scene|Section|Appendix|Phase|Type|Class|War|Bowl|Book",
    .month_first = true,
    .decimal_comma = false};
const SpokenWords kGerman = {
    .months = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
               "November", "Dezember"},
    .units = kGermanUnits,
    .currencies = kGermanMoney,
    .small_coins = kGermanCoins,
    .abbreviations = kGermanAbbreviations,
    .percent = "Prozent",
    .conjunction = "und",
    .range = "bis",
    .dot = "Punkt",
    .at = "ät",
    .slash = "Schrägstrich",
    .number = "Nummer",
    .rulers = kGermanRulers,
    .parts = "Kapitel|Teil|Band|Akt|Szene|Abschnitt|Anhang|Phase|Typ|Klasse|Weltkrieg|Buch"};
const SpokenWords kSpanish = {
    .months = {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
               "octubre", "noviembre", "diciembre"},
    .units = kSpanishUnits,
    .currencies = kSpanishMoney,
    .small_coins = kSpanishCoins,
    .abbreviations = kSpanishAbbreviations,
    .percent = "por ciento",
    .conjunction = "y",
    .range = "a",
    .dot = "punto",
    .at = "arroba",
    .slash = "barra",
    .number = "número",
    .rulers = kSpanishRulers,
    .parts =
        "[Cc]apítulo|[Pp]arte|[Vv]olumen|[Aa]cto|[Ee]scena|[Ss]ección|[Aa]nexo|[Ff]ase|[Tt]ipo|[Ll]ibro|"
        "[Ss]iglo"};
const SpokenWords kFrench = {
    .months = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
               "octobre", "novembre", "décembre"},
    .units = kFrenchUnits,
    .currencies = kFrenchMoney,
    .small_coins = kFrenchCoins,
    .abbreviations = kFrenchAbbreviations,
    .percent = "pour cent",
    .conjunction = "et",
    .range = "à",
    .dot = "point",
    .at = "arobase",
    .slash = "barre oblique",
    .number = "numéro",
    .rulers = kFrenchRulers,
    .parts =
        "[Cc]hapitre|[Pp]artie|[Vv]olume|[Aa]cte|[Ss]cène|[Ss]ection|[Aa]nnexe|[Pp]hase|[Tt]ype|[Ll]ivre|"
        "[Tt]ome"};

}  // namespace

const SpokenWords* spoken_words(std::string_view language) {
  if (language == "en") return &kEnglish;
  if (language == "de") return &kGerman;
  if (language == "es") return &kSpanish;
  return language == "fr" ? &kFrench : nullptr;
}

}  // namespace vat::tts
