#include "uploads/testing/upload_folder.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "domain/user.h"
#include "uploads/fingerprint.h"
#include "uploads/resumable.h"

namespace vat::uploads::testing {

Upload UploadFolder::described(const std::string& filename) {
  return new_upload(kLocalUserId, filename, "audio/wav");
}

ReceivedFile UploadFolder::received(const std::string& bytes, const std::string& filename) {
  ReceivedFile file{.upload = described(filename), .file = nullptr};
  file.file = std::make_shared<StagedFile>(StagedFile::create(staging(), file.upload.id).value());
  EXPECT_TRUE(file.file->append(bytes));
  file.upload.size = bytes.size();
  file.upload.media = look_at(intake_, file.file->path(), filename).value();
  file.upload.fingerprint = fingerprint_file(file.file->path()).value();
  return file;
}

Upload UploadFolder::begun(std::size_t size, bool partial) {
  Upload upload = described();
  upload.size = size;
  upload.partial = partial;
  return create_resumable(intake_, std::move(upload)).value();
}

void UploadFolder::append(const Upload& upload, const std::string& bytes) {
  const OpenUpload open = open_upload(intake_, row(upload)).value();
  ASSERT_EQ(open.state, OpenState::kOpen);
  EXPECT_TRUE(open.file->append(bytes));
}

Upload UploadFolder::row(const Upload& upload) { return intake_.rows.get(upload.user_id, upload.id).value(); }
bool UploadFolder::exists(const Upload& upload) {
  return intake_.rows.get(upload.user_id, upload.id).has_value();
}

void UploadFolder::expire(const Upload& upload, UtcTime at) {
  Upload anew = row(upload);
  ASSERT_TRUE(intake_.rows.remove(upload.user_id, upload.id));
  anew.expires_at = at;
  ASSERT_TRUE(intake_.rows.create(anew));
}

}  // namespace vat::uploads::testing
