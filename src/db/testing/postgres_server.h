// A real PostgreSQL for tests: its own cluster in a temporary folder, with a socket in it. It ends with the
// test program, however that ends.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace vat::db::testing {

/// One thread at a time.
class PostgresServer {
 public:
  /// Creates and starts the cluster; as the user "postgres" if the program runs as root, which PostgreSQL
  /// rejects. kUnavailable when Debian's package postgresql is not installed.
  [[nodiscard]] static Result<std::unique_ptr<PostgresServer>> create();
  ~PostgresServer();

  /// "postgresql://vat@/NAME?host=..."
  [[nodiscard]] std::string url(const std::string& database) const;
  /// Creates an empty database.
  [[nodiscard]] Result<> create_database(const std::string& name);

  /// Returns when it accepts connections. Does nothing while it runs.
  [[nodiscard]] Result<> start();
  /// Ends all connections and returns when the server has stopped.
  void stop();

 private:
  struct State;
  explicit PostgresServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vat::db::testing
