// refuse_calls CALLS PROGRAM [ARGUMENT]...: runs the program where the system calls that are named, separated
// by commas, fail with EPERM, as they do in some containers. "seccomp" stands for both ways to set a filter.
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <sstream>
#include <string>

int main(int count, char** words) {
  if (count < 3) return 2;
  const scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ALLOW);
  const auto refusal = static_cast<std::uint32_t>(SCMP_ACT_ERRNO(EPERM));
  bool is_set = filter != nullptr;
  std::istringstream names(words[1]);
  for (std::string name; std::getline(names, name, ',');) {
    is_set &= ::seccomp_rule_add(filter, refusal, ::seccomp_syscall_resolve_name(name.c_str()), 0) == 0;
    const scmp_arg_cmp sets_filter{0, SCMP_CMP_EQ, PR_SET_SECCOMP, 0};
    if (name == "seccomp")
      is_set &= ::seccomp_rule_add_array(filter, refusal, SCMP_SYS(prctl), 1, &sets_filter) == 0;
  }
  if (!is_set || ::seccomp_load(filter) != 0) {
    std::fputs("The filter cannot be set.\n", stderr);
    return 2;
  }
  ::execv(words[2], words + 2);
  return 2;
}
