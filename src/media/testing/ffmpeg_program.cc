#include "media/testing/ffmpeg_program.h"

#include <cstdlib>

#include "base/run_program.h"

namespace vat::media::testing {
namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  for (const char c : line + ' ') {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  return words;
}

Result<std::string> run(std::vector<std::string> words, const std::filesystem::path& folder) {
  const std::string name = words.front();
  VAT_ASSIGN(const ProgramEnd end,
             run_program({.words = std::move(words), .folder = folder, .max_output_bytes = 65'536}, {}, {}));
  if (end.exit_code != 0) return fail(ErrorCode::kInternal, name + " failed: " + end.output);
  return end.output;
}

}  // namespace

bool has_ffmpeg_programs() {
  static const bool both =
      run({"ffmpeg", "-version"}, {}).has_value() && run({"ffprobe", "-version"}, {}).has_value();
  return both;
}

Result<> ffmpeg(const std::string& arguments, const std::filesystem::path& folder) {
  std::vector<std::string> words = {"ffmpeg", "-nostdin", "-v", "error", "-y"};
  for (std::string& word : split(arguments)) words.push_back(std::move(word));
  VAT_TRY(run(std::move(words), folder));
  return {};
}

Result<std::string> ffprobe(const std::string& entries, const std::filesystem::path& file,
                            const std::string& streams) {
  std::vector<std::string> words = {
      "ffprobe", "-v", "error", "-show_entries", entries, "-of", "default=noprint_wrappers=1:nokey=1"};
  if (entries.find("nb_read_packets") != std::string::npos) words.emplace_back("-count_packets");
  if (!streams.empty()) words.insert(words.end(), {"-select_streams", streams});
  words.push_back(file.string());
  return run(std::move(words), {});
}

double ffprobe_number(const std::string& entries, const std::filesystem::path& file,
                      const std::string& streams) {
  const auto said = ffprobe(entries, file, streams);
  return said ? std::strtod(said->c_str(), nullptr) : 0.0;
}

}  // namespace vat::media::testing
