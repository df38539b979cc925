#include "domain/http_client.h"

#include <algorithm>

#include "base/ascii.h"

namespace vat {

bool is_http_token(std::string_view text) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || kMarks.find(c) != std::string_view::npos;
  });
}

std::string_view find_header(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (equals_ignoring_case(key, name)) return value;
  return {};
}

ErrorCode code_of_answer(int status) {
  switch (status) {
    case 400:
    case 413:
    case 422:
      return ErrorCode::kInvalidArgument;
    case 401:
    case 403:
    case 407:
      return ErrorCode::kUnauthorized;
    case 404:
    case 410:
      return ErrorCode::kNotFound;
    default:
      return ErrorCode::kNetwork;
  }
}

}  // namespace vat
