// Rate limits of users, keys and addresses. Private to api.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/services.h"
#include "base/result.h"
#include "domain/user.h"
#include "http/message.h"

namespace vat::api {

enum class Act { kRequest, kUpload, kJob };

/// Whether the user, and the key and the address that they use, may do this `times` now: else kLimit (429)
/// with the time to wait. A key may do half of what its user may, so that a script does not lock its owner
/// out; an address, which many may share, four times as much. The response gets the fields RateLimit-Policy
/// and RateLimit of the tightest (draft-ietf-httpapi-ratelimit-headers-10). Neither the local user nor
/// loopback addresses are limited.
[[nodiscard]] Result<> admit(const Services& services, const User& user, http::Request& request, Act act,
                             std::uint64_t times = 1);

/// The same for a request whose user is not known yet.
[[nodiscard]] Result<> admit_address(const Services& services, http::Request& request);

/// Counts an attempt to sign in from the address: kLimit when there were too many.
[[nodiscard]] Result<> admit_sign_in(const Services& services, http::Request& request);
/// The same for credentials that are not valid. Whoever has valid ones at that address is not held up.
[[nodiscard]] Result<> admit_failed_sign_in(const Services& services, http::Request& request);

/// Counts a request with the share link: it may be used as often as a user may make requests, whoever uses
/// it.
[[nodiscard]] Result<> admit_share(const Services& services, const std::string& share_id,
                                   http::Request& request);

/// What counts as one address: an IPv4 address, or the first 64 bits of an IPv6 address, which one subscriber
/// has. "" for loopback.
[[nodiscard]] std::string address_group(std::string_view address);

}  // namespace vat::api
