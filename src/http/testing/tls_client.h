// A certificate and a client for HTTPS. For tests alone.
#pragma once

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace vat::http::testing {

/// A certificate for itself, with this name, in cert.pem and key.pem of the directory.
void make_certificate(const std::filesystem::path& directory, const std::string& name);

/// A client by OpenSSL's blocking BIO, to 127.0.0.1. It trusts any certificate.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port);

  [[nodiscard]] bool connected() const { return connected_; }
  /// Of whom the server's certificate speaks.
  [[nodiscard]] std::string peer_name() const;
  void send(std::string_view bytes);
  /// All that comes until `size` bytes behind the head were read.
  [[nodiscard]] std::string read(std::size_t size);

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(BIO* bio) const { BIO_free_all(bio); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<BIO, Free> bio_;
  bool connected_ = false;
};

}  // namespace vat::http::testing
