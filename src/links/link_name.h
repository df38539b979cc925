// How a file behind a link is called.
#pragma once

#include <string>
#include <string_view>

#include "domain/http_client.h"

namespace vat::links {

/// The last part of the URL's path, decoded ("talk.mp4"), or its host if the path has none. Any bytes, to be
/// cleaned by whoever shows it. Any thread.
[[nodiscard]] std::string name_of_url(std::string_view url);

/// The name that a server gives what it sends: that of Content-Disposition (RFC 6266), or that of the URL
/// which it was sent from or of the one that was asked for, whichever has an extension. Any bytes. Any
/// thread.
[[nodiscard]] std::string name_of_answer(std::string_view asked_url, const HttpResponse& answer);

/// The file name of a Content-Disposition field: filename* (UTF-8 or ISO-8859-1, RFC 8187) before filename.
/// Empty when there is none. Any bytes. Any thread.
[[nodiscard]] std::string name_of_disposition(std::string_view field);

/// The host of an absolute URL with its port, without user name; for messages. Any thread.
[[nodiscard]] std::string host_of_url(std::string_view url);

}  // namespace vat::links
