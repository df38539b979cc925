#include "tts/abbreviations.h"

#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/unistr.h>
#include <unicode/ures.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "base/text.h"
#include "tts/code_points.h"
#include "tts/languages.h"

namespace vat::tts {
namespace {

struct LanguageEntry {
  std::string_view language;
  std::string_view leading;   ///< Never end a sentence.
  std::string_view numbered;  ///< Do not end one before a number.
  std::string_view ending;    ///< May end one.
  std::string_view words;     ///< Listed by CLDR, but ordinary words at the end of a sentence.
  std::string_view openers;   ///< Begin sentences.
};

/// What readers of a language expect beyond CLDR's lists, which lack "Dr." in English and list "mar." (sea)
/// in Portuguese. A word stands for itself and with a capital. Single letters and "p.m." need no entry.
constexpr std::array kLanguages = {
    LanguageEntry{"en",
                  "Dr. Drs. Mr. Mrs. Ms. Mx. Messrs. Prof. Rev. Fr. St. Sts. Mt. Ft. Gen. Col. Maj. Capt. "
                  "Cmdr. Lt. Sgt. Cpl. "
                  "Pvt. Adm. Gov. Sen. Rep. Pres. Hon. Supt. Insp. Det. e.g. i.e. eg. ie. viz. vs. cf. "
                  "approx. ca. incl. esp. "
                  "resp. al. Mlle. Mme. Msgr. Hr.",
                  "No. Nos. no. p. pp. Fig. Figs. Vol. Ch. Sec. Art. Eq. Ref. Op. Jan. Feb. Mar. Apr. Jun. "
                  "Jul. Aug. Sep. Sept. "
                  "Oct. Nov. Dec.",
                  "Jr. Sr. Inc. Ltd. Co. Corp. Bros. LLC. Esq. etc. Ave. Blvd. Rd. Hwy. Sq. Dept. Univ. "
                  "Assn. Est. min. hr. "
                  "hrs. sec. ft. lb. lbs. oz. ext. tel. Tel. Ph.D. M.D. Mon. Tue. Tues. Wed. Thu. Thurs. "
                  "Fri. Sat. Ed. ed. eds. "
                  "dept.",
                  "OK. Ok. Is. To. On. In. By. Do. Go. As. Or. Up. All. Job. Joe. Long. Hat. Link. Jam. Act. "
                  "Id. Pro. Min. Mart. "
                  "Lib. Def. Cap. Card. Mar. Sun.",
                  "The He She It They We You This That These Those There Then Here But And So If When While "
                  "After Before However "
                  "In On At As For To My Our His Her Their Its What Why How Who Where No Yes Not Now Some "
                  "Many Most All An One "
                  "Another Each Every Please Let"},
    LanguageEntry{"de",
                  "Dr. Prof. Hr. Hrn. Fr. Frl. St. Dipl. Ing. Mag. bzw. ca. vgl. z.B. z.b. d.h. sog. evtl. "
                  "ggf. ggfs. inkl. "
                  "exkl. einschl. insb. bspw. zzgl. abzgl. max. mind. geb. gest. gegr. verh. ehem. österr. "
                  "dt. engl. frz. lat. "
                  "griech. allg. Hl. hl. i.d.R. u.a. v.a. m.E. Mrs. Mr. ebd.",
                  "Nr. Nrn. S. Abs. Abb. Art. Bd. Bde. Kap. Tab. Aufl. Ziff. Rn. Jan. Feb. Mär. Apr. Jun. "
                  "Jul. Aug. Sep. Sept. "
                  "Okt. Nov. Dez. Tel.",
                  "usw. etc. usf. Str. Co. Jh. Jhd. Mio. Mrd. Std. Min. Sek. Tel. Inc. Ltd. Chr. Jr. Sr. Co. "
                  "Fa. Abt. Hrsg. Hbf. "
                  "Sa. Mo. Mi. Fr. Di. Aufl.",
                  "am. So. Do. Best. Port. Test. Alt. Reg. Trans. Temp. Art. Do. PIN. Mod. App. Max. Akt. "
                  "Int. Min. Dim. Prot. "
                  "Ben.",
                  "Der Die Das Ein Eine Er Sie Es Wir Ihr Ich Du Man Dies Diese Dieser Dieses Dann Danach Da "
                  "Dort Hier Heute "
                  "Aber Und Oder Doch Denn Wenn Als Nachdem Später Im In Am An Auf Mit Nach Bei Für Von Zu "
                  "So Nun Jetzt Alle "
                  "Viele Kein Keine Nein Ja Was Wer Wie Wo Warum Deshalb Trotzdem Außerdem"},
    LanguageEntry{
        "fr",
        "M. MM. Mme. Mmes. Mlle. Mlles. Dr. Drs. Pr. Prof. Me. St. Ste. Mgr. cf. env. c.-à-d. p.ex. ex. éd. "
        "Cie. "
        "Gén. Col. Cdt. Cap. Lt.",
        "p. pp. n. no. art. chap. fig. vol. t. tél. Tél. janv. févr. av. avr. juil. sept. oct. nov. déc.",
        "etc. bd. boul. av. J.-C. Cie. Inc. Ltd. apr. min. tél. suiv.",
        "jeu. mer. mar. dest. fig. graph. voit. config. collab. aux. Desc. All.",
        "Le La Les Un Une Il Elle Ils Elles On Nous Vous Je Tu Ce Cette Ces Cet Puis Ensuite Alors Mais Et "
        "Ou Donc Or "
        "Car Si Quand Après Avant Dans En À Au Aux Pour Avec Par Sur Mon Ma Mes Son Sa Ses Leur Oui Non Que "
        "Qui "
        "Pourquoi Comment Où Ici"},
    LanguageEntry{
        "es",
        "Sr. Sra. Sres. Sras. Srta. Srtas. Dr. Dra. Dres. Drs. D. Dña. Prof. Profa. Lic. Ing. Arq. Gral. "
        "Cnel. Cap. "
        "Ud. Uds. Vd. Vds. St. Sto. Sta. p.ej. ej. aprox. Excmo. Excma. Ilmo. Ilma. Fr. Av. Avda. cf. Mons.",
        "pág. págs. p. pp. núm. n. No. Nº. art. cap. fig. vol. tel. Tel. t.",
        "etc. Cía. Ltda. S.A. EE.UU. Avda. Jr. Inc. Ltd. a.C. d.C. vs. hnos. dpto.",
        "Kit. Fabric. Sol. Rol. Korn. Seg. RAM. may. fund. col. cap. dom. dic. fig. ed. Col. Em. All. Desc. "
        "Bien. mar. "
        "prov. vid. jue.",
        "El La Los Las Un Una Unos Unas Él Ella Ellos Ellas Yo Tú Nosotros Usted Ustedes Este Esta Esto Ese "
        "Esa Eso "
        "Luego Después Entonces Pero Y O Si Cuando Antes En Al Para Por Con Sin Según Su Mi No Sí Qué Quién "
        "Cómo "
        "Dónde Hoy Ayer Ahora Aquí También Todos"},
    LanguageEntry{"it",
                  "Sig. sig. Sigg. Sig.ra Sig.na Dott. dott. Dr. dr. Prof. prof. Avv. avv. Ing. ing. Arch. "
                  "Geom. Rag. On. Mons. "
                  "Don. Gen. Col. Cap. Ten. S. Ss. SS. es. p.es. ad.es. ecc.ma cfr. ca. Spett. Egr. Gent.mo",
                  "pag. pagg. p. pp. n. nr. art. artt. cap. fig. vol. tab. tel. Tel. sec. gen. feb. mar. "
                  "apr. mag. giu. lug. ago. "
                  "set. sett. ott. nov. dic.",
                  "ecc. etc. Soc. Co. Inc. Ltd. a.C. d.C. S.p.A. S.r.l. Jr.",
                  "on. all. int. dr. ver. ag. div. arch. Mod.",
                  "Il Lo La I Gli Le Un Uno Una Lui Lei Loro Noi Voi Io Tu Questo Questa Questi Quello "
                  "Quella Poi Dopo Allora Ma "
                  "E O Se Quando Prima In Nel Nella Al Alla Per Con Da Di Su Non No Sì Che Chi Come Dove "
                  "Oggi Ieri Ora Qui "
                  "Anche Tutti È"},
    LanguageEntry{"pt",
                  "Sr. Sra. Srs. Sras. Srta. Dr. Dra. Drs. Dras. Prof. Profa. profa. Eng. Arq. Pe. D. Exmo. "
                  "Exma. Ilmo. Ilma. "
                  "Gen. Cel. Cap. V.Exa. Av. Sto. Sta. St. p.ex. ex. aprox. cf.",
                  "pág. págs. p. pp. núm. n. nº. No. art. cap. fig. vol. tel. Tel. séc. jan. fev. abr. jun. "
                  "jul. ago. set. out. "
                  "nov. dez.",
                  "etc. Ltda. Cia. S.A. Jr. Inc. Ltd. a.C. d.C. vs.",
                  "mar. set. out. mal. pal. des. lit. mov. res. rel. pol. mai. long. port. com. ex. sup. "
                  "univ. geom. div. obs. "
                  "ed. cap. col. cat. fem. fac. vol. fil. lat. ind. mat. cel. hist. cont. esp. pq. pron. "
                  "reg. comp. repr. est. "
                  "adm. doc. div. jur. org. náut. ap. eng. tel. abr. prod. elem. eletr. fisiol.",
                  "O A Os As Um Uma Ele Ela Eles Elas Eu Tu Nós Você Vocês Este Esta Isto Esse Essa Isso "
                  "Depois Então Mas E Ou "
                  "Se Quando Antes Em No Na Nos Nas Ao À Para Por Com Sem Seu Sua Meu Minha Não Sim Que Quem "
                  "Como Onde Hoje "
                  "Ontem Agora Aqui Também Todos"},
    LanguageEntry{
        "ru",
        "г-н. г-жа. гг. проф. акад. доц. им. ул. пр. просп. пл. пер. д. кв. стр. обл. р-н. т.е. т.н. напр. "
        "см. ср. "
        "св. гр. инж. ген. полк. кап. мл. ст. оз. о. р.",
        "рис. табл. гл. стр. с. п. пп. ст. ч. т. № тел.",
        "тыс. млн. млрд. руб. коп. др. пр. г. гг. в. вв. э. т.д. т.п. мин. сек. кг. см. янв. февр. апр. авг. "
        "сент. окт. "
        "нояб. дек.",
        "я.",
        "Он Она Оно Они Мы Вы Я Ты Это Этот Эта Эти Тот Та Те Потом Затем Тогда Но И А Или Если Когда После "
        "До В Во На "
        "С Со По За Из К От У Для Не Нет Да Что Кто Как Где Почему Сегодня Вчера Теперь Здесь Там Также Все"},
    LanguageEntry{"nl",
                  "dr. drs. prof. mr. mevr. dhr. ir. ing. ds. St. bijv. bv. d.w.z. o.a. m.a.w. i.v.m. t.o.v. "
                  "ca. incl. excl. "
                  "resp. vgl. min. max. zgn. jhr. Mw.",
                  "nr. nrs. blz. p. art. afb. fig. hfst. jan. feb. mrt. apr. jun. jul. aug. sep. sept. okt. "
                  "nov. dec. tel.",
                  "enz. etc. jr. sr. Co. mln. mld. Chr. str.", "",
                  "De Het Een Hij Zij Ze Wij We Ik Je Jij U Dit Dat Deze Die Daarna Toen Maar En Of Als Na "
                  "Voor In Op Met Bij "
                  "Er Hier Daar Nu Nee Ja Wat Wie Hoe Waar Waarom"},
    LanguageEntry{"pl",
                  "dr. prof. mgr. inż. lek. gen. płk. kpt. ks. św. ul. al. pl. os. np. tzn. tj. tzw. m.in. "
                  "ok. por. im. hab. red. "
                  "ww.",
                  "nr. s. str. art. ust. pkt. rys. tab. t. tel. godz.",
                  "itd. itp. etc. r. w. zł. gr. tys. mln. mld. br. in.", "",
                  "On Ona Ono Oni One My Wy Ja Ty To Ten Ta Te Potem Następnie Wtedy Ale I A Lub Jeśli Kiedy "
                  "Gdy Po Przed W We "
                  "Na Z Ze Do Od Dla Nie Tak Co Kto Jak Gdzie Dlaczego Dziś Wczoraj Teraz Tutaj"},
    LanguageEntry{
        "uk", "проф. акад. доц. ім. вул. просп. пл. пров. буд. кв. обл. р-н. тобто. напр. див. св. о. р.",
        "рис. табл. гл. с. п. ст. ч. т. тел.", "тис. млн. млрд. грн. коп. ін. р. рр. ст. с. т.д. т.п.", "",
        "Він Вона Воно Вони Ми Ви Я Ти Це Цей Ця Ці Потім Тоді Але І А Або Якщо Коли Після В У На З Для Не "
        "Так "
        "Що Хто Як Де Чому"},
    LanguageEntry{
        "sv", "dr. prof. t.ex. bl.a. d.v.s. dvs. bl. ca. s.k. resp. inkl. exkl. jfr. St.",
        "nr. s. sid. kap. fig. kl. tel. jan. feb. apr. aug. sep. sept. okt. nov. dec.",
        "osv. etc. m.m. m.fl. kr. f.Kr. e.Kr. jr. sr. st.", "",
        "Den Det De En Ett Han Hon Vi Ni Jag Du Detta Denna Sedan Då Men Och Eller Om När Efter I På Med För "
        "Här Där Nu Nej Ja Vad Vem Hur Var Varför"},
    LanguageEntry{
        "cs",
        "dr. prof. doc. ing. mgr. bc. MUDr. JUDr. PhDr. RNDr. sv. tzv. tj. tzn. např. popř. resp. cca. gen. "
        "plk. kpt. ul. nám. p. pí.",
        "č. s. str. čl. odst. obr. kap. tel.", "atd. apod. aj. tis. mil. mld. Kč. hod. min. stol. r.", "",
        "On Ona Ono Oni My Vy Já Ty To Ten Ta Ti Potom Pak Tehdy Ale A Nebo Jestli Když Po Před V Ve Na Z Ze "
        "Do Od Pro Ne Ano Co Kdo Jak Kde Proč"},
};

/// "der 3. Oktober": in these a number's full stop makes it an ordinal.
constexpr std::array<std::string_view, 16> kOrdinalLanguages = {
    "de", "cs", "sk", "pl", "da", "nb", "no", "nn", "fi", "hu", "hr", "sl", "sr", "et", "lv", "is"};

void insert_words(Abbreviations::Words& words, std::string_view list) {
  while (!list.empty())
    if (const std::string_view word = take_part(list, ' '); !word.empty()) words.emplace(word);
}

struct CloseBundle {
  void operator()(UResourceBundle* bundle) const { ures_close(bundle); }
};
using Bundle = std::unique_ptr<UResourceBundle, CloseBundle>;

/// The list that icu::FilteredBreakIteratorBuilder uses. Its iterator compares the ends of words, so that
/// "tiene." in Spanish would be "ene." (January); here whole words are compared.
void insert_cldr_words(Abbreviations::Words& words, const std::string& language) {
  UErrorCode status = U_ZERO_ERROR;
  const Bundle rules(ures_open(U_ICUDATA_NAME "-brkitr", language.c_str(), &status));
  if (U_FAILURE(status) != 0) return;
  // A language without rules of its own gets those of the process's locale.
  if (primary_language(ures_getLocaleByType(rules.get(), ULOC_ACTUAL_LOCALE, &status)) != language) return;
  const Bundle exceptions(ures_getByKey(rules.get(), "exceptions", nullptr, &status));
  const Bundle list(ures_getByKey(exceptions.get(), "SentenceBreak", nullptr, &status));
  if (U_FAILURE(status) != 0) return;
  for (std::int32_t i = 0; i < ures_getSize(list.get()); ++i) {
    std::int32_t length = 0;
    const UChar* const word = ures_getStringByIndex(list.get(), i, &length, &status);
    if (U_FAILURE(status) != 0) return;
    std::string utf8;
    icu::UnicodeString(word, length).toUTF8String(utf8);
    // Of "n. Chr." the last word is enough: single letters never end a sentence.
    words.insert(utf8.substr(utf8.rfind(' ') + 1));
  }
}

/// "U.S.", "p.m.", "Ph.D.", "т.д.", and single letters: one or two letters before each stop.
bool is_initials(std::string_view word) {
  std::size_t stops = 0;
  std::size_t letters = 0;
  bool fits = true;
  for_each_code_point(word, [&](UChar32 point, std::size_t, std::size_t) {
    if (point == '.') {
      fits = fits && letters > 0;
      letters = 0;
      ++stops;
    } else if (point != '-') {
      ++letters;
      fits = fits && u_isalpha(point) != 0 && letters <= 2;
    }
  });
  return fits && letters == 0 && (stops > 1 || code_points(word) == 2);
}

std::string with_small_initial(std::string_view word) {
  UChar32 first = 0;
  std::size_t length = 0;
  for_each_code_point(word, [&](UChar32 point, std::size_t begin, std::size_t end) {
    if (begin == 0) {
      first = point;
      length = end;
    }
  });
  std::string small;
  icu::UnicodeString(u_tolower(first)).toUTF8String(small);
  return small.append(word.substr(length));
}

}  // namespace

Abbreviations::Abbreviations(const std::string& language) {
  insert_cldr_words(ending_, language);
  ordinals_ =
      std::find(kOrdinalLanguages.begin(), kOrdinalLanguages.end(), language) != kOrdinalLanguages.end();
  const auto* const entry =
      std::find_if(kLanguages.begin(), kLanguages.end(),
                   [&](const LanguageEntry& candidate) { return candidate.language == language; });
  if (entry == kLanguages.end()) return;
  insert_words(ordinary_, entry->words);
  for (const std::string& word : ordinary_) ending_.erase(word);
  insert_words(leading_, entry->leading);
  insert_words(numbered_, entry->numbered);
  insert_words(ending_, entry->ending);
  insert_words(openers_, entry->openers);
}

std::shared_ptr<const Abbreviations> Abbreviations::of(const std::string& language) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Abbreviations>> made;
  const std::string primary = primary_language(language.empty() ? "en" : language);
  const std::lock_guard lock(mutex);
  constexpr std::size_t kMaxLanguages = 500;  // a caller may make tags up
  if (made.size() > kMaxLanguages) made.clear();
  std::shared_ptr<const Abbreviations>& entry = made[primary];
  if (!entry) entry = std::make_shared<const Abbreviations>(primary);
  return entry;
}

bool Abbreviations::listed(const Words& words, std::string_view word) {
  return words.contains(word) || words.contains(with_small_initial(word));
}

Abbreviation Abbreviations::kind_of(std::string_view word) const {
  if (listed(leading_, word)) return Abbreviation::kLeads;
  if (listed(ending_, word)) return Abbreviation::kMayEnd;
  if (is_initials(word) && !ordinary_.contains(word)) return Abbreviation::kMayEnd;
  return listed(numbered_, word) ? Abbreviation::kNumbered : Abbreviation::kNone;
}

}  // namespace vat::tts
