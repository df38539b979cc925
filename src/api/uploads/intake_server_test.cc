// Uploads through a real server and real sockets: broken connections, clients that leave, many at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "api/testing/intake_service.h"
#include "base/uuid.h"
#include "domain/user.h"
#include "http/server.h"
#include "http/testing/raw_client.h"

namespace vat::api {
namespace {

namespace json = boost::json;
using http::testing::RawClient;
using testing::IntakeService;

class IntakeServer : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server.start()); }
  void TearDown() override { server.stop(std::chrono::seconds(0)); }

  /// Waits for a condition that another thread fulfils; false after half a minute.
  static bool eventually(const std::function<bool()>& happened) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!happened()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
  [[nodiscard]] static std::string request(const std::string& line, const std::string& headers) {
    return line + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
  }
  std::string begin_tus(const std::string& bytes) {
    RawClient client(server.port());
    client.send(
        request("POST /api/v1/uploads", "Tus-Resumable: 1.0.0\r\nContent-Length: 0\r\nUpload-Length: " +
                                            std::to_string(bytes.size()) + "\r\n"));
    return client.reply().header("Location");
  }
  std::string offset_of(const std::string& address) {
    RawClient client(server.port());
    client.send(request("HEAD " + address, "Tus-Resumable: 1.0.0\r\n"));
    return client.reply(true).header("Upload-Offset");
  }
  [[nodiscard]] static std::string patch(const std::string& address, std::size_t offset, std::size_t length) {
    return request("PATCH " + address,
                   "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
                   "Upload-Offset: " +
                       std::to_string(offset) + "\r\nContent-Length: " + std::to_string(length) + "\r\n");
  }
  [[nodiscard]] static std::string id_of(const std::string& address) {
    return address.substr(address.rfind('/') + 1);
  }
  /// By one PUT; returns the upload's id.
  std::string put(const std::string& bytes) {
    RawClient client(server.port());
    client.send(request("PUT /api/v1/uploads?filename=a.wav",
                        "Content-Length: " + std::to_string(bytes.size()) + "\r\n"));
    client.send(bytes);
    const auto reply = client.reply();
    EXPECT_EQ(reply.status, 201) << reply.body;
    return id_of(reply.header("Location"));
  }

  IntakeService service;
  http::Server server{{.port = 0}, service.router(), service.services().pool};
  const std::string wav = service.recording();
};

TEST_F(IntakeServer, WhatCameOfATusUploadBeforeItsConnectionBrokeIsKept) {
  const std::string address = begin_tus(wav);
  ASSERT_NE(address, "");
  {
    RawClient client(server.port());
    ASSERT_TRUE(client.send(patch(address, 0, wav.size()) + wav.substr(0, 9000)));
    ASSERT_TRUE(eventually([&] { return offset_of(address) == "9000"; }));
    client.reset();
  }
  RawClient client(server.port());
  // The lock is released with the broken connection, a moment later.
  http::testing::Reply reply;
  ASSERT_TRUE(eventually([&] {
    RawClient again(server.port());
    again.send(patch(address, 9000, wav.size() - 9000) + wav.substr(9000));
    reply = again.reply();
    return reply.status != 423;
  }));
  EXPECT_EQ(reply.status, 204) << reply.body;
  EXPECT_EQ(service.content(id_of(address)), wav);
}

TEST_F(IntakeServer, AFormWhoseConnectionBreaksLeavesNothing) {
  {
    RawClient client(server.port());
    ASSERT_TRUE(client.send(
        request("POST /api/v1/jobs",
                "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n") +
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n" + wav));
    ASSERT_TRUE(eventually([&] { return service.staged_files() == 1; }));
    client.reset();
  }
  EXPECT_TRUE(eventually([&] { return service.staged_files() == 0; }));
  EXPECT_TRUE(service.jobs().empty());
}

TEST_F(IntakeServer, ARefusedUploadCostsNoBytes) {
  RawClient client(server.port());
  const std::string length = std::to_string(service.services().limits.max_upload_bytes + 1);
  client.send(request("PUT /api/v1/uploads", "Expect: 100-continue\r\nContent-Length: " + length + "\r\n"));
  EXPECT_EQ(client.head().status, 413);
}

TEST_F(IntakeServer, AJobGoesWithTheClientThatWaitsForIt) {
  const std::string body =
      "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n"
      "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n" +
      wav + "\r\n--x--\r\n";
  for (const std::string& stream : {std::string(), std::string("--x\r\nContent-Disposition: form-data; "
                                                               "name=\"stream\"\r\n\r\ntrue\r\n")}) {
    RawClient client(server.port());
    client.send(request("POST /v1/audio/transcriptions",
                        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: " +
                            std::to_string(stream.size() + body.size()) + "\r\n") +
                stream + body);
    ASSERT_TRUE(eventually([&] { return service.jobs().size() == 1; }));
    client.reset();
    EXPECT_TRUE(eventually([&] { return service.jobs().empty() && service.stored_files() == 0; }));
  }
}

TEST_F(IntakeServer, ManyUploadsAtOnceArriveWhole) {
  constexpr std::size_t kUploads = 60;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < kUploads; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    ASSERT_TRUE(clients.back()->send(request("PUT /api/v1/uploads?filename=" + std::to_string(i) + ".wav",
                                             "Content-Length: " + std::to_string(wav.size()) + "\r\n") +
                                     wav.substr(0, 5000)));
  }
  ASSERT_TRUE(eventually([&] { return service.staged_files() == kUploads; }));
  for (const auto& client : clients) ASSERT_TRUE(client->send(wav.substr(5000)));
  for (const auto& client : clients) {
    const auto reply = client->reply();
    ASSERT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(service.content(id_of(reply.header("Location"))), wav);
  }
  EXPECT_EQ(service.staged_files(), 0U);
  EXPECT_EQ(service.stored_files(), 1U);
}

/// The same bytes through a WAV file of some megabytes, in blocks of the server's own size.
TEST_F(IntakeServer, ALargeFileArrivesAsItWasSent) {
  std::string large = wav;
  while (large.size() < (20U << 20U)) large += wav;
  EXPECT_EQ(service.content(put(large)), large);
}

TEST_F(IntakeServer, FilesThatDifferInOneByteAreKeptApart) {
  std::string one = wav;
  while (one.size() < (4U << 20U)) one += wav;
  std::string other = one;
  other[100'000] ^= 1;  // where the fingerprint takes no sample
  for (const std::string& bytes : {one, other, other}) EXPECT_EQ(service.content(put(bytes)), bytes);
  EXPECT_EQ(service.stored_files(), 2U);
}

}  // namespace
}  // namespace vat::api
