// What went wrong, in words for the user and words for the log, and the one table that gives each kind of
// failure its stable name, its exit code and its HTTP status.
#pragma once

#include <string>
#include <string_view>

namespace vat {

enum class ErrorCode {
  kInvalidArgument,  ///< The caller asked for something that has no meaning: a flag, a value, a field.
  kNotFound,         ///< The named thing is not there: a file, a model, a voice.
  kBadMedia,         ///< Bytes that are no media, or media that cannot be decoded.
  kNoAudio,          ///< Good media without the sound that was asked for.
  kBadData,          ///< A document that is not what it claims to be: subtitles, JSON, a model file.
  kUnavailable,      ///< An engine, model, voice or device that is not on this machine now.
  kNetwork,          ///< A remote service could not be reached, or answered with a failure.
  kUnauthorized,     ///< A remote service refused the credentials, or there are none.
  kExists,           ///< A result is there already and may not be overwritten.
  kPermission,       ///< The operating system refused access.
  kDiskFull,         ///< No space is left, or a quota is reached.
  kBrokenPipe,       ///< Whoever reads the output has gone away.
  kLimit,            ///< A bound that the configuration sets: too large, too many, too slow.
  kCancelled,        ///< Stopped on request.
  kInternal,         ///< A defect of this program.
};

/// One failure. `message` is one plain sentence that a user may read; `detail` is for the log alone.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string detail;
  bool retryable = false;  ///< True when the same call may succeed later without any change.
  std::string field;       ///< The input at fault, by the name that its sender gave it; mostly empty.

  /// This failure, seen from one level up: "context: message".
  [[nodiscard]] Error with_context(std::string_view context) &&;
};

/// The row of the table that belongs to a code.
struct ErrorTraits {
  std::string_view name;  ///< Stable, snake_case, part of the API.
  int exit_code;          ///< What the command line ends with; listed in docs/cli.md.
  int http_status;        ///< RFC 9110 status.
};
[[nodiscard]] const ErrorTraits& traits(ErrorCode code);

/// The failure that `errno_value` means for `path`: "Cannot write /x: No space left on device."
/// `verb` is the thing that was tried ("read", "write", "create", ...).
[[nodiscard]] Error system_error(int errno_value, std::string_view verb, std::string_view path);

}  // namespace vat
