// What readers of a language expect of abbreviations beyond CLDR's lists, which lack "Dr." in English and
// list "mar." (sea) in Portuguese. Internal to tts.
#pragma once

#include <array>
#include <string_view>

namespace vat::tts {

/// Words with a space between them.
struct LanguageEntry {
  std::string_view language;
  std::string_view leading;   ///< Never end a sentence.
  std::string_view numbered;  ///< Do not end one before a number.
  std::string_view ending;    ///< May end one.
  std::string_view words;     ///< Listed by CLDR, but ordinary words at the end of a sentence.
  std::string_view openers;   ///< Begin sentences.
};

/// A word stands for itself and with a capital, and "*str." for every word that ends so.
/// Single letters and "p.m." need no entry.
inline constexpr std::array kLanguages = {
    LanguageEntry{
        .language = "en",
        .leading =
            "Dr. Drs. Mr. Mrs. Ms. Mx. Messrs. Prof. Rev. Fr. St. Sts. Mt. Ft. Gen. Col. Maj. Capt. Cmdr. "
            "Lt. Sgt. Cpl. Pvt. Adm. Gov. Sen. Rep. Pres. Hon. Supt. Insp. Det. e.g. i.e. eg. ie. viz. "
            "vs. cf. approx. ca. incl. esp. resp. al. Mlle. Mme. Msgr. Hr.",
        .numbered =
            "No. Nos. no. p. pp. Fig. Figs. Vol. Ch. Sec. Art. Eq. Ref. Op. Jan. Feb. Mar. Apr. Jun. Jul. "
            "Aug. Sep. Sept. Oct. Nov. Dec.",
        .ending =
            "Jr. Sr. Inc. Ltd. Co. Corp. Bros. LLC. Esq. etc. Ave. Blvd. Rd. Hwy. Sq. Dept. Univ. Assn. "
            "Est. min. hr. hrs. sec. deg. ft. lb. lbs. oz. ext. tel. Tel. Ph.D. M.D. Mon. Tue. Tues. Wed. "
            "Thu. Thurs. Fri. Sat. Ed. ed. eds. dept.",
        .words = "OK. Ok. Is. To. On. In. By. Do. Go. As. Or. Up. All. Job. Joe. Long. Hat. Link. Jam. Act. "
                 "Id. Pro. Min. Mart. Lib. Def. Cap. Card. Mar. Sun.",
        .openers =
            "The He She It They We You This That These Those There Then Here But And So If When While "
            "After Before However In On At As For To My Our His Her Their Its What Why How Who Where No "
            "Yes Not Now Some Many Most All An One Another Each Every Please Let",
    },
    LanguageEntry{
        .language = "de",
        .leading =
            "Dr. Prof. Hr. Hrn. Fr. Frl. St. Dipl. Ing. Mag. bzw. ca. vgl. z.B. z.b. d.h. sog. evtl. ggf. "
            "ggfs. inkl. exkl. einschl. insb. bspw. zzgl. abzgl. max. mind. geb. gest. gegr. verh. ehem. "
            "österr. dt. engl. frz. lat. griech. med. phil. jur. nat. rer. habil. allg. Hl. hl. i.d.R. "
            "u.a. v.a. m.E. Mrs. Mr. ebd.",
        .numbered =
            "Nr. Nrn. S. Abs. Abb. Art. Bd. Bde. Kap. Tab. Aufl. Ziff. Rn. Jan. Feb. Mär. Apr. Jun. Jul. "
            "Aug. Sep. Sept. Okt. Nov. Dez. Tel.",
        .ending =
            "usw. etc. usf. Str. *str. Co. Jh. Jhd. Mio. Mrd. Std. Min. Sek. Tel. Inc. Ltd. Chr. Jr. Sr. "
            "Co. Fa. Abt. Hrsg. Hbf. Sa. Mo. Mi. Fr. Di. Aufl.",
        .words =
            "am. So. Do. Best. Port. Test. Alt. Reg. Trans. Temp. Art. Do. PIN. Mod. App. Max. Akt. Int. "
            "Min. Dim. Prot. Ben.",
        .openers =
            "Der Die Das Ein Eine Er Sie Es Wir Ihr Ich Du Man Dies Diese Dieser Dieses Dann Danach Da "
            "Dort Hier Heute Aber Und Oder Doch Denn Wenn Als Nachdem Später Im In Am An Auf Mit Nach Bei "
            "Für Von Zu So Nun Jetzt Alle Viele Kein Keine Nein Ja Was Wer Wie Wo Warum Deshalb Trotzdem "
            "Außerdem",
    },
    LanguageEntry{
        .language = "fr",
        .leading =
            "M. MM. Mme. Mmes. Mlle. Mlles. Dr. Drs. Pr. Prof. Me. St. Ste. Mgr. cf. env. c.-à-d. p.ex. "
            "ex. éd. Cie. Gén. Col. Cdt. Cap. Lt.",
        .numbered =
            "p. pp. n. no. art. chap. fig. vol. t. tél. Tél. janv. févr. av. avr. juil. sept. oct. nov. "
            "déc.",
        .ending = "etc. bd. boul. av. J.-C. Cie. Inc. Ltd. apr. min. tél. suiv.",
        .words = "jeu. mer. mar. dest. fig. graph. voit. config. collab. aux. Desc. All.",
        .openers =
            "Le La Les Un Une Il Elle Ils Elles On Nous Vous Je Tu Ce Cette Ces Cet Puis Ensuite Alors "
            "Mais Et Ou Donc Or Car Si Quand Après Avant Dans En À Au Aux Pour Avec Par Sur Mon Ma Mes "
            "Son Sa Ses Leur Oui Non Que Qui Pourquoi Comment Où Ici",
    },
    LanguageEntry{
        .language = "es",
        .leading =
            "Sr. Sra. Sres. Sras. Srta. Srtas. Dr. Dra. Dres. Drs. D. Dña. Prof. Profa. Lic. Ing. Arq. "
            "Gral. Cnel. Cap. Ud. Uds. Vd. Vds. St. Sto. Sta. p.ej. ej. aprox. Excmo. Excma. Ilmo. Ilma. "
            "Fr. Av. Avda. cf. Mons. EE. FF. RR. JJ. SS. CC.",
        .numbered = "pág. págs. p. pp. núm. n. No. Nº. art. cap. fig. vol. tel. Tel. t.",
        .ending = "etc. Cía. Ltda. S.A. UU. AA. HH. OO. MM. Avda. Jr. Inc. Ltd. a.C. d.C. vs. hnos. dpto.",
        .words =
            "Kit. Fabric. Sol. Rol. Korn. Seg. RAM. may. fund. col. cap. dom. dic. fig. ed. Col. Em. All. "
            "Desc. Bien. mar. prov. vid. jue.",
        .openers =
            "El La Los Las Un Una Unos Unas Él Ella Ellos Ellas Yo Tú Nosotros Usted Ustedes Este Esta "
            "Esto Ese Esa Eso Luego Después Entonces Pero Y O Si Cuando Antes En Al Para Por Con Sin "
            "Según Su Mi No Sí Qué Quién Cómo Dónde Hoy Ayer Ahora Aquí También Todos",
    },
    LanguageEntry{
        .language = "it",
        .leading =
            "Sig. sig. Sigg. Sig.ra Sig.na Dott. dott. Dr. dr. Prof. prof. Avv. avv. Ing. ing. Arch. "
            "Geom. Rag. On. Mons. Don. Gen. Col. Cap. Ten. S. Ss. SS. es. p.es. ad.es. ecc.ma cfr. ca. "
            "Spett. Egr. Gent.mo",
        .numbered =
            "pag. pagg. p. pp. n. nr. art. artt. cap. fig. vol. tab. tel. Tel. sec. gen. feb. mar. apr. "
            "mag. giu. lug. ago. set. sett. ott. nov. dic.",
        .ending = "ecc. etc. Soc. Co. Inc. Ltd. a.C. d.C. S.p.A. S.r.l. Jr.",
        .words = "all. int. dr. ver. ag. div. arch. Mod.",
        .openers =
            "Il Lo La I Gli Le Un Uno Una Lui Lei Loro Noi Voi Io Tu Questo Questa Questi Quello Quella "
            "Poi Dopo Allora Ma E O Se Quando Prima In Nel Nella Al Alla Per Con Da Di Su Non No Sì Che "
            "Chi Come Dove Oggi Ieri Ora Qui Anche Tutti È",
    },
    LanguageEntry{
        .language = "pt",
        .leading = "Sr. Sra. Srs. Sras. Srta. Dr. Dra. Drs. Dras. Prof. Profa. profa. Eng. Arq. Pe. D. Exmo. "
                   "Exma. Ilmo. Ilma. Gen. Cel. Cap. V.Exa. Exa. Av. Sto. Sta. St. p.ex. ex. aprox. cf.",
        .numbered =
            "pág. págs. p. pp. núm. n. nº. No. art. cap. fig. vol. tel. Tel. séc. jan. fev. abr. jun. "
            "jul. ago. set. out. nov. dez.",
        .ending = "etc. Ltda. Cia. S.A. Jr. Inc. Ltd. a.C. d.C. vs.",
        .words =
            "mar. set. out. mal. pal. des. lit. mov. res. rel. pol. mai. long. port. com. ex. sup. univ. "
            "geom. div. obs. ed. cap. col. cat. fem. fac. vol. fil. lat. ind. mat. cel. hist. cont. esp. "
            "pq. pron. reg. comp. repr. est. adm. doc. div. jur. org. náut. ap. eng. tel. abr. prod. "
            "elem. eletr. fisiol.",
        .openers =
            "O A Os As Um Uma Ele Ela Eles Elas Eu Tu Nós Você Vocês Este Esta Isto Esse Essa Isso Depois "
            "Então Mas E Ou Se Quando Antes Em No Na Nos Nas Ao À Para Por Com Sem Seu Sua Meu Minha Não "
            "Sim Que Quem Como Onde Hoje Ontem Agora Aqui Também Todos",
    },
    LanguageEntry{
        .language = "ru",
        .leading = "г-н. г-жа. гг. проф. акад. доц. им. ул. пр. просп. пл. пер. кв. стр. обл. р-н. т.е. т.н. "
                   "напр. см. ср. св. гр. инж. ген. полк. кап. мл. ст. оз.",
        .numbered = "рис. табл. гл. стр. с. п. пп. ст. ч. т. № тел.",
        .ending = "тыс. млн. млрд. руб. коп. др. пр. г. гг. в. вв. э. т.д. т.п. мин. сек. кг. см. янв. февр. "
                  "апр. авг. сент. окт. нояб. дек.",
        .words = "я.",
        .openers =
            "Он Она Оно Они Мы Вы Я Ты Это Этот Эта Эти Тот Та Те Потом Затем Тогда Но И А Или Если Когда "
            "После До В Во На С Со По За Из К От У Для Не Нет Да Что Кто Как Где Почему Сегодня Вчера "
            "Теперь Здесь Там Также Все",
    },
    LanguageEntry{
        .language = "nl",
        .leading =
            "dr. drs. prof. mr. mevr. dhr. ir. ing. ds. St. bijv. bv. d.w.z. o.a. m.a.w. i.v.m. t.o.v. "
            "ca. incl. excl. resp. vgl. min. max. zgn. jhr. Mw.",
        .numbered =
            "nr. nrs. blz. p. art. afb. fig. hfst. jan. feb. mrt. apr. jun. jul. aug. sep. sept. okt. "
            "nov. dec. tel.",
        .ending = "enz. etc. jr. sr. Co. mln. mld. Chr. str.",
        .openers =
            "De Het Een Hij Zij Ze Wij We Ik Je Jij U Dit Dat Deze Die Daarna Toen Maar En Of Als Na Voor "
            "In Op Met Bij Er Hier Daar Nu Nee Ja Wat Wie Hoe Waar Waarom",
    },
    LanguageEntry{
        .language = "pl",
        .leading =
            "dr. prof. mgr. inż. lek. gen. płk. kpt. ks. św. ul. al. pl. os. np. tzn. tj. tzw. m.in. ok. "
            "por. im. hab. red. ww.",
        .numbered = "nr. s. str. art. ust. pkt. rys. tab. t. tel. godz.",
        .ending = "itd. itp. etc. r. w. zł. gr. tys. mln. mld. br. in.",
        .openers =
            "On Ona Ono Oni One My Wy Ja Ty To Ten Ta Te Potem Następnie Wtedy Ale I A Lub Jeśli Kiedy "
            "Gdy Po Przed W We Na Z Ze Do Od Dla Nie Tak Co Kto Jak Gdzie Dlaczego Dziś Wczoraj Teraz "
            "Tutaj",
    },
    LanguageEntry{
        .language = "uk",
        .leading = "проф. акад. доц. ім. вул. просп. пл. пров. буд. кв. обл. р-н. тобто. напр. див. св.",
        .numbered = "рис. табл. гл. с. п. ст. ч. т. тел.",
        .ending = "тис. млн. млрд. грн. коп. ін. р. рр. ст. с. т.д. т.п.",
        .openers =
            "Він Вона Воно Вони Ми Ви Я Ти Це Цей Ця Ці Потім Тоді Але І А Або Якщо Коли Після В У На З "
            "Для Не Так Що Хто Як Де Чому",
    },
    LanguageEntry{
        .language = "sv",
        .leading = "dr. prof. t.ex. bl.a. d.v.s. dvs. bl. ca. s.k. resp. inkl. exkl. jfr. St.",
        .numbered = "nr. s. sid. kap. fig. kl. tel. jan. feb. apr. aug. sep. sept. okt. nov. dec.",
        .ending = "osv. etc. m.m. m.fl. kr. f.Kr. e.Kr. jr. sr. st.",
        .openers =
            "Den Det De En Ett Han Hon Vi Ni Jag Du Detta Denna Sedan Då Men Och Eller Om När Efter I På "
            "Med För Här Där Nu Nej Ja Vad Vem Hur Var Varför",
    },
    LanguageEntry{
        .language = "cs",
        .leading = "dr. prof. doc. ing. mgr. bc. MUDr. JUDr. PhDr. RNDr. sv. tzv. tj. tzn. např. popř. resp. "
                   "cca. gen. plk. kpt. ul. nám. p. pí.",
        .numbered = "č. s. str. čl. odst. obr. kap. tel.",
        .ending = "atd. apod. aj. tis. mil. mld. Kč. hod. min. stol. r.",
        .openers =
            "On Ona Ono Oni My Vy Já Ty To Ten Ta Ti Potom Pak Tehdy Ale A Nebo Jestli Když Po Před V Ve "
            "Na Z Ze Do Od Pro Ne Ano Co Kdo Jak Kde Proč",
    },
};

/// "der 3. Oktober": in these a number's full stop makes it an ordinal.
inline constexpr std::array<std::string_view, 16> kOrdinalLanguages = {
    "de", "cs", "sk", "pl", "da", "nb", "no", "nn", "fi", "hu", "hr", "sl", "sr", "et", "lv", "is"};

}  // namespace vat::tts
