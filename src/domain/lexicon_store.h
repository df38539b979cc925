// The port to users' lexicons: how they want words said. Implemented by db.
#pragma once

#include <string>

#include "base/result.h"

namespace vat {

/// Safe to use from any thread.
class LexiconStore {
 public:
  virtual ~LexiconStore() = default;
  /// The text of the user's lexicon, as it was written; empty if there is none.
  [[nodiscard]] virtual Result<std::string> lexicon(const std::string& user_id) = 0;
  /// Replaces it; an empty text removes it. kNotFound when there is no such user.
  [[nodiscard]] virtual Result<> set_lexicon(const std::string& user_id, const std::string& text) = 0;
};

}  // namespace vat
