// Reads an untrusted JSON object member by member: unread members are rejected, and every error names its
// field. Private to api.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace vat::api {

/// JSON may write each byte of a text as six: "\u0007".
inline constexpr std::size_t kJsonEscapeBytes = 6;
/// The part of a client's name that an error shows.
inline constexpr std::size_t kMaxShownBytes = 60;

struct TextBounds {
  std::size_t min = 0;     ///< Bytes.
  std::size_t max = 1024;  ///< Bytes.
};

/// A reader returns empty when the member is absent or null. Errors are kInvalidArgument with Error::field.
class JsonFields {
 public:
  /// kInvalidArgument when the text is not a JSON object (RFC 8259) of well-formed UTF-8, is nested deeper
  /// than 32, or has a member twice.
  [[nodiscard]] static Result<JsonFields> parse(std::string_view text);
  ~JsonFields();
  JsonFields(JsonFields&&) noexcept;
  JsonFields& operator=(JsonFields&&) noexcept;

  [[nodiscard]] bool has(std::string_view name) const;   ///< Present, even if null.
  [[nodiscard]] std::vector<std::string> names() const;  ///< Of all members.
  [[nodiscard]] Result<std::optional<std::string>> text(std::string_view name, TextBounds bounds);
  [[nodiscard]] Result<std::optional<std::int64_t>> integer(std::string_view name, std::int64_t min,
                                                            std::int64_t max);
  [[nodiscard]] Result<std::optional<double>> number(std::string_view name, double min, double max);
  [[nodiscard]] Result<std::optional<bool>> boolean(std::string_view name);
  /// An array of strings, of at most `max_items`.
  [[nodiscard]] Result<std::optional<std::vector<std::string>>> texts(std::string_view name,
                                                                      std::size_t max_items,
                                                                      TextBounds bounds);
  /// An object, as JSON text, for another reader.
  [[nodiscard]] Result<std::optional<std::string>> object(std::string_view name);
  /// An object, to be read and finished separately; its fields are named "name.voice".
  [[nodiscard]] Result<std::optional<JsonFields>> fields(std::string_view name);
  /// An array of objects, each to be read and finished separately; their fields are named "name[2].start".
  [[nodiscard]] Result<std::optional<std::vector<JsonFields>>> objects(std::string_view name,
                                                                       std::size_t max_items);
  /// The error for a missing member: kInvalidArgument, "The field title is missing."
  [[nodiscard]] Error missing(std::string_view name) const;
  /// The caller's own error about a member.
  [[nodiscard]] Error wrong(std::string_view name, std::string message) const;
  /// Fails if there are unread members.
  [[nodiscard]] Result<> finish() const;

  /// The whole object, for what depends on all of it.
  [[nodiscard]] std::string canonical() const;

 private:
  struct State;
  explicit JsonFields(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Whether the request's Content-Type is application/json, or something+json; a charset parameter other than
/// UTF-8 is not accepted.
[[nodiscard]] bool has_json_body(const http::Request& request);

}  // namespace vat::api
