// Shared by everything that receives bytes: the stores of uploads and the limits on them. A server has one.
#pragma once

#include <chrono>
#include <cstdint>

#include "domain/object_store.h"
#include "domain/upload_store.h"
#include "media/media.h"
#include "uploads/disk_room.h"
#include "uploads/spare_blocks.h"
#include "uploads/taking_turns.h"

namespace vat::uploads {

struct IntakeOptions {
  std::uint64_t reserved_disk_bytes = 1ULL << 30U;   ///< Left free.
  std::chrono::hours unfinished_expire{24};          ///< How long an upload may take to become complete, and
                                                     ///< then to be used by a job.
  media::Media* media = &media::media_in_process();  ///< Looks at what has come in; must outlive the intake.
};

/// Safe to use from any thread.
struct Intake {
  /// Both stores must outlive it.
  Intake(UploadStore& uploads, ObjectStore& contents, IntakeOptions how)
      : rows(uploads), objects(contents), options(how), room(contents, how.reserved_disk_bytes) {}

  UploadStore& rows;
  ObjectStore& objects;
  const IntakeOptions options;
  DiskRoom room;
  SpareBlocks spare_blocks;
  /// By user and fingerprint: the second of two equal uploads at the same moment finds the first complete.
  TakingTurns completing;
};

}  // namespace vat::uploads
