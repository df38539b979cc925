#include "pipeline/user_lexicon.h"

#include <utility>

#include "base/log.h"

namespace vat::pipeline {

Result<std::shared_ptr<const tts::Lexicon>> lexicon_of(LexiconStore& store, const std::string& user_id) {
  VAT_ASSIGN(const std::string text, store.lexicon(user_id));
  if (text.empty()) return std::shared_ptr<const tts::Lexicon>();
  auto lexicon = tts::Lexicon::parse(text);
  if (lexicon) return std::make_shared<const tts::Lexicon>(*std::move(lexicon));
  log(LogLevel::kWarning, "A user's lexicon is left out: " + lexicon.error().message);
  return std::shared_ptr<const tts::Lexicon>();
}

}  // namespace vat::pipeline
