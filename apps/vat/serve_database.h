// Where the data are: the folder, its lock, and the database.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/file.h"
#include "base/result.h"
#include "db/database.h"
#include "domain/event_bus.h"
#include "serve_settings.h"

namespace vat::app {

/// Says where the database of these settings is: "data/vat.db", or the URL without its password.
[[nodiscard]] std::string database_place(const ServeSettings& settings);
[[nodiscard]] db::DatabaseOptions database_options(const ServeSettings& settings);

/// Makes the data folder, readable for this program's user alone, when it is not there.
[[nodiscard]] Result<> make_data_folder(const ServeSettings& settings);

/// With SQLite, one server has the data folder to itself; kExists while another runs. With PostgreSQL several
/// may share it, and there is no lock.
[[nodiscard]] Result<std::optional<FileLock>> lock_data_folder(const ServeSettings& settings);

/// Opens the database and brings it up to date. `bus` outlives it.
[[nodiscard]] Result<std::unique_ptr<db::Database>> open_database(const ServeSettings& settings,
                                                                  EventBus& bus);

}  // namespace vat::app
