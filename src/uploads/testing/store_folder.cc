#include "uploads/testing/store_folder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

#include "base/utc_time.h"
#include "db/testing/migrated_file.h"
#include "domain/user.h"
#include "media/testing/make_media.h"
#include "objects/local_store.h"
#include "queue/local_bus.h"

namespace vat::uploads::testing {
namespace {

namespace fs = std::filesystem;

std::size_t count_files(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) count += entry.is_regular_file() ? 1 : 0;
  return count;
}

}  // namespace

StoreFolder::StoreFolder()
    : bus_(queue::make_local_bus()), objects_(objects::open_local_store(path("data")).value()) {
  EXPECT_TRUE(db::testing::write_migrated_file(path("vat.db")));
  auto database = db::Database::open(
      {.sqlite_path = path("vat.db"), .clock = [this] { return utc_now() + ahead; }}, *bus_);
  EXPECT_TRUE(database) << database.error().message << " " << database.error().detail;
  database_ = std::move(*database);
  EXPECT_TRUE(database_->migrate());
}

std::string StoreFolder::recording(double frequency) {
  media::testing::MediaSpec spec{.container = "wav", .seconds = 0.5};
  spec.sound.front().sample_rate = 16'000;
  spec.sound.front().channels = 1;
  spec.sound.front().signal = media::testing::tone(frequency);
  const fs::path file = path("recording.wav");
  const Result<> made = media::testing::write_media(file, spec);
  EXPECT_TRUE(made) << made.error().message;
  return read_file(file, 1U << 20U).value();
}

std::string StoreFolder::content(const std::string& upload_id) {
  const Upload upload = database_->uploads().get(kLocalUserId, upload_id).value();
  return read_file(objects_->get(upload.object_key).value().path, SIZE_MAX).value();
}

std::size_t StoreFolder::stored_files() const { return count_files(path("data") / "objects"); }
std::size_t StoreFolder::staged_files() const { return count_files(objects_->staging()); }

}  // namespace vat::uploads::testing
