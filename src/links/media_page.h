// Asks a program such as yt-dlp for the recording of a media page.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "links/fetch.h"

namespace vat::links {

struct PageProgram {
  std::string name;  ///< Looked up in PATH unless it has a slash; empty: none is asked.
  std::chrono::milliseconds timeout{60'000};
};

struct PageRecording {
  Link link;
  std::string name;  ///< "TITLE.EXTENSION"; any bytes, may be empty.
};

/// Runs the program, without a shell and with nothing on its standard input, as yt-dlp is run. Only its
/// extractors for known sites are asked, not the one that searches any page. Empty if there is no such
/// program, or it knows no recording there: the link is then fetched as it is. kLimit when it takes too long;
/// kCancelled soon after `stop`. What it answers is not trusted: it is fetched by the same rules as any link.
/// Any thread.
[[nodiscard]] Result<std::optional<PageRecording>> ask_page_program(const PageProgram& program,
                                                                    const std::string& url,
                                                                    const std::stop_token& stop);

}  // namespace vat::links
