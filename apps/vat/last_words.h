// Reports an uncaught exception before it ends the service.
#pragma once

#include <chrono>

#include "operation/sentry.h"

namespace vat::app {

/// From now on such an exception is logged, and flushed to `sentry` within `timeout`. To be called with null
/// before `sentry` is destroyed.
void tell_of_uncaught_exceptions(operation::Sentry* sentry, std::chrono::milliseconds timeout);

}  // namespace vat::app
