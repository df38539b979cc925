// Stored files as responses. Private to api.
#pragma once

#include <string>
#include <string_view>

#include "api/services.h"
#include "base/result.h"
#include "http/content.h"
#include "http/message.h"

namespace vat::api {

/// The object by its key, as `content` describes it, with its ranges and conditions. `version` is its entity
/// tag. A browser plays it or does nothing with it. 410 when it is gone. Blocks.
[[nodiscard]] Result<http::Response> send_object(const Services& services, const http::Request& request,
                                                 const std::string& key, const std::string& version,
                                                 http::FileContent content);

/// The same of any file. The errors are those of http::file_response(). Blocks.
[[nodiscard]] Result<http::Response> send_content(const http::Request& request,
                                                  const http::FileContent& content);

/// Content-Disposition. Media and pictures are shown inline and everything else is downloaded, unless the
/// client chooses. Everything is safe to show, under its policy.
[[nodiscard]] Result<std::string> disposition(const http::Request& request, std::string_view content_type,
                                              const std::string& name);

}  // namespace vat::api
