// The recording of a job as a response. Private to api.
#pragma once

#include <string>

#include "api/services.h"
#include "base/result.h"
#include "domain/job.h"
#include "domain/upload.h"
#include "http/message.h"

namespace vat::api {

/// kNotFound when the job has none, or not yet; 410 when it was removed. Blocks.
[[nodiscard]] Result<Upload> find_recording(const Services& services, const Job& job);

struct RecordingView {
  std::string name;           ///< The file's, for whoever keeps it.
  std::string cache_control;  ///< Empty: the usual one.
};

/// With the media type that the probe found, its ranges and conditions. Blocks.
[[nodiscard]] Result<http::Response> send_recording(const Services& services, const http::Request& request,
                                                    const Upload& recording, const RecordingView& view);

}  // namespace vat::api
