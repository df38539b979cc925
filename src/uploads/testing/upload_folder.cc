#include "uploads/testing/upload_folder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "domain/user.h"
#include "media/testing/make_media.h"
#include "objects/local_store.h"
#include "queue/local_bus.h"
#include "uploads/fingerprint.h"
#include "uploads/resumable.h"

namespace vat::uploads::testing {
namespace {

namespace fs = std::filesystem;

std::size_t count_files(const fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) count += entry.is_regular_file() ? 1 : 0;
  return count;
}

}  // namespace

UploadFolder::UploadFolder()
    : bus_(queue::make_local_bus()), objects_(objects::open_local_store(folder_.path() / "data").value()) {
  auto database = db::Database::open(
      {.sqlite_path = folder_.path() / "vat.db", .clock = [this] { return utc_now() + ahead; }}, *bus_);
  EXPECT_TRUE(database) << database.error().message << " " << database.error().detail;
  database_ = std::move(*database);
  EXPECT_TRUE(database_->migrate());
  intake_ =
      std::make_unique<Intake>(database_->uploads(), *objects_, IntakeOptions{.reserved_disk_bytes = 0});
}

std::string UploadFolder::recording(double frequency) {
  media::testing::MediaSpec spec{.container = "wav", .seconds = 0.5};
  spec.sound.front().sample_rate = 16'000;
  spec.sound.front().channels = 1;
  spec.sound.front().signal = media::testing::tone(frequency);
  const fs::path path = folder_.path() / "recording.wav";
  const Result<> made = media::testing::write_media(path, spec);
  EXPECT_TRUE(made) << made.error().message;
  return read_file(path, 1U << 20U).value();
}

Upload UploadFolder::described(const std::string& filename) {
  return new_upload(kLocalUserId, filename, "audio/wav");
}

ReceivedFile UploadFolder::received(const std::string& bytes, const std::string& filename) {
  ReceivedFile file{.upload = described(filename), .file = nullptr};
  file.file = std::make_shared<StagedFile>(StagedFile::create(staging(), file.upload.id).value());
  EXPECT_TRUE(file.file->append(bytes));
  file.upload.size = bytes.size();
  file.upload.media = look_at(file.file->path(), filename).value();
  file.upload.fingerprint = fingerprint_file(file.file->path()).value();
  return file;
}

Upload UploadFolder::begun(std::size_t size, bool partial) {
  Upload upload = described();
  upload.size = size;
  upload.partial = partial;
  return create_resumable(*intake_, std::move(upload)).value();
}

void UploadFolder::append(const Upload& upload, const std::string& bytes) {
  const OpenUpload open = open_upload(*intake_, row(upload)).value();
  ASSERT_EQ(open.state, OpenState::kOpen);
  EXPECT_TRUE(open.file->append(bytes));
}

Upload UploadFolder::row(const Upload& upload) {
  return intake_->rows.get(upload.user_id, upload.id).value();
}
bool UploadFolder::exists(const Upload& upload) {
  return intake_->rows.get(upload.user_id, upload.id).has_value();
}

void UploadFolder::expire(const Upload& upload, UtcTime at) {
  Upload anew = row(upload);
  ASSERT_TRUE(intake_->rows.remove(upload.user_id, upload.id));
  anew.expires_at = at;
  ASSERT_TRUE(intake_->rows.create(anew));
}

std::string UploadFolder::content(const Upload& upload) {
  return read_file(objects_->get(row(upload).object_key).value().path, SIZE_MAX).value();
}

std::size_t UploadFolder::stored_files() const { return count_files(folder_.path() / "data" / "objects"); }
std::size_t UploadFolder::staged_files() const { return count_files(staging()); }

}  // namespace vat::uploads::testing
