// An RSA key pair made for a test, and base64 as a peer would write and read it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace vat::tts::testing {

class RsaKey {
 public:
  RsaKey();
  ~RsaKey();
  [[nodiscard]] std::string private_pem() const;  ///< PKCS #8.
  /// RSASSA-PKCS1-v1_5 with SHA-256.
  [[nodiscard]] bool verifies(std::string_view text, std::string_view signature) const;

 private:
  struct Pair;
  std::unique_ptr<Pair> pair_;
};

[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::string from_base64url(std::string_view text);

}  // namespace vat::tts::testing
