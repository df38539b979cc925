// libavfilter, loaded when the first audio is filtered: it brings two dozen libraries for pictures, text and
// voices, whose pages an idle server need not hold.
#pragma once

#include <cstdint>  // which FFmpeg's headers need before them

extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

#include "base/result.h"

namespace vat::filters {

/// The functions used here, as the headers declare them.
struct Libavfilter {
  decltype(&avfilter_get_by_name) get_by_name;
  decltype(&avfilter_graph_alloc) graph_alloc;
  decltype(&avfilter_graph_free) graph_free;
  decltype(&avfilter_graph_create_filter) graph_create_filter;
  decltype(&avfilter_graph_parse_ptr) graph_parse_ptr;
  decltype(&avfilter_graph_config) graph_config;
  decltype(&avfilter_inout_alloc) inout_alloc;
  decltype(&avfilter_inout_free) inout_free;
  decltype(&av_buffersrc_add_frame) buffersrc_add_frame;
  decltype(&av_buffersink_get_frame) buffersink_get_frame;
};

/// Loads it at the first call; it stays until the program ends. kUnavailable when it is not installed in the
/// version of the headers used at build time. Any thread.
[[nodiscard]] Result<const Libavfilter*> libavfilter();

}  // namespace vat::filters
