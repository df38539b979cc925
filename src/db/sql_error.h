// Maps SOCI's exceptions to errors. Private to db.
#pragma once

#include <exception>

#include "base/error.h"

namespace vat::db {

enum class Engine { kSqlite, kPostgresql };

/// What a failed statement implies for its session and transaction.
struct SqlFailure {
  Error error;
  bool lost = false;   ///< The session is no longer usable.
  bool again = false;  ///< The same transaction may succeed at once: it was the victim of a deadlock.
};

/// The message never contains SQL; the detail for the log does.
[[nodiscard]] SqlFailure describe_failure(Engine engine, const std::exception& exception);

/// "The database is not available; try again soon.", retryable.
[[nodiscard]] Error database_away(std::string detail);
/// "The database is busy; try again soon.", retryable.
[[nodiscard]] Error database_busy(std::string detail);

}  // namespace vat::db
