#include "base/error.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace vat {
namespace {

constexpr std::array kTable = {
    ErrorTraits{"invalid_argument", 2, 400},
    ErrorTraits{"not_found", 3, 404},
    ErrorTraits{"bad_media", 4, 422},
    ErrorTraits{"no_audio", 4, 422},
    ErrorTraits{"bad_data", 4, 422},
    ErrorTraits{"unavailable", 5, 503},
    ErrorTraits{"network", 6, 502},
    ErrorTraits{"unauthorized", 8, 401},
    ErrorTraits{"exists", 7, 409},
    ErrorTraits{"permission", 7, 403},
    ErrorTraits{"disk_full", 7, 507},
    ErrorTraits{"broken_pipe", 7, 500},
    ErrorTraits{"limit", 9, 413},
    ErrorTraits{"cancelled", 130, 409},
    ErrorTraits{"internal", 70, 500},
};
static_assert(kTable.size() == static_cast<std::size_t>(ErrorCode::kInternal) + 1);

ErrorCode code_of(int errno_value) {
  switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kPermission;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return ErrorCode::kDiskFull;
    case EPIPE:
      return ErrorCode::kBrokenPipe;
    case EEXIST:
      return ErrorCode::kExists;
    case EISDIR:
    case EINVAL:
    case ENAMETOOLONG:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kInternal;
  }
}

/// The code of a status that no code means by itself.
ErrorCode code_of_refusal(int status) {
  switch (status) {
    case 403:
      return ErrorCode::kPermission;
    case 404:
    case 410:
      return ErrorCode::kNotFound;
    case 408:
      return ErrorCode::kNetwork;
    case 409:
    case 412:
      return ErrorCode::kExists;
    case 413:
    case 414:
    case 429:
    case 431:
      return ErrorCode::kLimit;
    default:
      return ErrorCode::kInvalidArgument;
  }
}

}  // namespace

Error Error::as_retryable(bool is) && {
  retryable = is;
  return std::move(*this);
}

Error Error::about_field(std::string name) && {
  field = std::move(name);
  return std::move(*this);
}

Error Error::with_status(int http_status) && {
  status = http_status;
  return std::move(*this);
}

Error Error::with_context(std::string_view context) && {
  message.insert(0, std::string(context) + ": ");
  return std::move(*this);
}

const ErrorTraits& traits(ErrorCode code) { return kTable.at(static_cast<std::size_t>(code)); }

int http_status(const Error& error) {
  constexpr int kTooManyRequests = 429;
  if (error.status != 0) return error.status;
  if (error.origin == ErrorOrigin::kSystem && error.code != ErrorCode::kDiskFull)
    return traits(ErrorCode::kInternal).http_status;
  if (error.code == ErrorCode::kLimit && error.retryable) return kTooManyRequests;
  return traits(error.code).http_status;
}

Error http_refusal(int status, std::string message, std::string field) {
  return Error(code_of_refusal(status), std::move(message)).about_field(std::move(field)).with_status(status);
}

Error system_error(int errno_value, std::string_view verb, std::string_view path) {
  std::string message = "Cannot ";
  message.append(verb).append(" ").append(path).append(": ");
  message += std::generic_category().message(errno_value);
  message += ".";
  Error error(code_of(errno_value), std::move(message), "errno " + std::to_string(errno_value));
  error.origin = ErrorOrigin::kSystem;
  return error;
}

}  // namespace vat
