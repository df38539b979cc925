#include "api/webhooks/webhook_url.h"

#include "api/common/outbound_url.h"

namespace vat::api {

Result<> check_webhook_url(std::string_view url, bool allow_private, std::string_view field) {
  return check_outbound_url(url, {.noun = "webhook", .field = field, .allow_private = allow_private});
}

}  // namespace vat::api
