#include "base/sandbox.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif
#ifdef VAT_SECCOMP
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#endif

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "base/process_limits.h"

namespace vat {
namespace {

constexpr std::chrono::hours kMaxComputing{24};
/// poll() accepts no more entries than this, and what is open stays open.
constexpr rlim_t kMaxFiles = 64;

[[maybe_unused]] constexpr std::string_view kSeccomp = "seccomp";

/// The CPU time that each stretch of work has; set when the sandbox is entered.
std::chrono::seconds g_computing{0};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
std::chrono::seconds g_extended{0};   // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

std::chrono::seconds computed() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec);
}

void allow_computing() {
  g_extended = computed();
  const rlimit limit{.rlim_cur = static_cast<rlim_t>((g_extended + g_computing).count()) + 1,
                     .rlim_max = static_cast<rlim_t>(std::chrono::seconds(kMaxComputing).count())};
  (void)::setrlimit(RLIMIT_CPU, &limit);
}

#ifdef VAT_SECCOMP

struct FilterFree {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FilterFree>;

/// What reads and writes open files, waits, allocates memory and ends.
constexpr std::initializer_list<int> kAllowed = {SCMP_SYS(read),
                                                 SCMP_SYS(readv),
                                                 SCMP_SYS(pread64),
                                                 SCMP_SYS(preadv),
                                                 SCMP_SYS(write),
                                                 SCMP_SYS(writev),
                                                 SCMP_SYS(pwrite64),
                                                 SCMP_SYS(lseek),
                                                 SCMP_SYS(_llseek),
                                                 SCMP_SYS(fstat),
                                                 SCMP_SYS(close),
                                                 SCMP_SYS(fsync),
                                                 SCMP_SYS(poll),
                                                 SCMP_SYS(ppoll),
                                                 SCMP_SYS(sendmsg),
                                                 SCMP_SYS(recvmsg),
                                                 SCMP_SYS(shutdown),
                                                 SCMP_SYS(brk),
                                                 SCMP_SYS(munmap),
                                                 SCMP_SYS(mremap),
                                                 SCMP_SYS(madvise),
                                                 SCMP_SYS(futex),
                                                 SCMP_SYS(set_robust_list),
                                                 SCMP_SYS(rseq),
                                                 SCMP_SYS(sched_yield),
                                                 SCMP_SYS(sched_getaffinity),
                                                 SCMP_SYS(getpid),
                                                 SCMP_SYS(gettid),
                                                 SCMP_SYS(exit),
                                                 SCMP_SYS(exit_group),
                                                 SCMP_SYS(rt_sigprocmask),
                                                 SCMP_SYS(rt_sigreturn),
                                                 SCMP_SYS(rt_sigaction),
                                                 SCMP_SYS(sigaltstack),
                                                 SCMP_SYS(clock_gettime),
                                                 SCMP_SYS(clock_getres),
                                                 SCMP_SYS(gettimeofday),
                                                 SCMP_SYS(time),
                                                 SCMP_SYS(nanosleep),
                                                 SCMP_SYS(clock_nanosleep),
                                                 SCMP_SYS(restart_syscall),
                                                 SCMP_SYS(getrandom),
                                                 SCMP_SYS(getcpu),
                                                 SCMP_SYS(membarrier),
                                                 SCMP_SYS(getrusage),
                                                 SCMP_SYS(pipe2)};

/// What the C library and libav try on the way and can do without.
constexpr std::initializer_list<int> kAbsent = {
    SCMP_SYS(open),       SCMP_SYS(openat),     SCMP_SYS(openat2), SCMP_SYS(stat),      SCMP_SYS(lstat),
    SCMP_SYS(newfstatat), SCMP_SYS(statx),      SCMP_SYS(access),  SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),   SCMP_SYS(readlinkat), SCMP_SYS(ioctl),   SCMP_SYS(fcntl),     SCMP_SYS(sysinfo),
    SCMP_SYS(uname),      SCMP_SYS(getcwd)};

