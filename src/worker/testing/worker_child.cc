// Workers in processes of their own, to be killed: each runs one job in the folder and exits when that is
// done. Logs which chunks were recognised and which of them were stored. Test-only.
//   worker_child FOLDER JOB LOG ATTEMPT
// Without arguments it is a helper that forks workers, because loading the program takes longer than most of
// them are to live. Each is sent those four as lines, and says its process's number.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "base/fork_server.h"
#include "base/hash.h"
#include "base/helper_process.h"
#include "base/text.h"
#include "worker/testing/forwarding_queue.h"
#include "worker/testing/test_service.h"

namespace {

using namespace vat;
using std::chrono::milliseconds;

/// A log of complete lines, which survive the death of their writer.
class ChunkLog {
 public:
  explicit ChunkLog(const char* path) : fd_(::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}
  void heard(std::span<const float> samples) {
    last_heard() =
        hash_hex(Digest::kSha256, {reinterpret_cast<const char*>(samples.data()), samples.size_bytes()});
    write("heard " + last_heard() + "\n");
  }
  /// The chunk that this thread recognised last is durable.
  void kept() { write("kept " + last_heard() + "\n"); }

 private:
  static std::string& last_heard() {
    static thread_local std::string hash;
    return hash;
  }
  void write(const std::string& line) {
    if (!write_all(fd_.get(), line, "the log")) std::abort();
  }
  UniqueFd fd_;
};

class LoggedCheckpoint : public CheckpointStore {
 public:
  LoggedCheckpoint(std::unique_ptr<CheckpointStore> store, ChunkLog& log)
      : store_(std::move(store)), log_(log) {}
  std::optional<ChunkText> find(const ChunkKey& key) override { return store_->find(key); }
  Result<> save(const ChunkKey& key, const ChunkText& text) override {
    VAT_TRY(store_->save(key, text));
    log_.kept();
    return {};
  }

 private:
  std::unique_ptr<CheckpointStore> store_;
  ChunkLog& log_;
};

/// The real queue, whose checkpoints are logged.
class LoggedQueue : public worker::testing::ForwardingQueue {
 public:
  LoggedQueue(JobQueue& queue, ChunkLog& log) : ForwardingQueue(queue), log_(log) {}
  Result<std::unique_ptr<CheckpointStore>> checkpoint(const Lease& lease,
                                                      const std::string& identity) override {
    VAT_ASSIGN(auto store, ForwardingQueue::checkpoint(lease, identity));
    return std::unique_ptr<CheckpointStore>(std::make_unique<LoggedCheckpoint>(std::move(store), log_));
  }

 private:
  ChunkLog& log_;
};

/// Waits as long as a very fast machine needs for a chunk; returns on a stop.
Result<> think(std::stop_token stop) {
  constexpr milliseconds kThinking{4};
  std::mutex mutex;
  std::condition_variable_any thought;
  std::unique_lock lock(mutex);
  thought.wait_for(lock, stop, kThinking, [] { return false; });
  return {};
}

int run_worker(const std::array<std::string, 4>& words) {
  const auto& [folder, job_id, log_file, attempt] = words;
  ChunkLog log(log_file.c_str());
  // Every process's clock is an hour ahead of the previous one's, so that its lease has expired.
  const auto later = std::chrono::hours(std::atoi(attempt.c_str()));
  asr::NumberedHearing hearing;
  hearing.longest_chunk = Millis(6'000);  // many chunks of a short recording
  hearing.before = [&](std::span<const float> samples, std::stop_token stop) {
    log.heard(samples);
    return think(std::move(stop));
  };
  worker::testing::TestService service({.folder = folder,
                                        .clock = [later] { return utc_now() + later; },
                                        .limits = {.max_attempts = 1'000'000, .max_lost_workers = 1'000'000},
                                        .hearing = hearing});
  LoggedQueue queue(service.queue(), log);
  worker::WorkerServices services{
      queue,         service.speeds(),    service.transcripts(), service.objects(),
      service.bus(), service.resources(), &service.links()};
  worker::Worker worker(services, {.name = "child", .lease = milliseconds(200), .poll = milliseconds(20)});
  worker.start();
  const Job job = service.wait_for_end(job_id);
  worker.stop(milliseconds(10'000));
  return job.state == JobState::kCompleted ? 0 : 1;
}

int run_forked(Channel channel) {
  const auto message = channel.receive(10'000);
  if (!message || !*message || !channel.send(std::to_string(::getpid()))) return 2;
  std::array<std::string, 4> words;
  std::string_view rest = (*message)->bytes;
  for (std::string& word : words) word = take_part(rest, '\n');
  return run_worker(words);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5) return run_worker({argv[1], argv[2], argv[3], argv[4]});
  auto channel = inherit_channel();
  return channel ? serve_forks(*std::move(channel), run_forked) : 2;
}
