#include "http/testing/tls_client.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

namespace vat::http::testing {
namespace {

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

}  // namespace

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

TlsClient::TlsClient(std::uint16_t port) : context_(SSL_CTX_new(TLS_client_method())) {
  bio_.reset(BIO_new_ssl_connect(context_.get()));
  BIO_set_conn_hostname(bio_.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  connected_ = BIO_do_connect(bio_.get()) == 1;
}

std::string TlsClient::peer_name() const {
  SSL* ssl = nullptr;
  BIO_get_ssl(bio_.get(), &ssl);
  const Certificate peer(SSL_get1_peer_certificate(ssl));
  std::array<char, 100> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name.data(), name.size());
  return name.data();
}

void TlsClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const int count =
        BIO_write(bio_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 20U)));
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string TlsClient::read(std::size_t size) {
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

}  // namespace vat::http::testing
