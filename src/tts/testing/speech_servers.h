// Servers that implement the published APIs of Google's Cloud Text-to-Speech and of OpenAI's speech endpoint,
// and respond to invalid requests as the real ones do.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tts/testing/rsa_key.h"
#include "tts/testing/test_server.h"

namespace vat::tts::testing {

/// A WAV file with a tone: 16-bit mono.
[[nodiscard]] std::string tone_wav(int sample_rate, std::size_t samples);

/// Common to both: prepared responses to the next requests, and a record of all requests.
class SpeechServer {
 public:
  virtual ~SpeechServer() = default;
  [[nodiscard]] std::string url() const { return server_->url(); }
  /// The responses to the next requests, in order; later requests are served normally.
  void prepare(std::vector<ServerResponse> responses);
  [[nodiscard]] std::vector<ServerRequest> requests() const;

 protected:
  void start();
  [[nodiscard]] virtual ServerResponse handle(const ServerRequest& request) = 0;
  /// The destructor of a derived class must call this first.
  void stop() { server_.reset(); }

 private:
  mutable std::mutex mutex_;
  std::deque<ServerResponse> prepared_;
  std::vector<ServerRequest> requests_;
  std::unique_ptr<TestServer> server_;
};

class GoogleServer final : public SpeechServer {
 public:
  GoogleServer();
  ~GoogleServer() override { stop(); }

  static constexpr std::string_view kApiKey = "AIza-test-key";
  /// A service account key file that this server's token endpoint trusts.
  [[nodiscard]] std::string service_account() const;
  [[nodiscard]] int tokens_issued() const;
  void revoke_tokens();

 protected:
  [[nodiscard]] ServerResponse handle(const ServerRequest& request) override;

 private:
  [[nodiscard]] ServerResponse issue_token(const ServerRequest& request);
  [[nodiscard]] ServerResponse check_credentials(const ServerRequest& request) const;
  [[nodiscard]] std::string broken_rule(std::string_view assertion) const;

  RsaKey key_;
  mutable std::mutex token_mutex_;
  int issued_ = 0;
  std::string token_;
};

class OpenAiServer final : public SpeechServer {
 public:
  OpenAiServer() { start(); }
  ~OpenAiServer() override { stop(); }
  static constexpr std::string_view kApiKey = "sk-test-key";

 protected:
  [[nodiscard]] ServerResponse handle(const ServerRequest& request) override;
};

}  // namespace vat::tts::testing
