#include "filters/libavfilter.h"

#include <dlfcn.h>

#include <string>

namespace vat::filters {
namespace {

/// The name under which a linked program would load the library.
std::string file_name() {
  const std::string version = std::to_string(LIBAVFILTER_VERSION_MAJOR);
#ifdef __APPLE__
  return "libavfilter." + version + ".dylib";
#else
  return "libavfilter.so." + version;
#endif
}

template <class Function>
bool find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(::dlsym(library, name));
  return function != nullptr;
}

Result<Libavfilter> load() {
  const std::string name = file_name();
  void* const library = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  Libavfilter f{};
  const bool complete = library != nullptr && find(library, "avfilter_get_by_name", f.get_by_name) &&
                        find(library, "avfilter_graph_alloc", f.graph_alloc) &&
                        find(library, "avfilter_graph_free", f.graph_free) &&
                        find(library, "avfilter_graph_create_filter", f.graph_create_filter) &&
                        find(library, "avfilter_graph_parse_ptr", f.graph_parse_ptr) &&
                        find(library, "avfilter_graph_config", f.graph_config) &&
                        find(library, "avfilter_inout_alloc", f.inout_alloc) &&
                        find(library, "avfilter_inout_free", f.inout_free) &&
                        find(library, "av_buffersrc_add_frame", f.buffersrc_add_frame) &&
                        find(library, "av_buffersink_get_frame", f.buffersink_get_frame);
  if (complete) return f;
  const char* const reason = ::dlerror();
  return fail(
      ErrorCode::kUnavailable,
      "FFmpeg's filters (" + name +
          ") are not installed, and loudness cannot be normalised without them; install FFmpeg's libraries.",
      reason == nullptr ? "" : reason);
}

}  // namespace

Result<const Libavfilter*> libavfilter() {
  static const Result<Libavfilter> library = load();
  if (!library) return fail(library.error());
  return &*library;
}

}  // namespace vat::filters
