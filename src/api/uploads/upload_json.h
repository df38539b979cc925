// Uploads as JSON. Private to api.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/upload.h"

namespace vat::api {

/// What the path of every upload begins with.
inline constexpr std::string_view kUploadsPrefix = "/api/v1/uploads/";
/// "/api/v1/uploads/ID".
[[nodiscard]] std::string upload_path(const std::string& upload_id);

/// The schema Upload of openapi.json; `offset`: bytes that are there.
[[nodiscard]] std::string upload_json(const Upload& upload, std::uint64_t offset);

}  // namespace vat::api
