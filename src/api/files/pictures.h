// The thumbnails and the filmstrip of a recording as responses. Private to api.
#pragma once

#include <string>

#include "api/services.h"
#include "base/result.h"
#include "domain/job.h"
#include "http/message.h"

namespace vat::api {

enum class PictureKind { kThumbnail, kFilmstrip, kSheet };

/// The file, in the size that the query asks for, with its ranges and conditions; a non-empty `cache_control`
/// replaces the usual one. kNotFound, with the reason, when the job has none. Blocks.
[[nodiscard]] Result<http::Response> send_picture(const Services& services, const http::Request& request,
                                                  const Job& job, PictureKind kind,
                                                  const std::string& cache_control = {});

}  // namespace vat::api