bool add_plain_rules(void* filter) {
  const auto all = [filter](std::initializer_list<int> calls, std::uint32_t action) {
    return std::all_of(calls.begin(), calls.end(),
                       [&](int call) { return ::seccomp_rule_add(filter, action, call, 0) == 0; });
  };
  // The C library then starts threads by clone(), whose flags a filter can see.
  return all(kAllowed, SCMP_ACT_ALLOW) && all(kAbsent, SCMP_ACT_ERRNO(EACCES)) &&
         ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

/// Conditions on an argument, by its position.
scmp_arg_cmp equals(unsigned argument, scmp_datum_t value) {
  return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}
scmp_arg_cmp has_bits(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
  return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

bool add_rules_for_arguments(void* filter) {
  const auto allow = [filter](int call, const scmp_arg_cmp& condition) {
    return ::seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition) == 0;
  };
  constexpr std::uint64_t kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
  // A thread of this very process; abort() sends itself a signal; limits of itself.
  return allow(SCMP_SYS(clone), has_bits(0, kThread, kThread)) &&
         allow(SCMP_SYS(tgkill), equals(0, static_cast<scmp_datum_t>(::getpid()))) &&
         allow(SCMP_SYS(prlimit64), equals(0, 0)) && allow(SCMP_SYS(prctl), equals(0, PR_SET_NAME)) &&
         allow(SCMP_SYS(mmap), has_bits(2, PROT_EXEC, 0)) &&
         allow(SCMP_SYS(mprotect), has_bits(2, PROT_EXEC, 0));
}

Result<> filter_system_calls() {
  const Filter filter(::seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (filter && add_plain_rules(filter.get()) && add_rules_for_arguments(filter.get())) {
    if (::seccomp_load(filter.get()) == 0) return {};
  }
  return fail(ErrorCode::kUnavailable, "The decoder could not be locked up.",
              "seccomp_load: errno " + std::to_string(errno));
}

/// "seccomp", or why there is none.
std::string_view kernel_filters() {
  // The filter is no address, which a kernel that knows filters reports.
  (void)::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr);
  if (errno == EFAULT) return kSeccomp;
  return errno == EINVAL ? "this kernel has no seccomp filters"
                         : "what surrounds this program, such as a container, forbids seccomp";
}

#else

Result<> filter_system_calls() { return {}; }

#endif

/// Of the whole address space, in bytes; 0 when it cannot be told.
std::uint64_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void set_limits(const SandboxLimits& limits) {
  const auto limit = [](auto resource, rlim_t value) {
    const rlimit both{.rlim_cur = value, .rlim_max = value};
    (void)::setrlimit(resource, &both);
  };
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, static_cast<rlim_t>(limits.written_bytes));
  limit(RLIMIT_NOFILE, kMaxFiles);
  if (const std::uint64_t now = address_space(); now > 0) limit_memory(now + limits.memory_bytes);
  g_computing = limits.computing;
  allow_computing();
}

}  // namespace

bool can_filter_system_calls() {
#ifdef VAT_SECCOMP
  static const bool can = kernel_filters() == kSeccomp;
  return can;
#else
  return false;
#endif
}

std::string system_call_filter() {
#ifdef VAT_SECCOMP
  return std::string(kernel_filters());
#else
  return "this build has no seccomp";
#endif
}

Result<> enter_sandbox(const SandboxLimits& limits) {
  // A write beyond the limit fails then, instead of ending the process.
  (void)::signal(SIGXFSZ, SIG_IGN);
  set_limits(limits);
#ifdef __linux__
  // No program that it could start has more rights, and no other process of the user looks into it.
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0)
    return fail(ErrorCode::kUnavailable, "The decoder could not be locked up.",
                "prctl: errno " + std::to_string(errno));
#endif
  return can_filter_system_calls() ? filter_system_calls() : Result<>();
}

void more_computing() {
  if (computed() > g_extended) allow_computing();
}

}  // namespace vat
