#include "subtitles/rttm.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/encoding.h"
#include "base/number.h"
#include "base/text.h"
#include "domain/speaker_edits.h"
#include "domain/transcript.h"
#include "subtitles/writers.h"

namespace vat::subtitles {
namespace {

// SPEAKER <file> <channel> <onset> <duration> <orthography> <subtype> <name> <confidence> <lookahead>; the
// last was added later.
constexpr std::size_t kFile = 1, kOnset = 3, kDuration = 4, kName = 7, kFewest = 9;

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = end;
  }
  return fields;
}

std::optional<Millis> time_in(std::string_view text) {
  const auto seconds = parse_number<double>(text, 0, to_seconds(kMaxRecordingLength));
  if (!seconds) return std::nullopt;
  return from_seconds(*seconds);
}

/// Of one recording.
class TurnCollector {
 public:
  Result<> add(const std::vector<std::string_view>& fields, std::size_t number) {
    const auto onset = fields.size() >= kFewest ? time_in(fields[kOnset]) : std::nullopt;
    const auto duration = fields.size() >= kFewest ? time_in(fields[kDuration]) : std::nullopt;
    if (!onset || !duration)
      return fail(ErrorCode::kBadData, "Line " + std::to_string(number) +
                                           " is not a valid line of RTTM, such as SPEAKER talk 1 0.50 2.25 "
                                           "<NA> <NA> Anna <NA> <NA>; correct it.");
    const auto [known, fresh] = numbers_.try_emplace(std::string(fields[kName]), numbers_.size());
    if (fresh) {
      if (numbers_.size() > kMaxSpeakers)
        return fail(ErrorCode::kLimit,
                    "The file names more than " + std::to_string(kMaxSpeakers) + " speakers.");
      std::string name = known->first;
      std::replace(name.begin(), name.end(), '_', ' ');
      read_.names.push_back(one_line(name));
    }
    read_.turns.push_back({*onset, *onset + *duration, known->second});
    return {};
  }
  [[nodiscard]] NamedTurns take() { return std::move(read_); }

 private:
  std::map<std::string, std::size_t> numbers_;
  NamedTurns read_;
};

/// Calls `use` with the fields and the number of each SPEAKER line, until it fails.
template <class Use>
Result<> each_speaker_line(std::string_view text, Use use) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = trim(take_part(text, '\n'));
    if (line.empty() || line.starts_with(';')) continue;
    const std::vector<std::string_view> fields = fields_of(line);
    if (fields.front() != "SPEAKER" && number > 1 && fields.size() > 1) continue;
    VAT_TRY(use(fields, number));
  }
  return {};
}

std::string seconds_text(Millis time) {
  std::array<char, 40> text{};
  const auto count = static_cast<long long>(time.count());
  std::snprintf(text.data(), text.size(), "%lld.%03lld", count / 1000, count % 1000);
  return text.data();
}

/// A field has no spaces.
std::string field(std::string_view text) {
  std::string clean = one_line(text);
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return c == ' ' || c == ';'; }, '_');
  return clean.empty() ? "recording" : clean;
}

/// The turns, or what of the text somebody says where there are none.
std::vector<SpeakerTurn> turns_of(const Transcript& transcript) {
  if (!transcript.turns.empty()) return transcript.turns;
  std::map<std::string_view, std::size_t> numbers;
  for (const Speaker& speaker : transcript.speakers) numbers.emplace(speaker.id, numbers.size());
  std::vector<SpeakerTurn> turns;
  for (const Segment& segment : transcript.segments) {
    const auto number = numbers.find(segment.speaker);
    if (number != numbers.end()) turns.push_back({segment.start, segment.end, number->second});
  }
  return turns;
}

}  // namespace

Result<NamedTurns> read_rttm(std::string_view bytes, std::string_view recording) {
  if (bytes.size() > kMaxRttmBytes)
    return fail(ErrorCode::kLimit,
                "The RTTM file is larger than " + std::to_string(kMaxRttmBytes >> 20) + " MiB.");
  const std::string text = decode_text(bytes);
  std::set<std::string_view> files;
  VAT_TRY(each_speaker_line(text, [&](const auto& fields, std::size_t) -> Result<> {
    if (fields.size() > kFile) files.insert(fields[kFile]);
    return {};
  }));
  const std::string wanted = field(recording);
  const bool has = files.contains(wanted);
  if (!has && files.size() > 1)
    return fail(ErrorCode::kBadData, "The RTTM file has " + std::to_string(files.size()) +
                                         " recordings, but none of the name " + wanted + ".");
  TurnCollector collector;
  VAT_TRY(each_speaker_line(text, [&](const auto& fields, std::size_t number) -> Result<> {
    if (has && fields.size() > kFile && fields[kFile] != wanted) return {};
    return collector.add(fields, number);
  }));
  return collector.take();
}

std::string write_rttm(const Transcript& transcript, const WriteOptions& options) {
  const std::string file = field(options.title);
  std::string out;
  for (const SpeakerTurn& turn : turns_of(transcript)) {
    const Millis start = std::max(turn.start, Millis(0));
    out += "SPEAKER " + file + " 1 " + seconds_text(start) + ' ' +
           seconds_text(std::max(turn.end - start, Millis(0))) + " <NA> <NA> " +
           field(speaker_label(transcript.speakers.at(turn.speaker))) + " <NA> <NA>\n";
  }
  return out;
}

}  // namespace vat::subtitles
