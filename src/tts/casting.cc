#include "tts/casting.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <utility>

#include "tts/languages.h"

namespace vat::tts {
namespace {

// What a voice costs, in octaves.
constexpr double kUnknownPitch = 0.5;
constexpr double kLaterEngine = 1;
constexpr double kWorstVoice = 0.3;
constexpr double kOtherRegion = 0.4;
/// Enough for every role's nearest; a service lists hundreds.
constexpr std::size_t kMaxCandidates = 1000;

struct Candidate {
  std::string name;  ///< "kokoro:af_heart".
  double pitch = 0;
  double cost = 0;  ///< Whoever it speaks for.
};

std::string full_name(const Synthesizer& engine, const std::string& voice) {
  return engine.name() + ":" + voice;
}

/// The region of the engine's default voice, or what the language says: "en-us".
std::string region_of(const std::vector<Voice>& voices, const std::string& usual,
                      const std::string& language) {
  const auto found =
      std::find_if(voices.begin(), voices.end(), [&](const Voice& voice) { return voice.name == usual; });
  return normal_language(found == voices.end() ? language : found->language);
}

Result<> add_candidates(Synthesizer& engine, std::size_t place, const std::string& language,
                        std::vector<Candidate>& candidates, const std::stop_token& stop) {
  VAT_ASSIGN(const std::vector<Voice> voices, engine.voices(stop));
  const std::string usual = engine.default_voice(language);
  const std::string region = region_of(voices, usual, language);
  for (const Voice& voice : voices) {
    if (primary_language(voice.language) != primary_language(language)) continue;
    if (candidates.size() >= kMaxCandidates) break;
    const bool elsewhere = normal_language(voice.language) != region;
    candidates.push_back({full_name(engine, voice.name), voice.pitch,
                          kLaterEngine * static_cast<double>(place) + kWorstVoice * voice.shortcoming +
                              (elsewhere ? kOtherRegion : 0)});
  }
  return {};
}

/// Of what can be listed now. Without any, as of a service that does not list them, the first engine's usual
/// one.
std::vector<Candidate> candidates_of(const Engines& engines, const std::string& language,
                                     const std::stop_token& stop) {
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < engines.size(); ++i) {
    if (i > 0 && is_remote(*engines[i])) continue;
    (void)add_candidates(*engines[i], i, language, candidates, stop);
  }
  return candidates;
}

double distance(const Role& role, const Candidate& candidate) {
  const bool known = role.pitch > 0 && candidate.pitch > 0;
  return candidate.cost + (known ? std::abs(std::log2(role.pitch / candidate.pitch)) : kUnknownPitch);
}

/// Gives the nearest pairs to each other first; ties go by order.
class Casting {
 public:
  Casting(const std::vector<Role>& roles, std::vector<Candidate> candidates)
      : roles_(roles), candidates_(std::move(candidates)), voices_(roles.size()) {}

  void take(std::size_t role, std::string voice) {
    taken_.insert(voice);
    voices_[role] = std::move(voice);
  }
  std::vector<std::string> run() && {
    while (!candidates_.empty() && give_nearest()) continue;
    return std::move(voices_);
  }

 private:
  bool give_nearest() {
    const bool any_free = std::any_of(candidates_.begin(), candidates_.end(),
                                      [&](const Candidate& one) { return !taken_.contains(one.name); });
    // More roles than voices: all begin anew.
    if (!any_free) taken_.clear();
    const Candidate* nearest = nullptr;
    std::size_t of_role = 0;
    for (std::size_t i = 0; i < roles_.size(); ++i) {
      if (!voices_[i].empty()) continue;
      for (const Candidate& one : candidates_) {
        if (taken_.contains(one.name)) continue;
        if (nearest != nullptr && distance(roles_[i], one) >= distance(roles_[of_role], *nearest)) continue;
        nearest = &one;
        of_role = i;
      }
    }
    if (nearest != nullptr) take(of_role, nearest->name);
    return nearest != nullptr;
  }

  const std::vector<Role>& roles_;
  std::vector<Candidate> candidates_;
  std::vector<std::string> voices_;
  std::set<std::string> taken_;
};

}  // namespace

Result<std::vector<std::string>> cast_voices(const Engines& engines, const std::vector<Role>& roles,
                                             const std::string& language, std::stop_token stop) {
  if (engines.empty()) return std::vector<std::string>(roles.size());
  Casting casting(roles, candidates_of(engines, language, stop));
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (roles[i].voice.empty()) continue;
    VAT_ASSIGN(const ResolvedVoice found, resolve_voice(engines, roles[i].voice, stop));
    casting.take(i, full_name(*engines[found.engine], found.voice));
  }
  return std::move(casting).run();
}

}  // namespace vat::tts
