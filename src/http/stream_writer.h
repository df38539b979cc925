// A body that is written as it is made, in chunks or up to a known length (RFC 9112, section 7.1).
#pragma once

#include <cstdint>
#include <optional>

#include "http/connection.h"

namespace vat::http {

class StreamWriter : public BodyWriter {
 public:
  /// `written` counts the bytes of the body.
  StreamWriter(Connection& connection, bool chunked, std::optional<std::uint64_t> length,
               std::uint64_t& written)
      : connection_(connection), chunked_(chunked), length_(length), written_(written) {}

  [[nodiscard]] Task<Result<>> write(std::string_view bytes) override;
  [[nodiscard]] Task<Result<>> write_file(const FileBody& file) override;
  [[nodiscard]] bool stopping() const override { return connection_.stopping(); }
  [[nodiscard]] Task<bool> wait(Signal& signal, std::chrono::milliseconds timeout) override;
  /// The last chunk; kInternal when there were fewer bytes than announced.
  [[nodiscard]] Task<Result<>> finish();

 private:
  /// Whether so many bytes may follow.
  [[nodiscard]] Result<> check(std::uint64_t size) const;
  Connection& connection_;
  const bool chunked_;
  const std::optional<std::uint64_t> length_;
  std::uint64_t& written_;
};

}  // namespace vat::http
