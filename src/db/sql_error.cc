#include "db/sql_error.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <string>
#include <string_view>
#include <utility>

namespace vat::db {
namespace {

Error defect(std::string detail) {
  return {ErrorCode::kInternal, "The database rejected a statement of this program.", std::move(detail)};
}

SqlFailure describe_sqlite(int result, std::string detail) {
  switch (result & 0xFF) {  // the primary code (sqlite.org/rescode.html)
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {database_busy(std::move(detail))};
    case SQLITE_FULL:
      return {Error(ErrorCode::kDiskFull, "No space is left for the database.", std::move(detail))};
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return {
          Error(ErrorCode::kPermission, "The database file cannot be opened for writing.", std::move(detail)),
          true};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {
          Error(ErrorCode::kBadData, "The database file is damaged; restore a backup.", std::move(detail)),
          true};
    case SQLITE_IOERR:
      return {database_away(std::move(detail)), true};
    case SQLITE_TOOBIG:
      return {Error(ErrorCode::kLimit, "The text is too large for the database.", std::move(detail))};
    default:
      return {defect(std::move(detail))};
  }
}

/// By the class of the SQLSTATE (PostgreSQL 15, appendix A).
SqlFailure describe_postgresql(std::string_view state, std::string detail) {
  const std::string_view kind = state.substr(0, 2);
  // Connection exceptions, the server's shutdown, or no state at all: there was no response.
  if (kind == "08" || kind == "57" || state.find_first_not_of(std::string_view(" \0", 2)) == state.npos) {
    const bool too_slow = state == "57014";
    return {too_slow ? database_busy(std::move(detail)) : database_away(std::move(detail)), !too_slow};
  }
  if (state == "53100") {
    return {Error(ErrorCode::kDiskFull, "No space is left for the database.", std::move(detail))};
  }
  if (kind == "53") return {database_away(std::move(detail)), true};
  if (kind == "40") return {database_busy(std::move(detail)), false, true};
  if (state == "55P03") return {database_busy(std::move(detail))};
  if (kind == "28" || state == "3D000") {
    return {Error(ErrorCode::kUnavailable, "The database rejects the program's user.", std::move(detail)),
            true};
  }
  if (kind == "54") {
    return {Error(ErrorCode::kLimit, "The text is too large for the database.", std::move(detail))};
  }
  return {defect(std::move(detail))};
}

/// Without SOCI's addition, which quotes the arguments, and those are private. And without PostgreSQL's
/// second line, which may quote them, too.
std::string plain_detail(const soci::soci_error& error) {
  const std::string message = error.get_error_message();
  return message.substr(0, message.find('\n'));
}

}  // namespace

Error database_away(std::string detail) {
  return Error(ErrorCode::kUnavailable, "The database is not available; try again soon.", std::move(detail))
      .as_retryable();
}

Error database_busy(std::string detail) {
  return Error(ErrorCode::kUnavailable, "The database is busy; try again soon.", std::move(detail))
      .as_retryable();
}

SqlFailure describe_failure(Engine engine, const std::exception& exception) {
  if (const auto* error = dynamic_cast<const soci::sqlite3_soci_error*>(&exception)) {
    return describe_sqlite(error->result(), plain_detail(*error));
  }
  if (const auto* error = dynamic_cast<const soci::postgresql_soci_error*>(&exception)) {
    return describe_postgresql(error->sqlstate(), plain_detail(*error));
  }
  // A message of SOCI's PostgreSQL backend without a state comes from libpq itself: there is no connection.
  if (const auto* error = dynamic_cast<const soci::soci_error*>(&exception)) {
    if (engine == Engine::kPostgresql) return {database_away(plain_detail(*error)), true};
    return {defect(plain_detail(*error))};
  }
  return {defect(exception.what())};
}

}  // namespace vat::db
