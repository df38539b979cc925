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
  std::string_view closing;   ///< Of those, the ones that end one even before a name.
  std::string_view words;     ///< Listed by CLDR, but ordinary words at the end of a sentence.
  std::string_view openers;   ///< Begin sentences.
  std::string_view titles;    ///< Belong to the company before them.
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
        .closing = "Inc. Ltd. Co. Corp. LLC. etc.",
        .words = "OK. Ok. Is. To. On. In. By. Do. Go. As. Or. Up. All. Job. Joe. Long. Hat. Link. Jam. Act. "
                 "Id. Pro. Min. Mart. Lib. Def. Cap. Card. Mar. Sun.",
        .openers =
            "The He She It They We You This That These Those There Then Here But And So If When While "
            "After Before However In On At As For To My Our His Her Their Its What Why How Who Where No "
            "Yes Not Now Some Many Most All An One Another Each Every Please Let",
        .titles = "Chairman Chairwoman Chair President Director Founder Chief Vice Executive Shares Stock",
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
        .closing = "etc. Cie. Inc. Ltd.",
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
        .closing = "etc. Cía. Ltda. Inc. Ltd.",
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
        .closing = "ecc. etc. Inc. Ltd.",
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
        .closing = "etc. Ltda. Cia. Inc. Ltd.",
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
        .closing = "т.д. т.п.",
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
        .closing = "enz. etc.",
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
        .closing = "itd. itp. etc.",
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
        .closing = "т.д. т.п.",
        .openers =
            "Він Вона Воно Вони Ми Ви Я Ти Це Цей Ця Ці Потім Тоді Але І А Або Якщо Коли Після В У На З "
            "Для Не Так Що Хто Як Де Чому",
    },
    LanguageEntry{
        .language = "sv",
        .leading = "dr. prof. t.ex. bl.a. d.v.s. dvs. bl. ca. s.k. resp. inkl. exkl. jfr. St.",
        .numbered = "nr. s. sid. kap. fig. kl. tel. jan. feb. apr. aug. sep. sept. okt. nov. dec.",
        .ending = "osv. etc. m.m. m.fl. kr. f.Kr. e.Kr. jr. sr. st.",
        .closing = "osv. etc. m.m. m.fl.",
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
        .closing = "atd. apod. aj.",
        .openers =
            "On Ona Ono Oni My Vy Já Ty To Ten Ta Ti Potom Pak Tehdy Ale A Nebo Jestli Když Po Před V Ve "
            "Na Z Ze Do Od Pro Ne Ano Co Kdo Jak Kde Proč",
    },
    LanguageEntry{
        .language = "da",
        .leading =
            "dr. prof. hr. fr. frk. f.eks. bl.a. dvs. d.v.s. ca. evt. inkl. ekskl. jf. mht. pga. vedr. "
            "ang. afd. Skt. Sct. kgl.",
        .numbered =
            "nr. s. kap. fig. kl. stk. tlf. jan. feb. mar. apr. jun. jul. aug. sep. sept. okt. nov. dec.",
        .ending = "osv. etc. mv. m.m. m.fl. o.l. kr. mio. mia. pct. f.Kr. e.Kr. jr. sen. Co.",
        .closing = "osv. etc. mv. m.m. m.fl. o.l.",
        .openers =
            "Den Det De En Et Han Hun Vi I Jeg Du Dette Denne Så Da Derefter Men Og Eller Hvis Når Efter "
            "Før På Med For Her Der Nu Nej Ja Hvad Hvem Hvor Hvorfor",
    },
    LanguageEntry{
        .language = "nb",
        .leading =
            "dr. prof. hr. f.eks. bl.a. dvs. d.v.s. ca. ev. evt. inkl. ekskl. jf. pga. vedr. adm. ass. St.",
        .numbered = "nr. s. kap. fig. kl. tlf. jan. feb. mar. apr. jun. jul. aug. sep. sept. okt. nov. des.",
        .ending = "osv. etc. mv. m.m. m.fl. o.l. kr. mill. mrd. pst. f.Kr. e.Kr. jr. sen.",
        .closing = "osv. etc. mv. m.m. m.fl. o.l.",
        .openers = "Den Det De En Et Ei Han Hun Vi I Jeg Du Dette Denne Så Da Deretter Men Og Eller Hvis Når "
                   "Etter Før På Med For Her Der Nå Nei Ja Hva Hvem Hvor Hvorfor",
    },
    LanguageEntry{
        .language = "fi",
        .leading =
            "tri. toht. prof. dos. maist. hra. rva. nti. esim. ts. ns. mm. synt. vrt. ks. huom. em. ent.",
        .numbered = "nro. s. ss. kuv. klo. puh. art.",
        .ending = "jne. yms. ym. etc. eKr. jKr. e.Kr. j.Kr. milj. mrd. kpl. jr. Oy. Oyj.",
        .closing = "jne. yms. ym. etc.",
        .openers =
            "Hän He Se Ne Minä Sinä Me Te Tämä Tuo Nämä Nuo Sitten Silloin Mutta Ja Tai Jos Kun Ennen Nyt "
            "Täällä Siellä Ei Kyllä Mitä Kuka Miksi Missä Miten Myös Kaikki Eilen Tänään",
    },
    LanguageEntry{
        .language = "hu",
        .leading = "dr. prof. id. ifj. özv. Szt. pl. ill. kb. ún. vö. ld. max. min.",
        .numbered = "sz. old. köt. fej. tel. jan. febr. márc. ápr. máj. jún. júl. aug. szept. okt. nov. dec.",
        .ending = "stb. etc. Kft. Zrt. Nyrt. Bt. Rt. jr. i.e. i.sz.",
        .closing = "stb. etc.",
        .openers =
            "A Az Egy Ő Ők Én Te Mi Ti Ez Azok Ezek Aztán Majd Akkor De És Vagy Ha Amikor Miután Most Itt "
            "Ott Nem Igen Mit Ki Miért Hol Hogyan Ma Tegnap Minden",
    },
    LanguageEntry{
        .language = "ro",
        .leading =
            "dl. dna. dra. d-l. d-na. dr. prof. ing. arh. av. acad. conf. lect. gen. col. cpt. Sf. str. "
            "bd. jud. ex. p.ex. cf. aprox. resp.",
        .numbered = "nr. p. pag. art. alin. cap. fig. vol. tel. et. sec. ian. feb. mart. apr. iun. iul. aug. "
                    "sept. oct. nov. dec.",
        .ending = "etc. ș.a. ș.a.m.d. ş.a. ş.a.m.d. S.A. S.R.L. î.Hr. d.Hr. mil. mld. jr. Co. Inc. Ltd.",
        .closing = "etc. ș.a. ș.a.m.d. ş.a. ş.a.m.d.",
        .openers =
            "El Ea Ei Ele Eu Tu Noi Voi Acesta Aceasta Aceștia Acestea Un O Apoi Atunci Dar Și Sau Dacă "
            "Când După Înainte În La Cu Pentru Din De Pe Nu Da Ce Cine Unde Cum Azi Ieri Acum Aici Toți "
            "Toate",
    },
    LanguageEntry{
        .language = "tr",
        .leading =
            "Dr. Prof. Doç. Yrd. Öğr. Gör. Av. Müh. Uzm. Sn. Alb. Yzb. Gen. Org. Mah. Cad. Sok. Bul. Apt. "
            "Blv. St. örn. bkz. krş. yak. ort.",
        .numbered = "No. s. ss. böl. şek. tel. md.",
        .ending = "vb. vs. vd. A.Ş. Ltd. Şti. Inc. Co. M.Ö. M.S. dk. sn.",
        .closing = "vb. vs. vd.",
        .openers =
            "Bu Şu O Bunlar Onlar Ben Sen Biz Siz Bir Sonra Ardından Ama Ve Veya Eğer Önce Şimdi Burada "
            "Orada Hayır Evet Ne Kim Neden Niçin Nasıl Nerede Bugün Dün Her Tüm Bazı Daha",
    },
    LanguageEntry{
        .language = "el",
        .leading = "κα. κος. δρ. καθ. π.χ. δηλ. βλ. πρβλ. λ.χ. Αγ. οδ. λεωφ. περ.",
        .numbered = "αρ. σ. σσ. σελ. άρθ. κεφ. εικ. τόμ. τηλ. παρ. Ιαν. Φεβ. Μαρ. Απρ. Ιουν. Ιουλ. Αυγ. Σεπ. "
                    "Σεπτ. Οκτ. Νοε. Δεκ.",
        .ending = "κ.λπ. κλπ. κ.ά. κ.α. κ.τ.λ. κτλ. π.Χ. μ.Χ. Α.Ε. Ε.Π.Ε. εκατ. δισ. χιλ. π.μ. μ.μ.",
        .closing = "κ.λπ. κλπ. κ.ά. κ.α. κ.τ.λ. κτλ.",
        .openers =
            "Ο Η Το Οι Τα Ένας Μία Μια Ένα Αυτός Αυτή Αυτό Εγώ Εσύ Εμείς Εσείς Μετά Τότε Αλλά Και Ή Αν "
            "Όταν Πριν Στο Στη Στην Στον Με Για Από Δεν Όχι Ναι Τι Ποιος Πού Πώς Γιατί Σήμερα Χθες Τώρα "
            "Εδώ Εκεί Όλοι Όλα",
    },
    // The names of Latin letters stand for initials: "ए. पी. जे. अब्दुल कलाम".
    LanguageEntry{
        .language = "hi",
        .leading = "डॉ. डा. प्रो. पं. श्री. कु. स्व. ले. इं. उदा. बी. सी. डी. एफ. एच. जे. के. एल. एम. एन. पी. आर. एस. "
                   "टी. यू. वी.",
        .numbered = "नं. सं. पृ. क्र. अनु.",
        .ending = "आदि. पू. रु. रू. लि. प्रा. कि.मी. कि.ग्रा. जी. आई.",
        .openers = "वह वे यह ये मैं हम तुम आप फिर तब लेकिन और या अगर जब इसके उसके नहीं हाँ क्या कौन कहाँ क्यों कैसे आज कल अब "
                   "यहाँ वहाँ सब",
    },
};

/// "der 3. Oktober": in these a number's full stop makes it an ordinal.
inline constexpr std::array<std::string_view, 16> kOrdinalLanguages = {
    "de", "cs", "sk", "pl", "da", "nb", "no", "nn", "fi", "hu", "hr", "sl", "sr", "et", "lv", "is"};

}  // namespace vat::tts
