#include "asr/stock_phrases.h"

#include <algorithm>
#include <set>

#include "asr/segment_words.h"

namespace vat::asr {
namespace {

constexpr const char* kPhrases[] = {
    // English
    "you",
    "bye",
    "bye-bye",
    "thank you",
    "thank you very much",
    "thank you so much",
    "thanks",
    "okay",
    "thank you for watching",
    "thanks for watching",
    "thank you so much for watching",
    "thank you for watching and see you next time",
    "please subscribe",
    "like and subscribe",
    "please subscribe to my channel",
    "don't forget to like and subscribe",
    "see you in the next video",
    "see you next time",
    "i'll see you in the next video",
    "subtitles by the amara.org community",
    "transcription by castingwords",
    "subs by www.zeoranger.co.uk",
    // German
    "vielen dank",
    "vielen dank für's zuschauen",
    "vielen dank fürs zuschauen",
    "bis zum nächsten mal",
    "untertitel der amara.org-community",
    "untertitel von stephanie geiges",
    "untertitelung im auftrag des zdf für funk, 2017",
    "untertitel im auftrag des zdf für funk, 2017",
    "untertitelung des zdf, 2020",
    "copyright wdr 2021",
    "swr 2020",
    "swr 2021",
    // French
    "merci",
    "merci d'avoir regardé cette vidéo",
    "merci d'avoir regardé",
    "n'oubliez pas de vous abonner",
    "abonnez-vous",
    "sous-titrage société radio-canada",
    "sous-titrage st' 501",
    "sous-titres réalisés par la communauté d'amara.org",
    "sous-titres réalisés para la communauté d'amara.org",
    // Spanish
    "gracias",
    "muchas gracias",
    "gracias por ver",
    "gracias por ver el video",
    "gracias por ver el vídeo",
    "¡suscríbete al canal!",
    "suscríbete",
    "subtítulos realizados por la comunidad de amara.org",
    "subtítulos por la comunidad de amara.org",
    // Portuguese
    "obrigado",
    "obrigado por assistir",
    "obrigado por assistir até aqui",
    "e aí",
    "inscreva-se no canal",
    "legendas pela comunidade amara.org",
    "transcrição e legendas pela comunidade de amara.org",
    // Italian
    "grazie",
    "grazie a tutti",
    "grazie per aver guardato il video",
    "grazie per la visione",
    "iscriviti al canale",
    "sottotitoli creati dalla comunità amara.org",
    "sottotitoli e revisione a cura di qtss",
    "sottotitoli a cura di qtss",
    // Dutch
    "bedankt voor het kijken",
    "dank u wel",
    "ondertitels ingediend door de amara.org gemeenschap",
    "tv gelderland 2021",
    "nos 2021",
    // Polish
    "dziękuję",
    "dziękuję za uwagę",
    "dziękuję za oglądanie",
    "dzięki za oglądanie",
    "dzięki za obejrzenie",
    "zdjęcia i montaż",
    "napisy stworzone przez społeczność amara.org",
    // Russian
    "продолжение следует",
    "спасибо за просмотр",
    "спасибо за внимание",
    "подписывайтесь на канал",
    "субтитры сделал dimatorzok",
    "субтитры создавал dimatorzok",
    "субтитры подогнал «симон»",
    "редактор субтитров а.семкин корректор а.егорова",
    "редактор субтитров а.синецкая корректор а.егорова",
    // Ukrainian
    "дякую за перегляд",
    "дякую за увагу",
    "субтитрувальниця оля шор",
    // Czech
    "titulky vytvořil johnyx",
    "děkuji za pozornost",
    "děkuji",
    // Slovak
    "ďakujem za pozornosť",
    // Swedish
    "tack för att ni tittade",
    "tack för att du tittade",
    "undertexter från amara.org-gemenskapen",
    // Danish
    "tak for at du kiggede med",
    "danske tekster af nicolai winther",
    "danske tekster af jesper buhl scandinavian text service 2018",
    // Norwegian
    "takk for at du så på",
    "undertekster av ai-media",
    "teksting av nicolai winther",
    // Finnish
    "kiitos",
    "kiitos kun katsoit",
    "kiitos että katsoit",
    // Hungarian
    "köszönöm",
    "köszönöm, hogy megnézted",
    "köszönöm a figyelmet",
    // Romanian
    "vă mulțumim pentru vizionare",
    "mulțumesc",
    "mulțumesc pentru vizionare",
    "nu uitați să dați like, să lăsați un comentariu și să distribuiți acest material",
    // Greek
    "υπότιτλοι authorwave",
    "ευχαριστώ",
    // Turkish
    "altyazı m.k.",
    "izlediğiniz için teşekkür ederim",
    "izlediğiniz için teşekkürler",
    "abone olmayı unutmayın",
    // Arabic
    "اشتركوا في القناة",
    "شكرا للمشاهدة",
    "شكرا لكم",
    "ترجمة نانسي قنقر",
    // Hebrew
    "תודה רבה",
    "תודה שצפיתם",
    // Persian
    "از تماشای شما متشکرم",
    // Hindi
    "धन्यवाद",
    "देखने के लिए धन्यवाद",
    // Vietnamese
    "cảm ơn các bạn đã theo dõi",
    "cảm ơn các bạn đã theo dõi và hẹn gặp lại",
    "hãy subscribe cho kênh ghiền mì gõ để không bỏ lỡ những video hấp dẫn",
    "hẹn gặp lại các bạn trong những video tiếp theo",
    // Indonesian
    "terima kasih",
    "terima kasih telah menonton",
    "terima kasih sudah menonton",
    // Thai
    "ขอบคุณที่รับชม",
    "โปรดติดตามตอนต่อไป",
    // Chinese
    "谢谢",
    "谢谢大家",
    "謝謝大家",
    "谢谢观看",
    "謝謝觀看",
    "感谢观看",
    "感謝觀看",
    "谢谢收看",
    "字幕由amara.org社区提供",
    "字幕由amara.org社區提供",
    "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
    "請不吝點贊 訂閱 轉發 打賞支持明鏡與點點欄目",
    "字幕志愿者 李宗盛",
    "字幕志愿者 杨茜茜",
    "字幕by索兰娅",
    "优优独播剧场——yoyo television series exclusive",
    // Japanese
    "ご視聴ありがとうございました",
    "ご視聴ありがとうございます",
    "ご清聴ありがとうございました",
    "最後までご視聴いただきありがとうございました",
    "チャンネル登録をお願いします",
    "おやすみなさい",
    // Korean
    "감사합니다",
    "시청해주셔서 감사합니다",
    "시청해 주셔서 감사합니다",
    "구독과 좋아요 부탁드립니다",
    "mbc 뉴스 이덕영입니다",
    "다음 영상에서 만나요",
    "한글자막 by 한효정",
    "자막 제공 배달의민족",
};

}  // namespace

bool is_stock_phrase(const std::string& text) {
  static const std::set<std::string> keys = [] {
    std::set<std::string> folded;
    for (const char* phrase : kPhrases) folded.insert(word_key(phrase));
    return folded;
  }();
  return keys.contains(word_key(text));
}

}  // namespace vat::asr
