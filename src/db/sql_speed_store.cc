#include "db/sql_speed_store.h"

#include <cmath>

namespace vat::db {

Result<> SqlSpeedStore::record(const std::string& engine, const std::string& model, double speed) {
  if (!std::isfinite(speed) || speed <= 0) return {};  // not a measurement
  return access_.write([&](Transaction& transaction) -> Result<> {
    transaction.sql.execute(
        "INSERT INTO speeds (engine, model, speed, updated_at) VALUES (:engine, :model, :speed, :updated_at) "
        "ON CONFLICT (engine, model) DO UPDATE SET speed = 0.7 * speeds.speed + 0.3 * excluded.speed, "
        "updated_at = excluded.updated_at",
        engine, model, speed, transaction.now);
    return {};
  });
}

Result<double> SqlSpeedStore::find(const std::string& engine, const std::string& model) {
  return access_.read([&](Connection& sql) -> Result<double> {
    const auto speed = sql.row<double>(
        "SELECT speed FROM speeds WHERE (:any_engine = '' OR engine = :engine) AND (:any_model = '' OR model "
        "= :model) "
        "ORDER BY updated_at DESC LIMIT 1",
        engine, engine, model, model);
    return speed.value_or(0);
  });
}

}  // namespace vat::db
