// The checkpoint store of a running job: the database's store, with retries while the database is not
// available, and counted. Internal to worker.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "domain/audio.h"
#include "domain/checkpoint.h"
#include "worker/running_job.h"

namespace vat::worker {

/// Safe to use from any thread.
class JobCheckpoint : public CheckpointStore {
 public:
  JobCheckpoint(std::unique_ptr<CheckpointStore> store, RunningJob& job)
      : store_(std::move(store)), job_(job) {}

  [[nodiscard]] std::optional<ChunkText> find(const ChunkKey& key) override {
    auto text = store_->find(key);
    if (text) known_samples_ += key.end - key.begin;
    return text;
  }
  [[nodiscard]] Result<> save(const ChunkKey& key, const ChunkText& text) override {
    return job_.persist([&] { return store_->save(key, text); });
  }

  /// Length of the chunks that an earlier attempt had finished.
  [[nodiscard]] Millis known() const { return samples_to_time(known_samples_); }

 private:
  const std::unique_ptr<CheckpointStore> store_;
  RunningJob& job_;
  std::atomic<std::int64_t> known_samples_ = 0;
};

}  // namespace vat::worker
