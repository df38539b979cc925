#include "db/testing/postgres_server.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"

extern char** environ;

namespace vat::db::testing {
namespace {

constexpr std::chrono::seconds kStartLimit{120};

/// The folder of the newest version's programs on Debian; empty if there is none.
std::filesystem::path find_programs() {
  std::filesystem::path newest;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", error)) {
    const std::filesystem::path folder = entry.path() / "bin";
    if (std::filesystem::exists(folder / "initdb", error)) newest = std::max(newest, folder);
  }
  return newest;
}

/// `command`, run as a user that PostgreSQL accepts, and ended when this program ends.
std::vector<std::string> unprivileged(std::vector<std::string> command) {
  std::vector<std::string> whole = {"setpriv", "--pdeathsig=INT"};
  if (::geteuid() == 0) whole.insert(whole.end(), {"--reuid=postgres", "--regid=postgres", "--clear-groups"});
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

/// Starts a program whose output and errors go to `output`.
Result<pid_t> spawn(const std::vector<std::string>& command, int output) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return fail(system_error(failed, "start", command[0]));
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// The output of a program; an error if it failed.
Result<> run(const std::vector<std::string>& command) {
  VAT_ASSIGN(Pipe pipe, make_pipe());
  VAT_ASSIGN(const pid_t pid, spawn(command, pipe.write_end.get()));
  pipe.write_end.reset();
  std::string text;
  std::array<char, 4096> block{};
  for (ssize_t count = 1; count > 0;) {
    count = ::read(pipe.read_end.get(), block.data(), block.size());
    if (count > 0) text.append(block.data(), static_cast<std::size_t>(count));
  }
  if (wait_for(pid) != 0) return fail(ErrorCode::kInternal, command[0] + " failed.", text);
  return {};
}

}  // namespace

struct PostgresServer::State {
  std::filesystem::path programs;
  std::optional<TemporaryDirectory> folder;
  pid_t pid = 0;
  std::jthread reader;  ///< Reads the server's output, so that it never blocks.

  std::mutex mutex;
  std::condition_variable changed;
  bool ready = false;
  bool ended = false;
  std::string said;

  void read_until_end(int fd) {
    std::array<char, 4096> block{};
    for (;;) {
      const ssize_t count = ::read(fd, block.data(), block.size());
      if (count < 0 && errno == EINTR) continue;
      const std::lock_guard lock(mutex);
      if (count > 0) said.append(block.data(), static_cast<std::size_t>(count));
      ready = ready || said.find("ready to accept connections") != std::string::npos;
      ended = count <= 0;
      changed.notify_all();
      if (ended) return;
    }
  }
};

PostgresServer::PostgresServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
PostgresServer::~PostgresServer() { stop(); }

Result<std::unique_ptr<PostgresServer>> PostgresServer::create() {
  auto state = std::make_unique<State>();
  state->programs = find_programs();
  if (state->programs.empty()) {
    return fail(ErrorCode::kUnavailable,
                "There is no PostgreSQL server; install Debian's package postgresql.");
  }
  VAT_ASSIGN(auto folder, TemporaryDirectory::create("vat-postgres"));
  if (::geteuid() == 0) {
    const passwd* const user = ::getpwnam("postgres");
    if (user == nullptr || ::chown(folder.path().c_str(), user->pw_uid, user->pw_gid) != 0) {
      return fail(system_error(errno, "give away", folder.path().string()));
    }
  }
  state->folder.emplace(std::move(folder));
  const std::string data = state->folder->path() / "data";
  VAT_TRY(run(unprivileged({state->programs / "initdb", "--pgdata=" + data, "--username=vat", "--auth=trust",
                            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"})));
  auto server = std::unique_ptr<PostgresServer>(new PostgresServer(std::move(state)));
  VAT_TRY(server->start());
  return server;
}

std::string PostgresServer::url(const std::string& database) const {
  return "postgresql://vat@/" + database + "?host=" + state_->folder->path().string();
}

Result<> PostgresServer::create_database(const std::string& name) {
  return run({state_->programs / "createdb", "--host=" + state_->folder->path().string(), "--username=vat",
              "--maintenance-db=template1", "--template=template0", name});
}

Result<> PostgresServer::start() {
  if (state_->pid != 0) return {};
  VAT_ASSIGN(Pipe pipe, make_pipe());
  const std::string folder = state_->folder->path();
  // Durability is PostgreSQL's own concern; without it the tests are fast.
  VAT_ASSIGN(state_->pid,
             spawn(unprivileged({state_->programs / "postgres", "-D", folder + "/data", "-k", folder, "-c",
                                 "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=50", "-c",
                                 "shared_buffers=16MB", "-c", "lc_messages=C"}),
                   pipe.write_end.get()));
  state_->ready = false;
  state_->ended = false;
  state_->said.clear();
  state_->reader = std::jthread(
      [state = state_.get(), fd = std::move(pipe.read_end)]() { state->read_until_end(fd.get()); });
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(lock, kStartLimit, [this] { return state_->ready || state_->ended; });
  if (!state_->ready) return fail(ErrorCode::kUnavailable, "PostgreSQL did not start.", state_->said);
  return {};
}

void PostgresServer::stop() {
  if (!state_ || state_->pid == 0) return;
  ::kill(state_->pid, SIGINT);  // its "fast" shutdown
  wait_for(state_->pid);
  state_->pid = 0;
  if (state_->reader.joinable()) state_->reader.join();
}

}  // namespace vat::db::testing
