// The assembled service: database, files, pools, worker, routes, server.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "auth/sign_in.h"
#include "base/result.h"
#include "flags.h"
#include "pipeline/options.h"
#include "serve_settings.h"

namespace vat::app {

struct ServiceConfiguration {
  ServeSettings settings;
  CommonFlags machine;
  ServiceFlags speech;
  pipeline::JobOptions defaults;
  std::optional<auth::SignInOptions> sign_in;  ///< Empty: local mode.
};

class Service {
 public:
  /// Opens everything, brings the database up to date, and listens. kExists when another server uses the data
  /// folder or the port.
  [[nodiscard]] static Result<std::unique_ptr<Service>> start(const ServiceConfiguration& configuration);
  /// Stops at once whatever stop() did not.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// "http://localhost:8000".
  [[nodiscard]] std::string url() const;
  /// Reloads the certificate's files; if they are not valid, that is logged and the old one stays in use.
  void reload_certificate();
  /// Refuses new work, lets running work continue until the deadline of the settings, then stops it; jobs
  /// return to the queue with their finished chunks.
  void stop();

 private:
  struct Parts;
  explicit Service(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace vat::app
