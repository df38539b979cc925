// The few pages of sign-in that need no script: plain HTML, in which every text is escaped. Private to api.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/message.h"

namespace vat::api {

struct PageLink {
  std::string address;  ///< On this site.
  std::string text;
};

/// `title` and `sentence` are text.
[[nodiscard]] http::Response sign_in_page(int status, std::string_view title, std::string_view sentence,
                                          const std::vector<PageLink>& links);

/// An ErrorWriter (http/router.h): a page for people, problem details for programs.
[[nodiscard]] http::Response sign_in_error(const http::Request& request, const Error& error);

}  // namespace vat::api
