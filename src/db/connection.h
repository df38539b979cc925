// One session with a database, its prepared statements, and the few calls with which the stores run SQL.
// Private to db: it exposes SOCI. Every call may throw what SOCI throws; one thread at a time.
#pragma once

#include <soci/soci.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "db/sql_error.h"

namespace vat::db {

/// A row that is one value, a tuple of values, or a struct with `template <class Visit> void columns(Visit)`
/// that calls Visit for each member. Values are std::string, long long and double; no column may be NULL.
template <class Row>
concept HasColumns = requires(Row& row) {
  row.columns([](auto&) {});
};

template <class Row, class Visit>
void visit_columns(Row& row, Visit visit) {
  if constexpr (HasColumns<Row>) {
    row.columns(visit);
  } else if constexpr (requires { std::tuple_size<Row>::value; }) {
    std::apply([&](auto&... column) { (visit(column), ...); }, row);
  } else {
    visit(row);
  }
}

/// The bytes in a form that both engines accept: UTF-8 without NUL.
[[nodiscard]] std::string storable(std::string_view text);

/// The bound value of a parameter while its statement is prepared.
template <class Value>
struct Parameter {
  Value value{};
  soci::indicator indicator = soci::i_ok;
};

template <class Argument>
struct ParameterOf {
  static_assert(std::integral<Argument> || std::is_enum_v<Argument>);
  using Type = long long;
  static void set(Parameter<Type>& parameter, const Argument& argument) {
    parameter.value = static_cast<long long>(argument);
  }
};
template <class Argument>
requires std::floating_point<Argument>
struct ParameterOf<Argument> {
  using Type = double;
  static void set(Parameter<Type>& parameter, double argument) { parameter.value = argument; }
};
template <class Argument>
requires std::convertible_to<const Argument&, std::string_view>
struct ParameterOf<Argument> {
  using Type = std::string;
  static void set(Parameter<Type>& parameter, std::string_view argument) {
    parameter.value = storable(argument);
  }
};
/// Milliseconds: a length, or a time since 1970.
template <>
struct ParameterOf<std::chrono::milliseconds> {
  using Type = long long;
  static void set(Parameter<Type>& parameter, std::chrono::milliseconds argument) {
    parameter.value = argument.count();
  }
};
template <>
struct ParameterOf<std::chrono::sys_time<std::chrono::milliseconds>> {
  using Type = long long;
  static void set(Parameter<Type>& parameter, std::chrono::sys_time<std::chrono::milliseconds> argument) {
    parameter.value = argument.time_since_epoch().count();
  }
};
/// Empty is NULL.
template <class Argument>
struct ParameterOf<std::optional<Argument>> {
  using Type = typename ParameterOf<Argument>::Type;
  static void set(Parameter<Type>& parameter, const std::optional<Argument>& argument) {
    parameter.indicator = argument ? soci::i_ok : soci::i_null;
    if (argument) ParameterOf<Argument>::set(parameter, *argument);
  }
};

/// Gives back the memory of a value that is too long to be kept for the next one.
inline constexpr auto kReleaseIfLarge = [](auto& value) {
  constexpr std::size_t kKeptBytes = 64U * 1024;
  if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
    if (value.capacity() > kKeptBytes) std::string().swap(value);
  }
};

class Connection {
 public:
  /// Connects. `target` is a "file:" URI (SQLite) or a connection string (PostgreSQL).
  Connection(Engine engine, const std::string& target);

  [[nodiscard]] Engine engine() const { return engine_; }
  [[nodiscard]] bool sqlite() const { return engine_ == Engine::kSqlite; }
  /// " FOR UPDATE" where rows are locked one by one; SQLite has a single writer anyway.
  [[nodiscard]] const char* for_update() const { return sqlite() ? "" : " FOR UPDATE"; }
  /// Whether the server still answers; queries it.
  [[nodiscard]] bool alive() { return session_.is_connected(); }

  /// The prepared statements; a test checks the plan of each.
  [[nodiscard]] std::vector<std::string> statements() const;

