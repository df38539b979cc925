#include "domain/speaker_edits.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"
#include "domain/attribution.h"

namespace vat {
namespace {

std::optional<std::size_t> find_speaker(const TranscriptSummary& transcript, std::string_view id) {
  const auto found = std::find_if(transcript.speakers.begin(), transcript.speakers.end(),
                                  [id](const Speaker& speaker) { return speaker.id == id; });
  if (found == transcript.speakers.end()) return std::nullopt;
  return static_cast<std::size_t>(found - transcript.speakers.begin());
}

tl::unexpected<Error> no_such_speaker(std::string_view id) {
  constexpr std::size_t kShown = 40;
  return fail(ErrorCode::kNotFound,
              "The transcript has no speaker \"" + to_utf8(id.substr(0, kShown)) + "\".");
}

/// An id that no speaker has.
std::string free_id(const TranscriptSummary& transcript) {
  std::size_t number = transcript.speakers.size() + 1;
  while (find_speaker(transcript, "S" + std::to_string(number))) ++number;
  return "S" + std::to_string(number);
}

/// Nobody needs more to know a voice.
constexpr Millis kLongestSample{8000};

/// The pitch of several voices, by how long each is heard: a mean in octaves, as people hear it.
class JointPitch {
 public:
  /// A pitch of 0 is left out.
  void add(double pitch, Millis talking) {
    if (pitch <= 0) return;
    const auto weight = static_cast<double>(std::max(talking, Millis(1)).count());
    octaves_ += weight * std::log2(pitch);
    weight_ += weight;
  }
  /// In tenths of a Hz; 0 of none.
  [[nodiscard]] double value() const {
    return weight_ == 0 ? 0 : std::round(std::exp2(octaves_ / weight_) * 10) / 10;
  }

 private:
  double octaves_ = 0;
  double weight_ = 0;
};

bool is_better_sample(const Segment& segment, const Segment* best) {
  if (best == nullptr) return true;
  if (segment.overlapped != best->overlapped) return best->overlapped;
  return segment.end - segment.start > best->end - best->start;
}

}  // namespace

Result<> rename_speaker(Transcript& transcript, std::string_view id, std::string_view name) {
  const auto at = find_speaker(transcript, id);
  if (!at) return no_such_speaker(id);
  std::string clean = one_line(name);
  if (clean.size() > kMaxSpeakerName)
    return fail(ErrorCode::kInvalidArgument,
                "The name of a speaker may have at most " + std::to_string(kMaxSpeakerName) + " bytes.");
  transcript.speakers[*at].name = std::move(clean);
  return {};
}

Result<> merge_speakers(Transcript& transcript, std::string_view from, std::string_view into) {
  const auto gone = find_speaker(transcript, from);
  const auto stays = find_speaker(transcript, into);
  if (!gone) return no_such_speaker(from);
  if (!stays) return no_such_speaker(into);
  if (gone == stays)
    return fail(ErrorCode::kInvalidArgument, "A speaker cannot be merged with the same speaker.");
  const std::string id = transcript.speakers[*stays].id;
  if (transcript.speakers[*stays].name.empty())
    transcript.speakers[*stays].name = transcript.speakers[*gone].name;
  const std::vector<SpeakerShare> shares = speaker_shares(transcript);
  JointPitch pitch;
  for (const std::size_t one : {*gone, *stays})
    pitch.add(transcript.speakers[one].pitch, shares[one].talking);
  transcript.speakers[*stays].pitch = pitch.value();
  for (Segment& segment : transcript.segments)
    if (segment.speaker == transcript.speakers[*gone].id) segment.speaker = id;
  for (SpeakerTurn& turn : transcript.turns) {
    if (turn.speaker == *gone) turn.speaker = *stays;
    if (turn.speaker > *gone) --turn.speaker;
  }
  transcript.speakers.erase(transcript.speakers.begin() + static_cast<std::ptrdiff_t>(*gone));
  mark_overlaps(transcript);
  return {};
}

std::string speaker_label(const Speaker& speaker) {
  if (!speaker.name.empty()) return speaker.name;
  const std::string_view id = speaker.id;
  return "Speaker " + std::string(id.starts_with('S') ? id.substr(1) : id);
}

std::string speaker_label(const TranscriptSummary& transcript, std::string_view id) {
  const auto at = find_speaker(transcript, id);
  return at ? speaker_label(transcript.speakers[*at]) : std::string();
}

std::string speaker_of_name(TranscriptSummary& transcript, std::string_view name) {
  constexpr std::size_t kCodePoints = kMaxSpeakerName / 4;
  const std::string clean(first_code_points(one_line(name), kCodePoints));
  if (clean.empty()) return {};
  for (const Speaker& speaker : transcript.speakers)
    if (speaker_label(speaker) == clean) return speaker.id;
  if (transcript.speakers.size() >= kMaxSpeakers) return {};
  transcript.speakers.push_back({free_id(transcript), clean});
  return transcript.speakers.back().id;
}

void keep_pitches(Transcript& transcript, const Transcript& before) {
  KnownSpeakers known(before);
  std::map<std::string_view, JointPitch> pitches;
  for (const Segment& segment : transcript.segments) {
    const auto earlier = find_speaker(before, known.within(segment.start, segment.end));
    if (earlier) pitches[segment.speaker].add(before.speakers[*earlier].pitch, segment.end - segment.start);
  }
  for (Speaker& speaker : transcript.speakers)
    if (speaker.pitch == 0) speaker.pitch = pitches[speaker.id].value();
}

std::vector<SpeakerShare> speaker_shares(const Transcript& transcript) {
  std::vector<SpeakerShare> shares(transcript.speakers.size());
  std::vector<const Segment*> samples(shares.size(), nullptr);
  for (const Segment& segment : transcript.segments) {
    const auto at = find_speaker(transcript, segment.speaker);
    if (!at) continue;
    shares[*at].talking += segment.end - segment.start;
    ++shares[*at].segments;
    if (is_better_sample(segment, samples[*at])) samples[*at] = &segment;
  }
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (samples[i] == nullptr) continue;
    shares[i].sample = {samples[i]->start, std::min(samples[i]->end, samples[i]->start + kLongestSample)};
  }
  return shares;
}

std::string KnownSpeakers::within(Millis start, Millis end) {
  const std::vector<Segment>& segments = before_.segments;
  while (first_ < segments.size() && segments[first_].end <= start) ++first_;
  std::string best;
  Millis most(0);
  for (std::size_t i = first_; i < segments.size() && segments[i].start < end; ++i) {
    const Millis shared = std::min(end, segments[i].end) - std::max(start, segments[i].start);
    if (shared <= most) continue;
    most = shared;
    best = segments[i].speaker;
  }
  return best;
}

}  // namespace vat
