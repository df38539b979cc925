// Room on the disk that is kept for deletions: on a full disk SQLite could not even record that something was
// deleted. Private to db.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>

namespace vat::db {

/// A file that only takes up room. Safe to use from any thread.
class SpareRoom {
 public:
  static constexpr std::uint64_t kBytes = 8U << 20U;

  /// `path` is the file's; empty: there is never spare room.
  explicit SpareRoom(std::filesystem::path path) : path_(std::move(path)) {}

  /// Takes the room if it is not taken and the disk has three times as much.
  void keep();
  /// Frees it. False if there was none.
  [[nodiscard]] bool give_up();

 private:
  const std::filesystem::path path_;
  std::mutex mutex_;
};

}  // namespace vat::db
