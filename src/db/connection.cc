#include "db/connection.h"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>

#include "base/text.h"

namespace vat::db {
namespace {

const soci::backend_factory& factory(Engine engine) {
  if (engine == Engine::kSqlite) return soci::sqlite3;
  return soci::postgresql;
}

}  // namespace

std::string storable(std::string_view text) {
  std::string good = to_utf8(text);
  // PostgreSQL's text cannot contain NUL.
  std::replace(good.begin(), good.end(), '\0', ' ');
  return good;
}

Connection::Connection(Engine engine, const std::string& target)
    : engine_(engine), session_(factory(engine), target) {}

std::vector<std::string> Connection::statements() const {
  std::vector<std::string> texts;
  for (const auto& [text, statement] : statements_) texts.push_back(text);
  return texts;
}

void Connection::run(const std::string& sql) {
  try {
    session_ << sql;
  } catch (...) {
    note_failure(sql);
    throw;
  }
}

void Connection::note_failure(std::string_view sql) {
  failed_.assign(" in: ").append(sql);
  // SQLite's statement would stay open. PostgreSQL keeps a statement through errors, and rejects deallocating
  // one within a failed transaction.
  if (!sqlite()) return;
  const auto found = statements_.find(sql);
  if (found != statements_.end()) statements_.erase(found);
}

}  // namespace vat::db
