// A decoder that a recording takes over: preloaded into a program, it does what a packet tells it, as an
// exploit of FFmpeg would: "vat-hostile:crash;", "vat-hostile:file /where/to;" and so on. Where an attack
// succeeds, it leaves the file /where/to, or what it has done is seen outside.
#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
#include <libavcodec/avcodec.h>
}

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void leave(const std::string& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT, 0600);
  if (fd >= 0) ::close(fd);
}

void connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  (void)::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

void start_child(const std::string& file) {
  const pid_t id = ::fork();
  if (id == 0) {
    leave(file);
    ::_exit(0);
  }
  (void)::waitpid(id, nullptr, 0);
}

void run_program(const std::string& file) { (void)::execl("/usr/bin/touch", "touch", file.c_str(), nullptr); }

/// A program that may have this much does not end well.
void take_memory() {
  constexpr std::size_t kMuch = 8ULL << 30U;
  const void* const memory =
      ::mmap(nullptr, kMuch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory != MAP_FAILED) std::abort();
}

void attack(const std::string& how, const std::string& what) {
  if (how == "crash") ::raise(SIGSEGV);
  if (how == "file") leave(what);
  if (how == "socket") connect_to(std::atoi(what.c_str()));
  if (how == "fork") start_child(what);
  if (how == "exec") run_program(what);
  if (how == "memory") take_memory();
}

}  // namespace

extern "C" int avcodec_send_packet(AVCodecContext* context, const AVPacket* packet) {
  using Send = int (*)(AVCodecContext*, const AVPacket*);
  static const auto real = reinterpret_cast<Send>(::dlsym(RTLD_NEXT, "avcodec_send_packet"));
  constexpr std::string_view kMark = "vat-hostile:";
  if (packet != nullptr && packet->data != nullptr) {
    const std::string_view bytes(reinterpret_cast<const char*>(packet->data),
                                 static_cast<std::size_t>(packet->size));
    const std::size_t at = bytes.find(kMark);
    const std::size_t end = at == std::string_view::npos ? at : bytes.find(';', at);
    if (end != std::string_view::npos) {
      const std::string words(bytes.substr(at + kMark.size(), end - at - kMark.size()));
      const std::size_t space = words.find(' ');
      attack(words.substr(0, space), space == std::string::npos ? "" : words.substr(space + 1));
    }
  }
  return real(context, packet);
}
