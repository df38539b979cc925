#include "api/signin/sign_in_page.h"

#include "api/common/problem.h"

namespace vat::api {
namespace {

/// Text in HTML, also inside a quoted attribute.
std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

}  // namespace

http::Response sign_in_page(int status, std::string_view title, std::string_view sentence,
                            const std::vector<PageLink>& links) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
      escaped(title) + "</title>\n<h1>" + escaped(title) + "</h1>\n<p>" + escaped(sentence) + "</p>\n";
  for (const PageLink& link : links)
    html += "<p><a href=\"" + escaped(link.address) + "\">" + escaped(link.text) + "</a></p>\n";
  http::Response response = http::text_response(status, "text/html; charset=utf-8", html + "</html>\n");
  response.set("Content-Security-Policy",
               "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.set("Referrer-Policy", "no-referrer");
  forbid_storing(response);
  return response;
}

http::Response sign_in_error(const http::Request& request, const Error& error) {
  const bool program = request.header("Accept").find("application/json") != std::string_view::npos;
  if (program || request.path == "/auth/backchannel-logout") return problem_response(request, error);
  http::Response page =
      sign_in_page(http_status(error), "Signing in did not work", public_message(request, error),
                   {{"/auth/login", "Sign in again"}, {"/", "Back to the start"}});
  set_error_fields(page, error);
  return page;
}

}  // namespace vat::api
