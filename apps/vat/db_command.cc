// vat db: status, migration, backup and restore of the service's database.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "command.h"
#include "queue/local_bus.h"
#include "serve_database.h"
#include "serve_settings.h"

namespace vat::app {
namespace {

Result<> say(const std::string& text) { return write_all(STDOUT_FILENO, text, "standard output"); }

class DbCommand : public Command {
 public:
  explicit DbCommand(CLI::App& app)
      : Command(app, "db", "The service's database: status, migrate, backup, restore") {
    command().require_subcommand(1);
    migrate_ = add("migrate", "Migrate it to the newest version, as the service does at startup");
    status_ = add("status", "Show its version and the applied migrations");
    backup_ = add("backup", "Copy it to a file, even while the service runs");
    restore_ = add("restore", "Replace it by a backup; the service must not be running");
    backup_->add_option("file", file_, "The new file")->required()->configurable(false);
    restore_->add_option("file", file_, "The backup")->required()->configurable(false);
    restore_->footer("The previous database is kept as vat.db.before-restore.");
  }
  [[nodiscard]] Result<int> run(std::stop_token /*stop*/) override {
    if (restore_->parsed()) {
      VAT_TRY(restore());
    } else if (migrate_->parsed()) {
      VAT_TRY(migrate());
    } else {
      VAT_TRY(look());
    }
    return 0;
  }

 private:
  CLI::App* add(const std::string& name, const std::string& meaning) {
    CLI::App* const made = command().add_subcommand(name, meaning);
    add_data_flags(*made, settings_);
    return made;
  }

  [[nodiscard]] Result<std::unique_ptr<db::Database>> open() {
    return db::Database::open(database_options(settings_), *bus_);
  }

  [[nodiscard]] Result<> migrate() {
    VAT_TRY(make_data_folder(settings_));
    VAT_ASSIGN(const auto database, open());
    VAT_ASSIGN(const db::MigrationStatus status, database->migrate());
    return say(fmt::format("{} is at version {}.\n", database_place(settings_), status.version));
  }

  /// Status and backup, which do not create a missing database.
  [[nodiscard]] Result<> look() {
    const std::filesystem::path sqlite = database_options(settings_).sqlite_path;
    std::error_code error;
    if (settings_.database_url.empty() && !std::filesystem::exists(sqlite, error))
      return fail(ErrorCode::kNotFound, "There is no database " + sqlite.string() +
                                            "; set its folder with --data, or create it with `vat db "
                                            "migrate`.");
    VAT_ASSIGN(const auto database, open());
    if (status_->parsed()) return show(*database);
    VAT_TRY(database->backup(file_));
    return say("Backed up to " + file_ + ".\n");
  }

  [[nodiscard]] Result<> show(db::Database& database) const {
    VAT_ASSIGN(const db::MigrationStatus status, database.migration_status());
    std::string text = fmt::format("{} {}\nversion {} of {}{}\n", database.engine_name(),
                                   database_place(settings_), status.version, status.latest,
                                   status.up_to_date() ? ", up to date" : "; `vat db migrate` updates it");
    for (const db::AppliedMigration& step : status.applied)
      text += fmt::format("  {:>4}  {}  {}\n", step.version, to_rfc3339(step.applied_at), step.name);
    return say(text);
  }

  [[nodiscard]] Result<> restore() {
    VAT_TRY(make_data_folder(settings_));
    VAT_ASSIGN(const auto lock, lock_data_folder(settings_));
    VAT_TRY(db::Database::restore(database_options(settings_), file_));
    return say("Restored " + database_place(settings_) + " from " + file_ + ".\n");
  }

  CLI::App* migrate_ = nullptr;
  CLI::App* status_ = nullptr;
  CLI::App* backup_ = nullptr;
  CLI::App* restore_ = nullptr;
  std::unique_ptr<EventBus> bus_ = queue::make_local_bus();  // nobody listens
  ServeSettings settings_;
  std::string file_;
};

}  // namespace

std::unique_ptr<Command> make_db_command(CLI::App& app) { return std::make_unique<DbCommand>(app); }

}  // namespace vat::app
