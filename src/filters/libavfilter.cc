#include "filters/libavfilter.h"

#include <string>

#include "base/loaded_library.h"

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

Result<Libavfilter> load() {
  const std::string name = file_name();
  const std::string message =
      "FFmpeg's filters (" + name +
      ") are not installed, and loudness cannot be normalised without them; install FFmpeg's libraries.";
  VAT_ASSIGN(const LoadedLibrary library, LoadedLibrary::load(name, message));
  Libavfilter f{};
  const bool complete = library.find("avfilter_get_by_name", f.get_by_name) &&
                        library.find("avfilter_graph_alloc", f.graph_alloc) &&
                        library.find("avfilter_graph_free", f.graph_free) &&
                        library.find("avfilter_graph_create_filter", f.graph_create_filter) &&
                        library.find("avfilter_graph_parse_ptr", f.graph_parse_ptr) &&
                        library.find("avfilter_graph_config", f.graph_config) &&
                        library.find("avfilter_inout_alloc", f.inout_alloc) &&
                        library.find("avfilter_inout_free", f.inout_free) &&
                        library.find("av_buffersrc_add_frame", f.buffersrc_add_frame) &&
                        library.find("av_buffersink_get_frame", f.buffersink_get_frame);
  if (!complete) return fail(ErrorCode::kUnavailable, message, "It lacks a function.");
  return f;
}

}  // namespace

Result<const Libavfilter*> libavfilter() {
  static const Result<Libavfilter> library = load();
  if (!library) return fail(library.error());
  return &*library;
}

}  // namespace vat::filters
