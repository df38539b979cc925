// A folder and a running `vat serve` for each test of the service as a program.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "../cli/cli_test.h"
#include "../cli/program.h"
#include "domain/http_client.h"
#include "net/curl_http_client.h"

namespace vat::service_test {

using cli_test::kSaid;
using cli_test::Outcome;
using cli_test::Program;

/// `vat serve` on a free port, in the folder of its test. Killed when destroyed.
class Server {
 public:
  Server(const cli_test::Invocation& invocation, const std::filesystem::path& port_file);

  [[nodiscard]] Program& program() { return program_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& path = {}) const;
  [[nodiscard]] HttpResponse send(HttpRequest request);
  [[nodiscard]] HttpResponse get(const std::string& path);
  [[nodiscard]] boost::json::value get_json(const std::string& path);
  /// Uploads the file as a job with these fields ("name", "value").
  [[nodiscard]] HttpResponse offer(const std::string& name, const std::string& bytes,
                                   const HttpHeaders& fields);
  /// The same, of a file that must be accepted; returns the job's path.
  [[nodiscard]] std::string upload(const std::string& name, const std::string& bytes,
                                   const HttpHeaders& fields);
  /// Waits for the job's end and returns it.
  [[nodiscard]] boost::json::value wait_for_end(const std::string& job);
  /// Waits until the metrics contain this line; false after ten seconds without it. What a job adds to them
  /// is added after its end is in the database, where clients see it.
  [[nodiscard]] bool wait_for_metric(const std::string& line);
  /// SIGTERM; the exit code must be 0. Returns what was logged.
  std::string stop();

 private:
  Program program_;
  std::uint16_t port_ = 0;
  net::CurlHttpClient http_;
};

class ServeTest : public cli_test::CliTest {
 protected:
  /// Starts `vat serve` on a free port with these further arguments, and waits until it listens.
  [[nodiscard]] std::unique_ptr<Server> serve(const Words& more = {});
  /// The arguments of serve().
  [[nodiscard]] static Words arguments(const Words& more);
};

}  // namespace vat::service_test
