// Receives a form with files: the files into the staging folder, the fields into memory. Private to api.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/services.h"
#include "base/result.h"
#include "domain/user.h"
#include "http/message.h"
#include "http/task.h"
#include "uploads/completion.h"

namespace vat::api {

struct FormRules {
  std::size_t max_files = 1;
  /// Rejects a field by its name alone, before the rest is received.
  std::function<Result<>(const std::string& name)> check_name;
  /// Fields of which few may be there, with a long value each: kMaxLongFields, kMaxLongFieldBytes. May be
  /// null.
  std::function<bool(const std::string& name)> is_long;
};

/// In the order received; well-formed UTF-8.
using FormFields = std::vector<std::pair<std::string, std::string>>;

struct ReceivedForm {
  std::vector<uploads::ReceivedFile> files;  ///< Hashed, not yet probed. Removed with this.
  FormFields fields;
};

/// Maximum length of a field's value, and of all fields together but for the long ones.
inline constexpr std::size_t kMaxFieldBytes = 64U * 1024;
inline constexpr std::size_t kMaxFormBytes = 256U * 1024;
inline constexpr std::size_t kMaxLongFieldBytes = 4U * 1024 * 1024;
inline constexpr std::size_t kMaxLongFields = 4;

/// Overhead of a form's framing.
inline constexpr std::uint64_t kFormOverheadBytes = 1U << 20U;

/// Whether the request's body is a form with files.
[[nodiscard]] bool is_form(const http::Request& request);
/// kInvalidArgument for a duplicate field, unless its name begins with `lists`.
[[nodiscard]] Result<> refuse_repeated(const FormFields& fields, std::string_view lists = {});

/// Receives a body of multipart/form-data whose files are in fields called "file", in any order among the
/// others. After an error everything received is removed. kLimit (413), kDiskFull, kInvalidArgument (400),
/// and the errors of the body.
[[nodiscard]] http::Task<Result<ReceivedForm>> receive_form(const Services& services, const User& user,
                                                            http::Request& request, const FormRules& rules);

/// A whole body as one file, hashed.
[[nodiscard]] http::Task<Result<uploads::ReceivedFile>> receive_body(const Services& services, Upload upload,
                                                                     http::Request& request);

}  // namespace vat::api