  /// " in: " and the last failed statement, without its arguments.
  [[nodiscard]] const std::string& failed_statement() const { return failed_; }

  /// Runs a statement unprepared.
  void run(const std::string& sql);
  /// Each parameter appears once, as a colon and a name, in the order of the arguments. Returns the number of
  /// changed rows.
  template <class... Arguments>
  long long execute(std::string_view sql, const Arguments&... arguments) {
    using Statement = Prepared<std::tuple<>, typename ParameterOf<std::decay_t<Arguments>>::Type...>;
    return guarded(sql, [&] {
      auto& prepared = find<Statement>(sql);
      prepared.set(arguments...);
      prepared.statement.execute(true);
      const long long affected = prepared.statement.get_affected_rows();
      prepared.release_large();
      return affected;
    });
  }
  /// Calls `each(row)` for every row of the result; the row is valid only during the call.
  template <class Row, class Each, class... Arguments>
  void each(std::string_view sql, Each each_row, const Arguments&... arguments) {
    using Statement = Prepared<Row, typename ParameterOf<std::decay_t<Arguments>>::Type...>;
    guarded(sql, [&] {
      auto& prepared = find<Statement>(sql);
      prepared.set(arguments...);
      prepared.statement.execute(false);
      // To the end: SQLite's statement holds its snapshot until then.
      while (prepared.statement.fetch()) each_row(prepared.row);
      prepared.release_large();
    });
  }
  template <class Row, class... Arguments>
  std::vector<Row> rows(std::string_view sql, const Arguments&... arguments) {
    std::vector<Row> all;
    each<Row>(
        sql, [&](Row& row) { all.push_back(row); }, arguments...);
    return all;
  }
  /// The first row, if there is one.
  template <class Row, class... Arguments>
  std::optional<Row> row(std::string_view sql, const Arguments&... arguments) {
    std::optional<Row> first;
    each<Row>(
        sql,
        [&](Row& row) {
          // Moved where it is long: there may be no room for two.
          if (!first) first = std::move(row);
        },
        arguments...);
    return first;
  }

 private:
  struct PreparedBase {
    virtual ~PreparedBase() = default;
  };
  template <class Row, class... Values>
  struct Prepared : PreparedBase {
    Prepared(soci::session& session, const std::string& sql) : statement(session) {
      statement.alloc();
      visit_columns(row, [this](auto& column) { statement.exchange(soci::into(column)); });
      std::apply(
          [this](auto&... parameter) {
            (statement.exchange(soci::use(parameter.value, parameter.indicator)), ...);
          },
          parameters);
      statement.prepare(sql);
      statement.define_and_bind();
    }
    template <class... Arguments>
    void set(const Arguments&... arguments) {
      std::apply(
          [&](auto&... parameter) { (ParameterOf<std::decay_t<Arguments>>::set(parameter, arguments), ...); },
          parameters);
    }
    /// A prepared statement stays, and with it the memory of the longest value that it ever had.
    void release_large() {
      visit_columns(row, kReleaseIfLarge);
      std::apply([](auto&... parameter) { (kReleaseIfLarge(parameter.value), ...); }, parameters);
    }
    Row row{};
    std::tuple<Parameter<Values>...> parameters;
    soci::statement statement;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  template <class Statement>
  Statement& find(std::string_view sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return dynamic_cast<Statement&>(*found->second);
    std::string text(sql);
    auto made = std::make_unique<Statement>(session_, text);
    Statement& statement = *made;
    statements_.emplace(std::move(text), std::move(made));
    return statement;
  }
  template <class Body>
  decltype(auto) guarded(std::string_view sql, Body body) {
    try {
      return body();
    } catch (...) {
      note_failure(sql);
      throw;
    }
  }
  void note_failure(std::string_view sql);

  Engine engine_;
  soci::session session_;
  std::string failed_;
  std::unordered_map<std::string, std::unique_ptr<PreparedBase>, TextHash, std::equal_to<>> statements_;
};

}  // namespace vat::db
