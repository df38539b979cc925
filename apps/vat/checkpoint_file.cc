#include "checkpoint_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "base/hash.h"
#include "base/number.h"
#include "domain/transcript_json.h"

namespace vat::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
constexpr std::chrono::hours kKeepUnused{24 * 7};

/// "BEGIN END CONTENT JSON", numbers in decimal. Empty when the line is not of that form.
std::optional<std::pair<ChunkKey, ChunkText>> parse_line(std::string_view line) {
  std::array<std::uint64_t, 3> numbers{};
  for (std::uint64_t& number : numbers) {
    const auto read = take_number<std::uint64_t>(line);
    if (!read || !line.starts_with(' ')) return std::nullopt;
    number = *read;
    line.remove_prefix(1);
  }
  auto text = chunk_text_from_json(line);
  if (!text) return std::nullopt;
  const ChunkKey key{static_cast<std::int64_t>(numbers[0]), static_cast<std::int64_t>(numbers[1]),
                     numbers[2]};
  return std::make_pair(key, std::move(*text));
}

void remove_unused(const fs::path& directory) {
  std::error_code error;
  const auto oldest = fs::file_time_type::clock::now() - kKeepUnused;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    std::error_code ignored;
    if (entry.last_write_time(ignored) < oldest && !ignored) fs::remove(entry.path(), ignored);
  }
}

}  // namespace

Result<std::unique_ptr<CheckpointFile>> CheckpointFile::open(const fs::path& directory,
                                                             std::string_view identity, bool resume) {
  VAT_TRY(make_directories(directory));
  remove_unused(directory);
  fs::path path = directory / (hash_hex(Digest::kSha256, identity).substr(0, 32) + ".chunks");
  std::error_code ignored;
  if (!resume) fs::remove(path, ignored);
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!fd) return fail(system_error(errno, "write", path.string()));
  std::unique_ptr<CheckpointFile> file(new CheckpointFile(path, std::move(fd)));
  VAT_ASSIGN(const std::string lines, read_file(path, kMaxBytes));
  file->load(lines);
  return file;
}

void CheckpointFile::load(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    // A line that a crash truncated has no newline; one is written before the next chunk to separate them.
    if (end == std::string_view::npos) {
      (void)write_all(fd_.get(), "\n", path_.string());
      break;
    }
    if (auto chunk = parse_line(lines.substr(0, end)))
      chunks_.insert_or_assign(chunk->first, std::move(chunk->second));
    lines.remove_prefix(end + 1);
  }
  found_ = chunks_.size();
}

std::optional<ChunkText> CheckpointFile::find(const ChunkKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = chunks_.find(key);
  if (found == chunks_.end()) return std::nullopt;
  // Each chunk is looked up once, so it need not be kept twice.
  return std::move(chunks_.extract(found).mapped());
}

Result<> CheckpointFile::save(const ChunkKey& key, const ChunkText& text) {
  const std::string line = std::to_string(key.begin) + ' ' + std::to_string(key.end) + ' ' +
                           std::to_string(key.content) + ' ' + to_json(text) + '\n';
  const std::lock_guard lock(mutex_);
  VAT_TRY(write_all(fd_.get(), line, path_.string()));
  if (::fsync(fd_.get()) != 0) return fail(system_error(errno, "write", path_.string()));
  return {};
}

void CheckpointFile::discard() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

}  // namespace vat::app
