// Parses a multipart/form-data body into parts (RFC 2046, section 5.1; RFC 7578), without I/O: however the
// body is split, the parts are the same.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/multipart.h"

namespace vat::http {

/// The boundary of a Content-Type field; kInvalidArgument when it is not multipart/form-data with one.
[[nodiscard]] Result<std::string> multipart_boundary(std::string_view content_type);

/// Parses the header fields of a part; `fields` ends before the empty line.
[[nodiscard]] Result<PartHead> parse_part_head(std::string_view fields);

class MultipartParser {
 public:
  enum class Kind {
    kNeedMore,  ///< feed() or finish() must come next.
    kPart,      ///< A part begins: part().
    kData,      ///< Some of its content: `data`, valid until the next call.
    kPartEnd,
    kEnd,  ///< The last part has ended; anything after it is ignored.
  };
  struct Event {
    Kind kind = Kind::kNeedMore;
    std::string_view data;
  };

  MultipartParser(std::string_view boundary, MultipartLimits limits);

  /// The next bytes of the body, which must stay in place until next() asks for more.
  void feed(std::string_view bytes) { input_ = bytes; }
  /// The body has ended: kInvalidArgument unless its last boundary was seen.
  [[nodiscard]] Result<> finish() const;
  /// After a failure, it must not be used.
  [[nodiscard]] Result<Event> next();
  [[nodiscard]] PartHead& part() { return part_; }

 private:
  enum class State { kPreamble, kAfterDelimiter, kHead, kContent, kEpilogue };

  [[nodiscard]] Event scan();
  [[nodiscard]] bool resume_delimiter();
  [[nodiscard]] Event end_of_content();
  [[nodiscard]] Result<bool> read_delimiter_line();
  [[nodiscard]] Result<bool> read_head();
  [[nodiscard]] Event emit(std::string_view data) const;

  const std::string delimiter_;  ///< CRLF, "--", boundary.
  const MultipartLimits limits_;
  State state_ = State::kPreamble;
  std::string_view input_;
  /// The end of the input so far, which may be the start of a delimiter. The body starts as if after a line.
  std::string carry_ = "\r\n";
  std::string released_;  ///< A carry that turned out to be content.
  std::string line_;      ///< The rest of the delimiter's line, or the part's header fields.
  PartHead part_;
  std::size_t parts_ = 0;
};

}  // namespace vat::http
