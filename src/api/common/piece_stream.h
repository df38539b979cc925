// Bodies of responses that are made piece by piece while they are sent.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "api/services.h"
#include "http/message.h"

namespace vat::api {

/// Sends what `source->next()` gives (Result<std::string>) until a piece is empty. It is called on the slow
/// pool, one piece at a time; an error ends the response. `services` must outlive the body.
template <class Source>
[[nodiscard]] http::StreamBody stream_pieces(const Services& services, std::shared_ptr<Source> source) {
  return [&services, source = std::move(source)](http::BodyWriter& writer) -> http::Task<Result<>> {
    while (true) {
      auto work = [&] { return source->next(); };
      const Result<std::string> piece = co_await services.slow_pool.run(work);
      if (!piece) co_return fail(piece.error());
      if (piece->empty()) co_return Result<>();
      const Result<> written = co_await writer.write(*piece);
      if (!written) co_return written;
    }
  };
}

}  // namespace vat::api
