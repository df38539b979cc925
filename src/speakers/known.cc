#include "speakers/known.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

namespace vat::speakers {
namespace {

struct LikePair {
  float likeness = 0;
  std::size_t speaker = 0;
  std::size_t known = 0;
};

std::vector<LikePair> like_pairs(std::span<const Voice> speakers, std::span<const KnownSpeaker> known,
                                 float enough) {
  std::vector<LikePair> pairs;
  for (std::size_t k = 0; k < known.size(); ++k) {
    if (known[k].voice.size() != kVoiceValues) continue;
    Voice voice{};
    std::copy(known[k].voice.begin(), known[k].voice.end(), voice.begin());
    for (std::size_t s = 0; s < speakers.size(); ++s)
      if (const float found = similarity(speakers[s], voice); found >= enough) pairs.push_back({found, s, k});
  }
  std::sort(pairs.begin(), pairs.end(), [](const LikePair& a, const LikePair& b) {
    return std::tie(b.likeness, a.speaker, a.known) < std::tie(a.likeness, b.speaker, b.known);
  });
  return pairs;
}

}  // namespace

std::vector<std::string> known_names(std::span<const Voice> speakers, std::span<const KnownSpeaker> known,
                                     const Likeness& likeness) {
  std::vector<std::string> names(speakers.size());
  std::vector<bool> taken(known.size());
  for (const LikePair& pair : like_pairs(speakers, known, likeness.same)) {
    if (!names[pair.speaker].empty() || taken[pair.known]) continue;
    names[pair.speaker] = known[pair.known].name;
    taken[pair.known] = true;
  }
  return names;
}

}  // namespace vat::speakers
