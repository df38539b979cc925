// The server's TLS, with OpenSSL directly on the socket, so that an idle connection holds no buffers.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "http/transport.h"

namespace vat::http {

/// A certificate with its key. Shared between threads.
class TlsContext {
 public:
  /// kBadData unless the files are a certificate and its key.
  [[nodiscard]] static Result<std::shared_ptr<TlsContext>> load(const std::filesystem::path& certificate,
                                                                const std::filesystem::path& private_key);
  virtual ~TlsContext() = default;
  [[nodiscard]] virtual std::unique_ptr<Transport> make_transport(int socket) const = 0;
};

}  // namespace vat::http
