// A real PostgreSQL for tests: a cluster of its own in a temporary folder, reached by a socket in it. It ends
// with the test program, however that ends.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace vat::db::testing {

/// One thread at a time.
class PostgresServer {
 public:
  /// Makes the cluster and starts it; as the user "postgres" when the program runs as root, because
  /// PostgreSQL refuses that. kUnavailable when Debian's package postgresql is not there.
  [[nodiscard]] static Result<std::unique_ptr<PostgresServer>> create();
  ~PostgresServer();

  /// "postgresql://vat@/NAME?host=..."
  [[nodiscard]] std::string url(const std::string& database) const;
  /// Makes an empty database.
  [[nodiscard]] Result<> create_database(const std::string& name);

  /// Returns when it accepts connections. Does nothing while it runs.
  [[nodiscard]] Result<> start();
  /// Ends all connections and returns when the server is gone.
  void stop();

 private:
  struct State;
  explicit PostgresServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vat::db::testing
