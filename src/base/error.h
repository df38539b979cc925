// What went wrong, in words for the user and words for the log, and the one table that gives each kind of
// failure its stable name, its exit code and its HTTP status.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace vat {

enum class ErrorCode {
  kInvalidArgument,  ///< A flag, value or field that is not valid.
  kNotFound,         ///< The named thing does not exist: a file, a model, a voice.
  kBadMedia,         ///< Bytes that are not media, or media that cannot be decoded.
  kNoAudio,          ///< Valid media without the requested audio.
  kBadData,          ///< A document that is not what it claims to be: subtitles, JSON, a model file.
  kUnavailable,      ///< An engine, model, voice or device that is not available here now.
  kNetwork,          ///< A remote service could not be reached, or failed.
  kUnauthorized,     ///< A remote service rejected the credentials, or there are none.
  kExists,           ///< A result already exists and may not be overwritten.
  kPermission,       ///< The operating system denied access.
  kDiskFull,         ///< No space is left, or a quota is reached.
  kBrokenPipe,       ///< The reader of the output has gone away.
  kLimit,            ///< Over a configured limit: too large, too many, too slow.
  kCancelled,        ///< Stopped on request.
  kInternal,         ///< A bug in this program.
};

/// Who found the failure, and so who may read its sentence.
enum class ErrorOrigin {
  kProgram,  ///< This program.
  kSystem,   ///< The operating system of this machine, at work on a file or socket that the sentence names.
};

/// One failure. `message` is one plain sentence that a user may read; `detail` is for the log alone. Errors
/// are made by fail() and fail_field() (base/result.h), or here: `Error(code, sentence).as_retryable()`.
struct Error {
  Error() = default;
  Error(ErrorCode kind, std::string sentence, std::string for_log = {})
      : code(kind), message(std::move(sentence)), detail(std::move(for_log)) {}

  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string detail;
  std::string field;       ///< The name of the invalid input, as its sender knows it; usually empty.
  bool retryable = false;  ///< True when the same call may succeed later without any change.
  ErrorOrigin origin = ErrorOrigin::kProgram;
  int retry_seconds = 0;  ///< When to try again at the earliest; 0: unknown. Only if retryable.
  int status = 0;         ///< RFC 9110 status if it is not that of the code; usually 0. See http_status().

  [[nodiscard]] Error as_retryable(bool is = true) &&;
  [[nodiscard]] Error about_field(std::string name) &&;
  [[nodiscard]] Error with_status(int http_status) &&;
  /// This failure with the caller's context: "context: message".
  [[nodiscard]] Error with_context(std::string_view context) &&;
};

/// The row of the table that belongs to a code.
struct ErrorTraits {
  std::string_view name;  ///< Stable, snake_case, part of the API.
  int exit_code;          ///< Exit code of the command line; listed in docs/cli.md.
  int http_status;        ///< RFC 9110 status.
};
[[nodiscard]] const ErrorTraits& traits(ErrorCode code);

/// What the error is over HTTP: its own status, or else that of its code; but 429 for a kLimit that passes
/// (retryable), and 500 or, for a full disk, 507 for failures of this machine, which are no fault of the
/// client.
[[nodiscard]] int http_status(const Error& error);

/// A refusal for which HTTP has a word of its own, such as 415 or 428. The code is the one that is nearest to
/// it.
[[nodiscard]] Error http_refusal(int status, std::string message, std::string field = {});

/// The failure that `errno_value` means for `path`: "Cannot write /x: No space left on device."
/// `verb` is the failed action ("read", "write", "create", ...). Its origin is kSystem.
[[nodiscard]] Error system_error(int errno_value, std::string_view verb, std::string_view path);

}  // namespace vat
