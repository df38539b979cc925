#include "base/loaded_library.h"

#include <dlfcn.h>

namespace vat {

Result<LoadedLibrary> LoadedLibrary::load(const std::string& file, const std::string& message) {
  void* const handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle != nullptr) return LoadedLibrary(handle);
  const char* const reason =
      ::dlerror();  // NOLINT(concurrency-mt-unsafe): of this thread, in glibc and elsewhere
  return fail(ErrorCode::kUnavailable, message, reason == nullptr ? "" : reason);
}

void* LoadedLibrary::find_address(const std::string& name) const { return ::dlsym(handle_, name.c_str()); }

}  // namespace vat
