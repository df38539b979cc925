// What is remembered of a transfer beside its bytes, so that another process can continue it. Private to
// links.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/http_client.h"

namespace vat::links {

struct TransferNote {
  std::string validator;  ///< For If-Range: a strong ETag or a date. Empty: the file cannot be continued.
  std::string name;       ///< Any bytes.
  std::string content_type;
  std::optional<std::uint64_t> total;  ///< Bytes of the whole file, if the server said so.

  friend bool operator==(const TransferNote&, const TransferNote&) = default;
};

/// Of the head of an answer with the whole file (status 200).
[[nodiscard]] TransferNote note_of_answer(std::string_view asked_url, const HttpResponse& head);

/// One line each. What parse_note() cannot read is empty.
[[nodiscard]] std::string to_text(const TransferNote& note);
[[nodiscard]] TransferNote parse_note(std::string_view text);

/// "bytes 5-9/10", "bytes */10" (RFC 9110, section 14.4).
struct ContentRange {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> total;
};
[[nodiscard]] std::optional<ContentRange> parse_content_range(std::string_view text);

}  // namespace vat::links
