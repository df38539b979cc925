// A name server that answers differently each time. This program's getaddrinfo() is the one that libcurl
// finds.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <deque>
#include <mutex>
#include <string>

#include "net/curl_http_client.h"
#include "net/testing/http_test_server.h"

namespace {

std::mutex answers_mutex;
std::deque<std::string> answers;  ///< The next ones for "rebinding.test".

std::string next_answer() {
  const std::lock_guard lock(answers_mutex);
  if (answers.empty()) return "127.0.0.3";
  std::string answer = answers.front();
  answers.pop_front();
  return answer;
}

std::size_t answers_left() {
  const std::lock_guard lock(answers_mutex);
  return answers.size();
}

}  // namespace

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** result) {
  static const auto real = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (name != nullptr && std::string_view(name) == "rebinding.test")
    return real(next_answer().c_str(), service, hints, result);
  return real(name, service, hints, result);
}

namespace vat::net {
namespace {

using test_server::HttpTestServer;
using test_server::Reply;

class RebindingTest : public ::testing::Test {
 protected:
  Result<HttpResponse> ask(std::deque<std::string> will_answer) {
    {
      const std::lock_guard lock(answers_mutex);
      answers = std::move(will_answer);
    }
    HttpRequest request;
    request.url = "http://rebinding.test:" + std::to_string(server.port()) + "/";
    // A client of its own, which remembers no address.
    CurlHttpClient client(
        {.addresses = AddressPolicy::kPublicOnly, .also_allowed = {Network::parse("127.0.0.1").value()}});
    return client.send(request, {});
  }

  HttpTestServer server{Reply{.body = "secret"}};
};

TEST_F(RebindingTest, TheAddressThatIsCalledIsTheOneThatIsChecked) {
  const auto good = ask({"127.0.0.1"});
  ASSERT_TRUE(good) << good.error().message << good.error().detail;
  ASSERT_EQ(answers_left(), 0U) << "libcurl asked this program's resolver";
  EXPECT_EQ(good->body, "secret");
  // What the name stood for a moment ago does not matter.
  for (const char* address :
       {"127.0.0.2", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.2", "fd00::1"}) {
    const auto bad = ask({address, "127.0.0.1"});
    ASSERT_FALSE(bad) << address;
    EXPECT_EQ(bad.error().code, ErrorCode::kInvalidArgument) << address << bad.error().message;
    EXPECT_EQ(answers_left(), 1U) << "resolved once, and not again for the connection";
  }
  EXPECT_EQ(server.requests().size(), 1U);
}

}  // namespace
}  // namespace vat::net
