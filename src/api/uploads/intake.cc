#include "api/uploads/intake.h"

#include <utility>

namespace vat::api {
namespace {

constexpr int kWriterThreads = 2;
/// The server's loops lend out fewer blocks than this, so that it is never reached.
constexpr std::size_t kMaxWaitingWrites = 1024;
constexpr int kSpeakerThreads = 4;
constexpr std::size_t kMaxWaitingTexts = 32;

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

Result<> DiskRoom::check() const {
  VAT_ASSIGN(const StorageSpace space, objects_.space());
  if (space.free_bytes < reserved_bytes_) return no_room();
  return {};
}

SpareBlocks::Block SpareBlocks::try_take() {
  const std::lock_guard lock(mutex_);
  if (!free_.empty()) {
    Block block = std::move(free_.back());
    free_.pop_back();
    return block;
  }
  if (made_ == kMaxBlocks) return nullptr;
  ++made_;
  return std::make_unique_for_overwrite<char[]>(kBlockBytes);
}

void SpareBlocks::give_back(Block block) {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(block));
}

Intake::Intake(Services& all)
    : services(all),
      room(all.objects, all.limits.reserved_disk_bytes),
      writers(kWriterThreads, kMaxWaitingWrites),
      speakers(kSpeakerThreads, kMaxWaitingTexts) {}

std::shared_ptr<Intake> intake_of(Services& services) {
  if (!services.intake) services.intake = std::make_shared<Intake>(services);
  return services.intake;
}

void finish(Services& services) {
  if (!services.intake) return;
  services.intake->speakers.finish();
  services.intake->writers.finish();
}

}  // namespace vat::api
