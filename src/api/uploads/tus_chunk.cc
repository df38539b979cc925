#include "api/uploads/tus_chunk.h"

#include <utility>

#include "api/uploads/receive.h"

namespace vat::api {
namespace {

using http::Request;

constexpr int kWrongOffset = 409;
constexpr int kChecksumMismatch = 460;

std::uint64_t room_in(const Services& services, const uploads::OpenUpload& open, std::uint64_t offset) {
  const std::uint64_t size = open.upload.size.value_or(services.limits.max_upload_bytes);
  return size > offset ? size - offset : 0;
}

/// Checks of the chunk before its first byte. Blocks.
Result<> prepare(const Services& services, const Request& request, uploads::OpenUpload& open,
                 TusChunk& chunk) {
  const std::uint64_t there = open.file->size();
  if (chunk.offset != there)
    return tus_fail(kWrongOffset,
                    "Upload-Offset is " + std::to_string(chunk.offset) + ", but " + std::to_string(there) +
                        " bytes have been received.",
                    "Upload-Offset");
  const std::uint64_t length = request.body->length().value_or(0);
  if (length > room_in(services, open, there))
    return fail(ErrorCode::kLimit, "There are more bytes than Upload-Length.");
  VAT_ASSIGN(chunk.claim, services.intake.room.claim(length));
  if (chunk.checksum) VAT_TRY(open.file->mark(there));
  return {};
}

/// Keeps the received part of the chunk, unless it has a checksum that does not match. Blocks briefly.
Result<> judge(uploads::OpenUpload& open, const TusChunk& chunk, const Result<Received>& received) {
  const bool too_long = !received && received.error().code == ErrorCode::kLimit;
  const bool unproven = chunk.checksum && !received;
  const bool wrong = chunk.checksum && received && received->digest != chunk.checksum->hex;
  if (too_long || unproven || wrong) VAT_TRY(open.file->truncate(chunk.offset));
  if (chunk.checksum) open.file->forget_mark();
  if (wrong)
    return tus_fail(kChecksumMismatch, "The bytes do not match Upload-Checksum; send them again.",
                    "Upload-Checksum");
  if (!received) return fail(received.error());
  return {};
}

}  // namespace

http::Task<Result<std::string>> take_chunk(const Services& services, Request& request,
                                           uploads::OpenUpload& open, TusChunk& chunk) {
  VAT_CO_TRY(co_await services.writers.run([&] { return prepare(services, request, open, chunk); }));
  ReceiveOptions options{.max_bytes = room_in(services, open, chunk.offset), .digest = {}};
  if (chunk.checksum) options.digest = chunk.checksum->algorithm;
  const Result<Received> received =
      co_await receive(services, source_of(*request.body), open.file, chunk.claim, std::move(options));
  VAT_CO_TRY(co_await services.writers.run([&] { return judge(open, chunk, received); }));
  if (open.upload.partial || open.file->size() != open.upload.size) co_return std::string();
  auto finish = [&] { return finish_resumable(services, open); };
  co_return co_await services.slow_pool.run(finish);
}

}  // namespace vat::api
