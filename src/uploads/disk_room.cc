#include "uploads/disk_room.h"

#include <algorithm>
#include <utility>

namespace vat::uploads {
namespace {

/// Claimed at once for an upload of unknown length.
constexpr std::uint64_t kStep = 8U << 20U;

tl::unexpected<Error> no_room() {
  return fail(ErrorCode::kDiskFull, "There is no room for the file on the server's disk; try again later.");
}

}  // namespace

DiskRoom::Claim::Claim(Claim&& other) noexcept
    : room_(std::exchange(other.room_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

DiskRoom::Claim& DiskRoom::Claim::operator=(Claim&& other) noexcept {
  if (this == &other) return *this;
  give_back(bytes_);
  room_ = std::exchange(other.room_, nullptr);
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

DiskRoom::Claim::~Claim() { give_back(bytes_); }

void DiskRoom::Claim::use(std::uint64_t bytes) { give_back(std::min(bytes, bytes_)); }

void DiskRoom::Claim::give_back(std::uint64_t bytes) {
  if (room_ != nullptr) room_->promised_bytes_ -= bytes;
  bytes_ -= bytes;
}

Result<DiskRoom::Claim> DiskRoom::claim(std::uint64_t bytes) {
  VAT_ASSIGN(const StorageSpace space, objects_.space());
  const std::uint64_t usable = space.free_bytes > reserved_bytes_ ? space.free_bytes - reserved_bytes_ : 0;
  const std::uint64_t before = promised_bytes_.fetch_add(bytes);
  Claim claim(this, bytes);
  if (before > usable || bytes > usable - before) return no_room();
  return claim;
}

Result<> DiskRoom::extend(Claim& held, std::uint64_t bytes) {
  if (held.bytes_ >= bytes) return {};
  const std::uint64_t missing = bytes - held.bytes_;
  auto more = claim(std::max(missing, kStep));
  if (!more) more = claim(missing);
  if (!more) return fail(std::move(more).error());
  held.room_ = this;
  held.bytes_ += std::exchange(more->bytes_, 0);
  return {};
}

Result<> DiskRoom::check() const {
  VAT_ASSIGN(const StorageSpace space, objects_.space());
  if (space.free_bytes < reserved_bytes_) return no_room();
  return {};
}

}  // namespace vat::uploads
