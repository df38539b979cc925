// The same over TLS, with certificates that the test makes.
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <atomic>
#include <fstream>

#include "http/event_stream.h"
#include "http/testing/test_server.h"

namespace vat::http {
namespace {

using namespace testing;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using OutputFile = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

/// A certificate for itself, with this name, in cert.pem and key.pem of the directory.
void make_certificate(const std::filesystem::path& directory, const std::string& name) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3'600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const OutputFile cert_file(BIO_new_file((directory / "cert.pem").c_str(), "w"));
  PEM_write_bio_X509(cert_file.get(), certificate.get());
  const OutputFile key_file(BIO_new_file((directory / "key.pem").c_str(), "w"));
  PEM_write_bio_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

/// A client by OpenSSL's blocking BIO.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port) : context_(SSL_CTX_new(TLS_client_method())) {
    bio_.reset(BIO_new_ssl_connect(context_.get()));
    BIO_set_conn_hostname(bio_.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
    connected_ = BIO_do_connect(bio_.get()) == 1;
  }

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] std::string peer_name() const {
    SSL* ssl = nullptr;
    BIO_get_ssl(bio_.get(), &ssl);
    const Certificate peer(SSL_get1_peer_certificate(ssl));
    std::array<char, 100> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name.data(), name.size());
    return name.data();
  }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const int count = BIO_write(bio_.get(), bytes.data(),
                                  static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 20U)));
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  /// All that comes until `size` bytes behind the head were read.
  [[nodiscard]] std::string read(std::size_t size) {
    std::string all;
    std::array<char, 65'536> bytes{};
    while (true) {
      const std::size_t end = all.find("\r\n\r\n");
      if (end != std::string::npos && all.size() >= end + 4 + size) return all;
      const int count = BIO_read(bio_.get(), bytes.data(), bytes.size());
      if (count <= 0) return all;
      all.append(bytes.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>> context_;
  OutputFile bio_;
  bool connected_ = false;
};

std::string body_of(const std::string& reply) { return reply.substr(reply.find("\r\n\r\n") + 4); }

class ServerTls : public ::testing::Test {
 protected:
  ServerTls() : directory_(*TemporaryDirectory::create()) {
    make_certificate(directory_.path(), "first");
    options_.certificate = directory_.path() / "cert.pem";
    options_.private_key = directory_.path() / "key.pem";
  }
  TemporaryDirectory directory_;
  ServerOptions options_;
};

TEST_F(ServerTls, CarriesRequestsBodiesAndFiles) {
  std::string bytes;
  for (int i = 0; i < 1'000'000; ++i) bytes += std::to_string(i);
  const auto path = directory_.path() / "file";
  ASSERT_TRUE(write_file_atomically(path, bytes, Overwrite::kReplace));
  const auto file = std::make_shared<const UniqueFd>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  TestServer server(
      [&](Router& router, BlockingPool&) {
        router.add(Method::kGet, "/secure", [](Request& request) -> Task<Result<Response>> {
          co_return text_response(200, "text/plain", request.secure ? "secure" : "open");
        });
        router.add(Method::kPost, "/echo", echo(), {.most_body_bytes = 100U << 20U});
        router.add(Method::kGet, "/file", [&](Request&) -> Task<Result<Response>> {
          Response response;
          response.body = FileBody{file, 10, bytes.size() - 10};
          co_return response;
        });
      },
      options_);
  TlsClient client(server.port());
  ASSERT_TRUE(client.connected());
  client.send("GET /secure HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(body_of(client.read(6)), "secure");
  client.send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(body_of(client.read(bytes.size() - 10)), bytes.substr(10));
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(bytes.size()) +
              "\r\n\r\n");
  client.send(bytes);
  EXPECT_EQ(body_of(client.read(bytes.size())), bytes);
}

TEST_F(ServerTls, NoticesThatAClientOfEventsHasGone) {
  Event waiting, ended;
  TestServer server(
      [&](Router& router, BlockingPool&) {
        router.add(Method::kGet, "/events", [&](Request&) -> Task<Result<Response>> {
          co_return event_stream_response([&](BodyWriter& writer) -> Task<Result<>> {
            const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
            Signal signal(executor);
            waiting.set();
            (void)co_await writer.wait(signal, std::chrono::hours(1));
            ended.set();
            co_return Result<>();
          });
        });
      },
      options_);
  {
    TlsClient client(server.port());
    client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(waiting.wait());
  }
  EXPECT_TRUE(ended.wait());
}

TEST_F(ServerTls, TakesANewCertificateForNewConnections) {
  TestServer server([](Router& router, BlockingPool&) { router.add(Method::kGet, "/a", answer("yes")); },
                    options_);
  TlsClient before(server.port());
  EXPECT_EQ(before.peer_name(), "first");
  make_certificate(directory_.path(), "second");
  ASSERT_TRUE(server.server().reload_certificate());
  EXPECT_EQ(TlsClient(server.port()).peer_name(), "second");
  before.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(body_of(before.read(3)), "yes");
  std::ofstream(directory_.path() / "cert.pem") << "broken";
  const Result<> reloaded = server.server().reload_certificate();
  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().code, ErrorCode::kBadData);
  EXPECT_EQ(TlsClient(server.port()).peer_name(), "second");
}

TEST_F(ServerTls, DoesNotStartWithoutAGoodCertificate) {
  const Router router;
  BlockingPool pool(1, 1);
  options_.port = 0;
  options_.private_key = directory_.path() / "cert.pem";
  EXPECT_EQ(Server(options_, router, pool).start().error().code, ErrorCode::kBadData);
  options_.certificate = directory_.path() / "none.pem";
  EXPECT_EQ(Server(options_, router, pool).start().error().code, ErrorCode::kBadData);
}

TEST_F(ServerTls, ClosesOnAClientThatSpeaksInTheClear) {
  TestServer server([](Router& router, BlockingPool&) { router.add(Method::kGet, "/a", answer("yes")); },
                    options_);
  EXPECT_EQ(server.get("/a").status, 0);
}

TEST_F(ServerTls, LeavesAHandshakeThatNeverComes) {
  options_.header_timeout = std::chrono::milliseconds(50);
  TestServer server([](Router& router, BlockingPool&) { router.add(Method::kGet, "/a", answer("yes")); },
                    options_);
  EXPECT_TRUE(RawClient(server.port()).is_closed());
}

}  // namespace
}  // namespace vat::http
