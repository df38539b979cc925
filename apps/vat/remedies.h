// The flags and commands that help against failures. The modules that report them do not name these, because
// users of the service have none.
#pragma once

#include <string>

#include "base/error.h"

namespace vat::app {

/// The error's message; if a flag or command sets the field at fault, a sentence about it follows.
[[nodiscard]] std::string with_remedy(const Error& error);

}  // namespace vat::app
