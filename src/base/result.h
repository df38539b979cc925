// Result<T>: a value or an Error, and the two macros that pass an Error up.
#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "base/error.h"

namespace vat {

template <class T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}
/// `return fail(ErrorCode::kNotFound, "There is no file talk.mp4.");`
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message,
                                                std::string detail = {}) {
  return fail(Error(code, std::move(message), std::move(detail)));
}
/// kInvalidArgument about one field of a request.
[[nodiscard]] inline tl::unexpected<Error> fail_field(std::string field, std::string message) {
  return fail(Error(ErrorCode::kInvalidArgument, std::move(message)).about_field(std::move(field)));
}

}  // namespace vat

#define VAT_CONCAT_INNER(a, b) a##b
#define VAT_CONCAT(a, b) VAT_CONCAT_INNER(a, b)

/// Returns the Error of `expression` from the enclosing function, if it has one.
#define VAT_TRY(expression)                                  \
  do {                                                       \
    if (auto vat_try_result = (expression); !vat_try_result) \
      return ::vat::fail(std::move(vat_try_result).error()); \
  } while (false)

/// VAT_ASSIGN(auto text, read_file(path)): the value, or a return of the Error.
#define VAT_ASSIGN(declaration, expression) \
  VAT_ASSIGN_NAMED(VAT_CONCAT(vat_result_, __LINE__), declaration, expression)
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses
#define VAT_ASSIGN_NAMED(name, declaration, expression)   \
  auto name = (expression);                               \
  if (!name) return ::vat::fail(std::move(name).error()); \
  declaration = std::move(name).value()
// NOLINTEND(bugprone-macro-parentheses)
