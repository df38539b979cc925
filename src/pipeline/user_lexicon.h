// A user's lexicon, from where the service keeps it.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "domain/lexicon_store.h"
#include "tts/lexicon.h"

namespace vat::pipeline {

/// Null for a user without one; one that this program does not read any more counts as none and is logged.
/// The errors are those of the store. Blocks.
[[nodiscard]] Result<std::shared_ptr<const tts::Lexicon>> lexicon_of(LexiconStore& store,
                                                                     const std::string& user_id);

}  // namespace vat::pipeline
