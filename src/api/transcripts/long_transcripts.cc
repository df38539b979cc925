#include "api/transcripts/long_transcripts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/file.h"
#include "base/uuid.h"

namespace vat::api {
namespace {

constexpr std::size_t kLargeText = 4U << 20U;  // bytes that do not wait in memory for the client

}  // namespace

void give_memory_back() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

Result<http::Response> in_a_file(const Services& services, Result<http::Response> made) {
  if (!made) return made;
  auto* const text = std::get_if<std::string>(&made->body);
  if (text == nullptr || text->size() < kLargeText) return made;
  const std::filesystem::path path = services.objects.staging() / (make_uuid() + ".answer");
  auto file = std::make_shared<UniqueFd>(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!*file) return made;
  ::unlink(path.c_str());
  if (!write_all(file->get(), *text, "a transcript")) return made;
  const std::uint64_t length = text->size();
  made->body = http::FileBody{.file = std::move(file), .length = length};
  return made;
}

}  // namespace vat::api
