// The flags and commands that help against failures. The modules that report them do not name these, because
// users of the service have none.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace vat::app {

/// The error's message; if a flag or command sets the field at fault, a sentence about it follows.
[[nodiscard]] std::string with_remedy(const Error& error);
/// The same for a warning about a recording, which is known by its end.
[[nodiscard]] std::string with_remedy(std::string_view warning);

}  // namespace vat::app
