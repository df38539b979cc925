#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace vat::http {
namespace {

struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct ContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

std::string openssl_error() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

/// HTTP/1.1 is the only protocol offered (RFC 7301).
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned int in_size, void*) {
  static constexpr std::string_view kOffered = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(kOffered.data()),
                            static_cast<unsigned int>(kOffered.size()), in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

class TlsTransport : public Transport {
 public:
  explicit TlsTransport(SSL* ssl) : ssl_(ssl) {}

  IoState handshake() override {
    ERR_clear_error();
    const int done = SSL_accept(ssl_.get());
    return done == 1 ? IoState::kDone : state_of(done);
  }

  IoResult read(std::span<char> space) override {
    std::size_t total = 0;
    // A record is at most 16 KiB, so several are gathered.
    while (total < space.size()) {
      std::size_t count = 0;
      ERR_clear_error();
      const int done = SSL_read_ex(ssl_.get(), space.data() + total, space.size() - total, &count);
      if (done != 1) {
        if (total > 0) break;
        return {state_of(done)};
      }
      total += count;
    }
    return {IoState::kDone, total};
  }

  IoResult write(std::span<const iovec> pieces, bool) override {
    if (pieces.size() == 1 || pieces.front().iov_len >= kRecord)
      return write({static_cast<const char*>(pieces.front().iov_base), pieces.front().iov_len});
    // Small pieces share a record. The copy is repeated at each attempt and must be identical.
    thread_local std::array<char, kRecord> record;
    std::size_t size = 0;
    for (const iovec& piece : pieces) {
      const std::size_t count = std::min(piece.iov_len, record.size() - size);
      if (count > 0) std::memcpy(record.data() + size, piece.iov_base, count);
      size += count;
    }
    return write({record.data(), size});
  }

  [[nodiscard]] bool has_pending() const override { return SSL_has_pending(ssl_.get()) == 1; }
  [[nodiscard]] IoState peek() override {
    char byte = 0;
    std::size_t count = 0;
    ERR_clear_error();
    const int done = SSL_peek_ex(ssl_.get(), &byte, 1, &count);
    return done == 1 ? IoState::kDone : state_of(done);
  }
  [[nodiscard]] bool is_plain() const override { return false; }
  void end_writing() override {
    ERR_clear_error();
    // One direction is enough: the socket is closed next (RFC 8446, section 6.1).
    if (SSL_is_init_finished(ssl_.get()) == 1) (void)SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

 private:
  static constexpr std::size_t kRecord = 16U * 1024;

  IoResult write(std::string_view bytes) {
    if (bytes.empty()) return {IoState::kDone, 0};
    std::size_t count = 0;
    ERR_clear_error();
    const int done = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
    if (done == 1) return {IoState::kDone, count};
    const IoState state = state_of(done);
    return {state == IoState::kEnd ? IoState::kFailed : state};
  }

  IoState state_of(int returned) {
    switch (SSL_get_error(ssl_.get(), returned)) {
      case SSL_ERROR_WANT_READ:
        return IoState::kWantRead;
      case SSL_ERROR_WANT_WRITE:
        return IoState::kWantWrite;
      case SSL_ERROR_ZERO_RETURN:
        return IoState::kEnd;
      default:
        ERR_clear_error();
        return IoState::kFailed;
    }
  }

  std::unique_ptr<SSL, SslDeleter> ssl_;
};

class OpenSslContext : public TlsContext {
 public:
  OpenSslContext() : context_(SSL_CTX_new(TLS_server_method())) {}

  [[nodiscard]] Result<> load_files(const std::filesystem::path& certificate,
                                    const std::filesystem::path& private_key) {
    SSL_CTX* context = context_.get();
    if (context == nullptr) return fail(ErrorCode::kInternal, "TLS is not available.", openssl_error());
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
      return fail(ErrorCode::kBadData, "The file " + certificate.string() + " is not a PEM certificate.",
                  openssl_error());
    if (SSL_CTX_use_PrivateKey_file(context, private_key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1)
      return fail(
          ErrorCode::kBadData,
          "The file " + private_key.string() + " is not the private key of " + certificate.string() + ".",
          openssl_error());
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    // Tickets resume sessions without memory on the server.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
    return {};
  }

  [[nodiscard]] std::unique_ptr<Transport> make_transport(int socket) const override {
    SSL* ssl = SSL_new(context_.get());
    if (ssl == nullptr) return nullptr;
    auto transport = std::make_unique<TlsTransport>(ssl);
    if (SSL_set_fd(ssl, socket) != 1) return nullptr;
    return transport;
  }

 private:
  std::unique_ptr<SSL_CTX, ContextDeleter> context_;
};

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::load(const std::filesystem::path& certificate,
                                                     const std::filesystem::path& private_key) {
  auto context = std::make_shared<OpenSslContext>();
  VAT_TRY(context->load_files(certificate, private_key));
  return std::shared_ptr<TlsContext>(std::move(context));
}

}  // namespace vat::http
