// A cache of spoken sentences on disk, so that after an edit only the changes are spoken. Internal to tts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "domain/audio.h"
#include "domain/synthesizer.h"

namespace vat::tts {

/// The key of an utterance's audio, made of everything that it depends on: 64 hexadecimal digits.
[[nodiscard]] std::string cache_key(const Synthesizer& engine, const Utterance& utterance);

/// A folder of files, each complete or absent and verified when read, so that processes may share it. It
/// never fails: what cannot be read is spoken again, what cannot be written is not kept. Safe to use from any
/// thread.
class SpeechCache {
 public:
  /// Files of `owner` are in a folder of that name, unless it is empty. `max_bytes` limits the directory with
  /// all owners: beyond it, the least recently used files are removed.
  SpeechCache(std::filesystem::path directory, const std::string& owner, std::uint64_t max_bytes);

  [[nodiscard]] std::optional<Pcm> find(const std::string& key);
  /// 16 bits per sample.
  void store(const std::string& key, const Pcm& pcm);

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;
  void evict();

  std::filesystem::path directory_;
  std::filesystem::path own_;
  std::uint64_t max_bytes_;
  std::mutex mutex_;
  std::uint64_t unaccounted_;  ///< Bytes written since the folder was last measured.
};

}  // namespace vat::tts
