#include "asr/kept_sound.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace vat::asr {
namespace {

/// A pause in the audio, including what was already cut out of it.
struct Pause {
  std::int64_t place = 0;   // where to cut in it
  std::int64_t length = 0;  // in frames of the recording
};

/// Frames in which a cut may be, and the best of them if all pauses were equal.
struct Window {
  std::int64_t begin = 0;
  std::int64_t end = 0;  // inclusive
  std::int64_t ideal = 0;
};

std::vector<Pause> find_pauses(const KeptSound& sound, float offset) {
  const auto frame = static_cast<std::int64_t>(sound.frame_samples());
  const std::vector<Piece>& pieces = sound.pieces();
  std::vector<Pause> pauses;
  std::int64_t begin = 0;    // of the present run of silent frames
  std::int64_t cut_out = 0;  // silence of the recording that was cut out of it
  std::int64_t longest_gap = 0;
  std::int64_t splice = 0;  // where the longest of it was
  std::size_t next_piece = 1;
  for (std::int64_t i = 0; i < sound.frames(); ++i) {
    if (next_piece < pieces.size() && pieces[next_piece].chunk_offset == i * frame) {
      const Piece& before = pieces[next_piece - 1];
      const std::int64_t gap =
          (pieces[next_piece].source_begin - before.source_begin - before.length) / frame;
      if (gap > longest_gap) splice = i;
      longest_gap = std::max(longest_gap, gap);
      cut_out += gap;
      ++next_piece;
    }
    if (sound.speech()[static_cast<std::size_t>(i)] < offset) continue;
    if (i > begin || cut_out > 0)
      pauses.push_back({cut_out > 0 ? splice : (begin + i) / 2, i - begin + cut_out});
    begin = i + 1;
    cut_out = longest_gap = 0;
  }
  return pauses;
}

/// A long pause is better than a short one, and close to the ideal is better than far from it.
std::optional<Cut> cut_in_pause(const std::vector<Pause>& pauses, const Window& window, std::int64_t shortest,
                                double frames_per_second) {
  constexpr double kLongEnoughSeconds = 1.5;
  constexpr double kWorthOfPlaceSeconds = 0.5;
  const double reach = static_cast<double>(std::max<std::int64_t>(1, window.end - window.begin));
  std::optional<Cut> best;
  double best_score = 0;
  for (const Pause& pause : pauses) {
    if (pause.place < window.begin || pause.place > window.end || pause.length < shortest) continue;
    const double distance = static_cast<double>(std::abs(pause.place - window.ideal)) / reach;
    const double score = std::min(static_cast<double>(pause.length) / frames_per_second, kLongEnoughSeconds) +
                         kWorthOfPlaceSeconds * (1 - distance);
    if (best && score < best_score) continue;
    best = Cut{pause.place, pause.place, pause.place};
    best_score = score;
  }
  return best;
}

/// In speech, where it is quietest over about a tenth of a second.
Cut cut_in_speech(const KeptSound& sound, const Window& window, const CutOptions& options) {
  const std::int64_t half = std::max<std::int64_t>(1, options.overlap / 2);
  const auto reach = std::max<std::int64_t>(1, std::llround(options.frames_per_second / 20));
  const std::size_t frame = sound.frame_samples();
  const auto energy = [&](std::int64_t place) {
    const std::size_t begin = static_cast<std::size_t>(std::max<std::int64_t>(0, place - reach)) * frame;
    const std::size_t end = std::min(sound.samples().size(), static_cast<std::size_t>(place + reach) * frame);
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i)
      sum += static_cast<double>(sound.samples()[i]) * sound.samples()[i];
    return sum;
  };
  std::int64_t best = window.end - half;
  double min = energy(best);
  for (std::int64_t place = best - 1; place >= window.begin + half; --place) {
    const double sum = energy(place);
    if (!(sum < min)) continue;
    min = sum;
    best = place;
  }
  return {best + half, best - half, best};
}

