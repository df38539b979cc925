// What the routes that take bytes share: the threads that write, the room on the disk that is promised
// already, and the memory that lets writing go on beside reading. Private to api.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "api/services.h"
#include "api/uploads/taking_turns.h"
#include "base/result.h"
#include "domain/object_store.h"
#include "http/task.h"

namespace vat::api {

/// Room on the disk that uploads on their way may still use. Safe to use from any thread.
class DiskRoom {
 public:
  DiskRoom(const ObjectStore& objects, std::uint64_t reserved_bytes)
      : objects_(objects), reserved_bytes_(reserved_bytes) {}

  /// A promise of room. What is used of it is not promised any more, as the disk shows it then.
  class Claim {
   public:
    Claim() = default;
    Claim(Claim&& other) noexcept;
    Claim& operator=(Claim&& other) noexcept;
    ~Claim();
    void use(std::uint64_t bytes);

   private:
    friend class DiskRoom;
    Claim(DiskRoom* room, std::uint64_t bytes) : room_(room), bytes_(bytes) {}
    void give_back(std::uint64_t bytes);
    DiskRoom* room_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  /// kDiskFull when the bytes, beside all that is promised, would leave less than the reserve. Blocks
  /// shortly.
  [[nodiscard]] Result<Claim> claim(std::uint64_t bytes);
  /// kDiskFull when the reserve is being used. Blocks shortly.
  [[nodiscard]] Result<> check() const;

 private:
  const ObjectStore& objects_;
  const std::uint64_t reserved_bytes_;
  std::atomic<std::uint64_t> promised_bytes_{0};
};

/// A few blocks of memory for all uploads together. Safe to use from any thread.
class SpareBlocks {
 public:
  static constexpr std::size_t kBlockBytes = 256U * 1024;
  static constexpr std::size_t kMaxBlocks = 8;
  using Block = std::unique_ptr<char[]>;

  /// Nothing when all are in use: the caller goes on without.
  [[nodiscard]] Block try_take();
  void give_back(Block block);

 private:
  std::mutex mutex_;
  std::size_t made_ = 0;
  std::vector<Block> free_;
};

struct Intake {
  explicit Intake(Services& all);

  Services& services;
  DiskRoom room;
  SpareBlocks spare_blocks;
  /// By user and fingerprint: the second of two equal uploads at the same moment finds the first complete.
  TakingTurns completing;
  /// Writes and hashes what arrives, a block at a time. Apart from the pools of the services, so that neither
  /// a slow disk stops the database nor a long probe an upload.
  http::BlockingPool writers;
  /// Speaks while clients wait, who may take what is spoken slowly.
  http::BlockingPool speakers;
};

/// That of these services, made on first use. Call it while the router is made, on one thread.
[[nodiscard]] std::shared_ptr<Intake> intake_of(Services& services);

}  // namespace vat::api
