// Disk space reserved for incoming bytes, so that they do not run out of it together.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/result.h"
#include "domain/object_store.h"

namespace vat::uploads {

/// The disk space that incoming uploads may still use. Safe to use from any thread.
class DiskRoom {
 public:
  DiskRoom(const ObjectStore& objects, std::uint64_t reserved_bytes)
      : objects_(objects), reserved_bytes_(reserved_bytes) {}

  /// A reservation. Used space is no longer reserved, because the disk then shows it.
  class Claim {
   public:
    Claim() = default;
    Claim(Claim&& other) noexcept;
    Claim& operator=(Claim&& other) noexcept;
    ~Claim();
    void use(std::uint64_t bytes);
    [[nodiscard]] std::uint64_t left() const { return bytes_; }

   private:
    friend class DiskRoom;
    Claim(DiskRoom* room, std::uint64_t bytes) : room_(room), bytes_(bytes) {}
    void give_back(std::uint64_t bytes);
    DiskRoom* room_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  /// kDiskFull when the bytes, in addition to all reservations, would leave less than the reserve. Blocks
  /// briefly.
  [[nodiscard]] Result<Claim> claim(std::uint64_t bytes);
  /// Makes a claim of at least `bytes` of one whose whole length is unknown, and of more if there is room, so
  /// that this is not asked for every piece. Otherwise like claim().
  [[nodiscard]] Result<> extend(Claim& claim, std::uint64_t bytes);
  /// kDiskFull when the reserve is being used. Blocks briefly.
  [[nodiscard]] Result<> check() const;

 private:
  const ObjectStore& objects_;
  const std::uint64_t reserved_bytes_;
  std::atomic<std::uint64_t> promised_bytes_{0};
};

}  // namespace vat::uploads
