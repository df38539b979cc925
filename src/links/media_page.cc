#include "links/media_page.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string_view>

#include "base/log.h"
#include "base/run_program.h"

namespace vat::links {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kMark = "vat-link ";
constexpr std::size_t kMaxAnswer = 256U * 1024;  // bytes

/// Sound alone if the site has it, in one file over HTTP. "--" ends the options, whatever the URL is.
std::vector<std::string> words_of(const std::string& program, const std::string& url) {
  return {program,
          "--ignore-config",
          "--quiet",
          "--no-warnings",
          "--no-playlist",
          "--no-cache-dir",
          "--use-extractors",
          "all,-generic",
          "--socket-timeout",
          "20",
          "--format",
          "bestaudio[protocol^=http][protocol!*=dash]/best[protocol^=http][protocol!*=dash]",
          "--print",
          std::string(kMark) + "%(.{url,title,ext,http_headers})j",
          "--",
          url};
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

HttpHeaders headers_of(const json::object& object) {
  constexpr std::array<std::string_view, 4> kTaken = {"User-Agent", "Referer", "Accept", "Accept-Language"};
  HttpHeaders headers;
  const json::value* const all = object.if_contains("http_headers");
  if (all == nullptr || !all->is_object()) return headers;
  for (const std::string_view name : kTaken) {
    if (std::string value = text_of(all->get_object(), name); !value.empty())
      headers.emplace_back(std::string(name), std::move(value));
  }
  return headers;
}

std::optional<PageRecording> parse_answer(std::string_view output) {
  const std::size_t mark = output.rfind(kMark);
  if (mark == std::string_view::npos || (mark > 0 && output[mark - 1] != '\n')) return std::nullopt;
  std::string_view line = output.substr(mark + kMark.size());
  line = line.substr(0, line.find('\n'));
  json::error_code error;
  const json::value answer = json::parse({line.data(), line.size()}, error);
  if (error || !answer.is_object()) return std::nullopt;
  const json::object& object = answer.get_object();
  PageRecording recording{.link = {.url = text_of(object, "url"), .headers = headers_of(object)},
                          .name = text_of(object, "title")};
  if (recording.link.url.empty()) return std::nullopt;
  if (const std::string extension = text_of(object, "ext"); !recording.name.empty() && !extension.empty())
    recording.name += "." + extension;
  return recording;
}

}  // namespace

Result<std::optional<PageRecording>> ask_page_program(const PageProgram& program, const std::string& url,
                                                      const std::stop_token& stop) {
  using Found = std::optional<PageRecording>;
  if (program.name.empty()) return Found();
  const Clock::time_point deadline = Clock::now() + program.timeout;
  const ProgramWatch watch = [deadline]() -> Result<> {
    if (Clock::now() < deadline) return {};
    return fail(ErrorCode::kLimit, "The program that looks for recordings on web pages took too long.");
  };
  const Result<ProgramEnd> end =
      run_program({.words = words_of(program.name, url), .max_output_bytes = kMaxAnswer}, watch, stop);
  if (!end && end.error().code == ErrorCode::kNotFound) return Found();
  if (!end) return fail(end.error());
  Found found = end->exit_code == 0 ? parse_answer(end->output) : Found();
  if (!found)
    log(LogLevel::kInfo, "The program for web pages knows no recording there.",
        {{"exit_code", end->exit_code}});
  return found;
}

}  // namespace vat::links
