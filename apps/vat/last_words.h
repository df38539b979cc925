// What the service tells before it ends by an exception that nobody caught.
#pragma once

#include <chrono>

#include "operation/sentry.h"

namespace vat::app {

/// From now on such an exception is logged, and `sentry` has `patience` to hear of it. With null before
/// `sentry` ends.
void tell_of_uncaught_exceptions(operation::Sentry* sentry, std::chrono::milliseconds patience);

}  // namespace vat::app
