// Bodies of the type multipart/form-data (RFC 7578, RFC 2046 section 5.1), part by part as they arrive.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace vat::http {

struct MultipartLimits {
  std::size_t max_parts = 128;
  std::size_t max_header_bytes = 8U * 1024;  ///< Of one part.
};

struct PartHead {
  std::string name;  ///< Of the form's field.
  std::optional<std::string>
      filename;              ///< As received (RFC 7578, or filename* of RFC 8187), made UTF-8. Any text.
  std::string content_type;  ///< Empty if the part has none.
};

/// One coroutine at a time. Errors are kInvalidArgument (400) for a body that is not multipart or ends too
/// early, kLimit for the limits, and those of the BodyReader.
class MultipartReader {
 public:
  /// kInvalidArgument when the request's Content-Type is not multipart/form-data with a boundary.
  [[nodiscard]] static Result<MultipartReader> open(Request& request, MultipartLimits limits = {});
  ~MultipartReader();
  MultipartReader(MultipartReader&&) noexcept;
  MultipartReader& operator=(MultipartReader&&) noexcept;

  /// Skips the rest of the previous part. Empty after the last part.
  [[nodiscard]] Task<Result<std::optional<PartHead>>> next();
  /// The next bytes of the part's content, valid until the next call; empty at its end.
  [[nodiscard]] Task<Result<std::string_view>> read();
  /// All of the part's content; kLimit when it is longer.
  [[nodiscard]] Task<Result<std::string>> read_all(std::size_t max_bytes);

 private:
  struct State;
  explicit MultipartReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vat::http
