#include "serve_service.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "service_parts.h"

namespace vat::app {

using std::chrono::seconds;

Result<std::unique_ptr<Service>> Service::start(const ServiceConfiguration& configuration) {
  auto parts = std::make_unique<Parts>(configuration);
  VAT_TRY(parts->start());
  return std::unique_ptr<Service>(new Service(std::move(parts)));
}

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Service::~Service() = default;

std::uint16_t Service::port() const { return parts_->server->port(); }

std::string Service::url() const {
  const std::string& address = parts_->settings.address;
  const std::string host = address == "127.0.0.1" || address == "localhost" ? "localhost"
                           : address.find(':') != std::string::npos         ? "[" + address + "]"
                                                                            : address;
  return (parts_->settings.tls_certificate.empty() ? "http://" : "https://") + host + ":" +
         std::to_string(port());
}

void Service::reload_certificate() {
  if (parts_->settings.tls_certificate.empty()) return;
  if (const Result<> reloaded = parts_->server->reload_certificate(); !reloaded)
    log(LogLevel::kError, "The certificate was not reloaded; the old one stays in use.",
        {{"reason", reloaded.error().message}});
}

void Service::stop() { parts_->stop(seconds(parts_->settings.shutdown_deadline)); }

}  // namespace vat::app
