#include "db/testing/migrated_file.h"

#include <fstream>

#include "base/file.h"
#include "db/database.h"

namespace vat::db::testing {
namespace {

class NoBus final : public EventBus {
  void publish(const Notification&) override {}
  Subscription subscribe(const std::string&, const std::string&, Listener) override { return nullptr; }
};

Result<std::string> migrated_bytes() {
  constexpr std::size_t kMaxBytes = 100'000'000;
  VAT_ASSIGN(const TemporaryDirectory folder, TemporaryDirectory::create("vat-db"));
  const std::filesystem::path file = folder.path() / "vat.db";
  NoBus bus;
  {
    VAT_ASSIGN(const auto database, Database::open({.sqlite_path = file}, bus));
    VAT_TRY(database->migrate());
  }
  // Whoever closes it last brings everything from the log into the file.
  return read_file(file, kMaxBytes);
}

}  // namespace

Result<> write_migrated_file(const std::filesystem::path& file) {
  if (std::filesystem::exists(file)) return {};
  static const Result<std::string> bytes = migrated_bytes();
  if (!bytes) return fail(bytes.error());
  // Not write_file_atomically(), which waits for the disk.
  std::ofstream out(file, std::ios::binary);
  out << *bytes;
  out.close();
  return out ? Result<>() : fail(ErrorCode::kInternal, "The test's database could not be written.");
}

}  // namespace vat::db::testing
