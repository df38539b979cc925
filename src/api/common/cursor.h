// Cursors of paged lists, which are opaque to clients. Private to api.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vat::api {

/// For a list that continues after the job `job_id`.
[[nodiscard]] std::string job_cursor(std::string_view job_id);
/// The job's id; kInvalidArgument for anything that is not from job_cursor().
[[nodiscard]] Result<std::string> read_job_cursor(std::string_view cursor);

/// For a list that continues at the item `offset`.
[[nodiscard]] std::string offset_cursor(std::size_t offset);
/// The offset, at most `max`; kInvalidArgument for anything that is not from offset_cursor().
[[nodiscard]] Result<std::size_t> read_offset_cursor(std::string_view cursor, std::size_t max);

}  // namespace vat::api
