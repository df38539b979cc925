// TLS of the server by OpenSSL, straight on the socket, so that an idle connection holds no buffers.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "http/transport.h"

namespace vat::http {

/// A certificate with its key. Shared by threads.
class TlsContext {
 public:
  /// kBadData when the files are no certificate and the key of it.
  [[nodiscard]] static Result<std::shared_ptr<TlsContext>> load(const std::filesystem::path& certificate,
                                                                const std::filesystem::path& private_key);
  virtual ~TlsContext() = default;
  [[nodiscard]] virtual std::unique_ptr<Transport> make_transport(int socket) const = 0;
};

}  // namespace vat::http
