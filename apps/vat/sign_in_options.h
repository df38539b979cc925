// How people sign in, from the settings of the service.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/sign_in.h"
#include "base/result.h"
#include "serve_settings.h"

namespace vat::app {

/// Empty in local mode: no provider is set, and no sign-in is required. kInvalidArgument with one sentence
/// that names the setting.
[[nodiscard]] Result<std::optional<auth::SignInOptions>> sign_in_options(const ServeSettings& settings);

/// Whom clients may name as host: those of the settings, and that of the base URL.
[[nodiscard]] std::vector<std::string> hosts_of(const ServeSettings& settings,
                                                const std::optional<auth::SignInOptions>& sign_in);

}  // namespace vat::app