/// Two chunks are enough for the rest: cut near its middle, so that neither is a mere scrap. Empty if no cut
/// makes both short enough.
std::optional<Cut> cut_in_two(const KeptSound& sound, const std::vector<Pause>& pauses,
                              const CutOptions& options) {
  const std::int64_t total = sound.frames();
  if (total > 2 * options.longest) return std::nullopt;
  const Window possible{total - options.longest, options.longest, total / 2};
  const Window balanced{std::max(possible.begin, total / 4), std::min(possible.end, total * 3 / 4),
                        total / 2};
  if (const auto cut = cut_in_pause(pauses, balanced, options.shortest_pause, options.frames_per_second))
    return cut;
  if (const auto cut = cut_in_pause(pauses, possible, options.clear_pause, options.frames_per_second))
    return cut;
  // An overlap lengthens both.
  if (total > 2 * options.longest - 2 * options.overlap) return std::nullopt;
  return cut_in_speech(sound, balanced, options);
}

constexpr double kNearlyFull = 0.85;

Cut cut_full_chunk(const KeptSound& sound, const std::vector<Pause>& pauses, const CutOptions& options) {
  const auto part = [&](double fraction) {
    return static_cast<std::int64_t>(fraction * static_cast<double>(options.longest));
  };
  // A chunk costs an engine the same whether it is full or not, so a good pause near the end is preferred.
  const Window nearly_full{part(kNearlyFull), options.longest, options.longest};
  const Window well_filled{part(options.fill), options.longest, options.longest};
  const Window less_filled{part(options.fill * 0.6), part(options.fill), part(options.fill)};
  for (const Window& window : {nearly_full, well_filled}) {
    if (const auto cut = cut_in_pause(pauses, window, options.shortest_pause, options.frames_per_second))
      return *cut;
  }
  if (const auto cut = cut_in_pause(pauses, less_filled, options.clear_pause, options.frames_per_second))
    return *cut;
  return cut_in_speech(sound, well_filled, options);
}

}  // namespace

void KeptSound::append(std::int64_t source_begin, std::span<const float> samples,
                       std::span<const float> speech) {
  const auto length = static_cast<std::int64_t>(samples.size());
  if (!pieces_.empty() && pieces_.back().source_begin + pieces_.back().length == source_begin) {
    pieces_.back().length += length;
  } else {
    pieces_.push_back({static_cast<std::int64_t>(samples_.size()), source_begin, length});
  }
  samples_.insert(samples_.end(), samples.begin(), samples.end());
  speech_.insert(speech_.end(), speech.begin(), speech.end());
}

Chunk KeptSound::take(const Cut& cut) {
  const auto frame = static_cast<std::int64_t>(frame_);
  const std::int64_t end = std::min(cut.end * frame, static_cast<std::int64_t>(samples_.size()));
  Chunk chunk;
  chunk.samples.assign(samples_.begin(), samples_.begin() + end);
  chunk.speech.assign(speech_.begin(), speech_.begin() + cut.end);
  chunk.speech_frame = frame_;
  chunk.overlap_after = (cut.end - cut.next_begin) * frame;
  for (Piece piece : pieces_) {
    if (piece.chunk_offset >= end) break;
    piece.length = std::min(piece.length, end - piece.chunk_offset);
    chunk.pieces.push_back(piece);
  }
  chunk.cut_before = chunk.begin();
  forget(cut.next_begin);
  return chunk;
}

void KeptSound::forget(std::int64_t frames) {
  const std::int64_t count =
      std::min(frames * static_cast<std::int64_t>(frame_), static_cast<std::int64_t>(samples_.size()));
  samples_.erase(samples_.begin(), samples_.begin() + count);
  speech_.erase(speech_.begin(), speech_.begin() + frames);
  std::erase_if(pieces_, [&](const Piece& piece) { return piece.chunk_offset + piece.length <= count; });
  for (Piece& piece : pieces_) {
    const std::int64_t lost = std::max<std::int64_t>(0, count - piece.chunk_offset);
    piece.source_begin += lost;
    piece.length -= lost;
    piece.chunk_offset += lost - count;
  }
}

Cut choose_cut(const KeptSound& sound, const CutOptions& options, bool complete) {
  const std::vector<Pause> pauses = find_pauses(sound, options.offset);
  if (complete) {
    if (const auto cut = cut_in_two(sound, pauses, options)) return *cut;
  }
  return cut_full_chunk(sound, pauses, options);
}

}  // namespace vat::asr
