#include "api/uploads/receive.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <utility>

#include "http/too_long.h"
#include "uploads/spare_blocks.h"

namespace vat::api {
namespace {

/// Bytes between two checks of the free space.
constexpr std::uint64_t kLookAfter = 64U << 20U;
constexpr std::chrono::minutes kLongWait{10};

/// Shared by the coroutine and the writing threads, so that neither outlives what it needs.
struct Writing {
  explicit Writing(uploads::SpareBlocks& all) : spare_blocks(all) {}
  ~Writing() { give_block_back(); }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  uploads::SpareBlocks& spare_blocks;
  std::shared_ptr<uploads::StagedFile> file;
  std::optional<Hasher> hasher;
  uploads::SpareBlocks::Block block;  ///< Being written, with `block_bytes` in it.
  std::size_t block_bytes = 0;
  Result<> outcome;
  std::atomic<bool> busy{false};
  std::function<void()> wake;

  Result<> write(std::string_view bytes) {
    VAT_TRY(file->append(bytes));
    if (hasher) hasher->update(bytes);
    return {};
  }
  void give_block_back() {
    if (block) spare_blocks.give_back(std::move(block));
  }
  void write_block() {
    outcome = write({block.get(), block_bytes});
    busy.store(false, std::memory_order_release);
    wake();
  }
};

class WriteBehind {
 public:
  WriteBehind(const Services& services, std::shared_ptr<uploads::StagedFile> file,
              std::optional<Digest> digest, const boost::asio::any_io_executor& executor)
      : services_(services),
        written_(executor),
        state_(std::make_shared<Writing>(services.intake.spare_blocks)) {
    state_->file = std::move(file);
    if (digest) state_->hasher.emplace(*digest);
    state_->wake = written_.notifier();
  }
  /// Releases the file at once, not when the pool drops its task: the client's next request may come before
  /// that and needs the lock.
  ~WriteBehind() {
    if (!state_->busy.load(std::memory_order_acquire)) state_->file.reset();
  }
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  http::Task<Result<>> write(std::string_view bytes) {
    while (!bytes.empty()) {
      Result<> before = co_await settle();
      if (!before) co_return before;
      const std::string_view piece = bytes.substr(0, uploads::SpareBlocks::kBlockBytes);
      if (!begin(piece)) {
        Result<> written = co_await services_.writers.run([&] { return state_->write(piece); });
        if (!written) co_return written;
      }
      bytes.remove_prefix(piece.size());
    }
    co_return Result<>{};
  }

  /// Waits until started writes are done.
  http::Task<Result<>> settle() {
    while (state_->busy.load(std::memory_order_acquire)) co_await written_.wait(kLongWait);
    state_->give_block_back();
    Result<> outcome = state_->outcome;  // a failure stays: nothing is written after it
    co_return outcome;
  }

  std::string digest() { return state_->hasher ? state_->hasher->finish() : std::string(); }

 private:
  bool begin(std::string_view piece) {
    state_->block = state_->spare_blocks.try_take();
    if (!state_->block) return false;
    std::memcpy(state_->block.get(), piece.data(), piece.size());
    state_->block_bytes = piece.size();
    state_->busy.store(true, std::memory_order_relaxed);
    if (services_.writers.try_post([state = state_] { state->write_block(); })) return true;
    state_->busy.store(false, std::memory_order_relaxed);
    state_->give_block_back();
    return false;
  }

  const Services& services_;
  http::Signal written_;
  std::shared_ptr<Writing> state_;
};

http::Task<Result<std::uint64_t>> pump(const Services& services, ByteSource& source, WriteBehind& writer,
                                       uploads::DiskRoom::Claim& claim, std::uint64_t max) {
  std::uint64_t total = 0;
  std::uint64_t look_at = kLookAfter;
  while (true) {
    const Result<std::string_view> bytes = co_await source();
    if (!bytes) co_return fail(bytes.error());
    if (bytes->empty()) co_return total;
    if (bytes->size() > max - total) co_return http::too_long("The file", max);
    // The body is chunked, or longer than its part of the claim.
    if (claim.left() < bytes->size()) {
      const Result<> room =
          co_await services.writers.run([&] { return services.intake.room.extend(claim, bytes->size()); });
      if (!room) co_return fail(room.error());
    }
    const Result<> written = co_await writer.write(*bytes);
    if (!written) co_return fail(written.error());
    total += bytes->size();
    claim.use(bytes->size());
    if (total < look_at) continue;
    look_at = total + kLookAfter;
    const Result<> room = co_await services.writers.run([&] { return services.intake.room.check(); });
    if (!room) co_return fail(room.error());
  }
}

}  // namespace

ByteSource source_of(http::BodyReader& body) {
  return [&body] { return body.read(); };
}

ByteSource source_of(http::MultipartReader& part) {
  return [&part] { return part.read(); };
}

http::Task<Result<Received>> receive(const Services& services, ByteSource source,
                                     std::shared_ptr<uploads::StagedFile> file,
                                     uploads::DiskRoom::Claim& claim, ReceiveOptions options) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  WriteBehind writer(services, std::move(file), options.digest, executor);
  const Result<std::uint64_t> total = co_await pump(services, source, writer, claim, options.max_bytes);
  // Even after an error: the caller uses the file next.
  const Result<> written = co_await writer.settle();
  if (!total) co_return fail(total.error());
  if (!written) co_return fail(written.error());
  co_return Received{.bytes = *total, .digest = writer.digest()};
}

}  // namespace vat::api
