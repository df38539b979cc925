// Receives bytes from the network into a file. Private to api.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/services.h"
#include "base/hash.h"
#include "base/result.h"
#include "http/message.h"
#include "http/multipart.h"
#include "http/task.h"
#include "uploads/disk_room.h"
#include "uploads/staged_file.h"

namespace vat::api {

/// The next bytes, valid until the next call; empty at the end.
using ByteSource = std::function<http::Task<Result<std::string_view>>()>;
[[nodiscard]] ByteSource source_of(http::BodyReader& body);
[[nodiscard]] ByteSource source_of(http::MultipartReader& part);

struct ReceiveOptions {
  std::uint64_t max_bytes = 0;   ///< kLimit past it.
  std::optional<Digest> digest;  ///< Of the received bytes.
};

struct Received {
  std::uint64_t bytes = 0;
  std::string digest;  ///< Lower-case hexadecimal; empty when none was asked for.
};

/// Appends everything to the file. One block is written while the next is read, if there is a spare block to
/// hold it. Errors: those of the source, kLimit, kDiskFull; earlier bytes are then in the file, and no write
/// is in progress.
[[nodiscard]] http::Task<Result<Received>> receive(const Services& services, ByteSource source,
                                                   std::shared_ptr<uploads::StagedFile> file,
                                                   uploads::DiskRoom::Claim& claim, ReceiveOptions options);

}  // namespace vat::api
