// The data of the service: the folder, its lock, and the database.
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

/// The location of the database, to be shown: "data/vat.db", or the URL without its password.
[[nodiscard]] std::string database_place(const ServeSettings& settings);
[[nodiscard]] db::DatabaseOptions database_options(const ServeSettings& settings);

/// Creates the data folder if it does not exist, readable by this program's user only.
[[nodiscard]] Result<> make_data_folder(const ServeSettings& settings);

/// With SQLite, locks the data folder for this server; kExists while another runs. With PostgreSQL several
/// may share it, and there is no lock.
[[nodiscard]] Result<std::optional<FileLock>> lock_data_folder(const ServeSettings& settings);

/// Opens the database and migrates it. `bus` must outlive it.
[[nodiscard]] Result<std::unique_ptr<db::Database>> open_database(const ServeSettings& settings,
                                                                  EventBus& bus);

}  // namespace vat::app
