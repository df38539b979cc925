// The port to users' preferences: what they chose in the pages, as one JSON object. Implemented by db.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace vat {

/// Safe to use from any thread.
class PreferenceStore {
 public:
  virtual ~PreferenceStore() = default;
  /// The text of the user's JSON object; "{}" if they have none.
  [[nodiscard]] virtual Result<std::string> preferences(const std::string& user_id) = 0;

  /// The next document, made of the stored one; an error leaves that as it is.
  using Change = std::function<Result<std::string>(const std::string& stored)>;
  /// Nobody else changes the document meanwhile. Returns the new one, and notifies Kind::kPreferences if it
  /// differs. `change` may run again, after a conflict with another transaction. kNotFound when there is no
  /// such user.
  [[nodiscard]] virtual Result<std::string> change_preferences(const std::string& user_id,
                                                               const Change& change) = 0;
};

}  // namespace vat
