// What a user chose in the pages, as one JSON object: which members it may have, and how a change is merged
// into it. Private to api.
#pragma once

#include <cstddef>
#include <string>

#include "api/common/json_fields.h"
#include "base/result.h"

namespace vat::api {

inline constexpr std::size_t kMaxPreferenceBytes = 16U * 1024;

/// Reads all members of a merge patch: each must be one that preferences have, with a value it may take, or
/// null. The errors name the field: "profile.voice".
[[nodiscard]] Result<> check_preferences(JsonFields& patch);

/// The stored object with the patch (RFC 7396), which was checked: a null removes its member.
/// kInvalidArgument when the outcome is longer than kMaxPreferenceBytes.
[[nodiscard]] Result<std::string> merge_preferences(const std::string& stored, const std::string& patch);

/// The entity tag of a stored object, with its quotes.
[[nodiscard]] std::string preferences_tag(const std::string& stored);

}  // namespace vat::api
