#include "tts/engines.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/log.h"
#include "base/nearest.h"
#include "base/text.h"
#include "tts/languages.h"

namespace vat::tts {
namespace {

constexpr std::array<std::string_view, 6> kOrder = {"google", "openai", "kokoro",
                                                    "piper",  "flite",  "espeak-ng"};

std::size_t rank(const Synthesizer& engine) {
  const auto* const found = std::find(kOrder.begin(), kOrder.end(), engine.name());
  return static_cast<std::size_t>(found - kOrder.begin());
}

const Synthesizer* find_engine(const Engines& engines, std::string_view name) {
  const auto found = std::find_if(engines.begin(), engines.end(),
                                  [&](const auto& engine) { return engine->name() == name; });
  return found == engines.end() ? nullptr : found->get();
}

bool is_slow(const Synthesizer& engine) { return engine.speed().value_or(kMinSpeed) < kMinSpeed; }

/// "1.4 seconds of speech in a second"
std::string words_of_speed(double speed) {
  std::string tenths = std::to_string(static_cast<int>(speed * 10));
  if (tenths.size() < 2) tenths.insert(0, "0");
  return tenths.substr(0, tenths.size() - 1) + "." + tenths.back() + " seconds of speech in a second";
}

bool is_local(const Synthesizer& engine) { return !is_remote(engine); }

/// Of those that run here; a remote service has its own.
bool has_no_voices(Synthesizer& engine) {
  if (!is_local(engine)) return false;
  const auto voices = engine.voices({});
  return voices && voices->empty();
}

std::string names_of(const Engines& engines) {
  return engines.empty() ? "none" : join(engines, ", ", [](const auto& engine) { return engine->name(); });
}

/// Levenshtein distance between the names, ignoring case.
std::size_t distance_of_names(std::string_view first, std::string_view second) {
  return edit_distance(normal_language(first), normal_language(second));
}

/// Collects the voices seen on the way, to suggest the closest.
class Suggestions {
 public:
  explicit Suggestions(std::string_view wanted) : wanted_(wanted.substr(0, 100)) {}

  void add(const Synthesizer& engine, const Voice& voice) {
    const std::size_t distance = distance_of_names(wanted_, voice.name);
    // What differs in half of its letters is not what was meant.
    if (2 * distance <= wanted_.size()) near_.emplace_back(distance, engine.name() + ":" + voice.name);
  }
  std::string sentence() {
    constexpr std::ptrdiff_t kMax = 5;
    const auto end = near_.begin() + std::min<std::ptrdiff_t>(kMax, std::ssize(near_));
    std::partial_sort(near_.begin(), end, near_.end());
    if (near_.empty()) return "";
    return " Near it: " +
           join(std::span(near_.begin(), end), ", ", [](const auto& near) { return near.second; }) + ".";
  }

 private:
  std::string wanted_;
  std::vector<std::pair<std::size_t, std::string>> near_;
};

bool same_name(std::string_view a, std::string_view b) { return normal_language(a) == normal_language(b); }

/// Looks for the voice in one engine's list.
Result<bool> has_voice(Synthesizer& engine, std::string_view name, Suggestions& suggestions,
                       std::string& exact, const std::stop_token& stop) {
  VAT_ASSIGN(const std::vector<Voice> voices, engine.voices(stop));
  for (const Voice& voice : voices) {
    if (same_name(voice.name, name)) {
      exact = voice.name;
      return true;
    }
    suggestions.add(engine, voice);
  }
  return false;
}

tl::unexpected<Error> unknown_voice(std::string_view name, Suggestions& suggestions) {
  return fail(ErrorCode::kNotFound,
              "There is no voice \"" + std::string(name) + "\"." + suggestions.sentence());
}

/// "engine:voice", once the engine is known. An engine without a list, or whose list is not available now,
/// checks the voice itself when it speaks.
Result<ResolvedVoice> voice_of_engine(const Engines& engines, std::size_t index, std::string_view name,
                                      const std::stop_token& stop) {
  Synthesizer& engine = *engines[index];
  if (name.empty()) return ResolvedVoice{index, {}};
  Suggestions suggestions(name);
  const auto voices = engine.voices(stop);
  if (!voices || voices->empty()) return ResolvedVoice{index, std::string(name)};
  std::string exact;
  // eSpeak's variants: "de+f3".
  const std::size_t plus = engine.name() == "espeak-ng" ? name.find('+') : std::string_view::npos;
  VAT_ASSIGN(const bool found, has_voice(engine, name.substr(0, plus), suggestions, exact, stop));
  if (!found) return unknown_voice(name, suggestions);
  if (plus != std::string_view::npos) exact.append(name.substr(plus));
  return ResolvedVoice{index, exact};
}

}  // namespace

bool is_remote(const Synthesizer& engine) { return engine.name() == "google" || engine.name() == "openai"; }

Result<Engines> order_engines(const Engines& configured, std::string_view wanted,
                              const std::string& language) {
  const bool automatic = wanted.empty() || wanted == "auto";
  Engines ordered;
  for (const auto& engine : configured) {
    const bool is_wanted = engine->name() == wanted;
    if (automatic || is_wanted || is_local(*engine)) ordered.push_back(engine);
  }
  const auto place = [&](const auto& engine) -> std::size_t {
    if (engine->name() == wanted) return 0;
    // Behind Piper.
    const std::size_t behind = engine->name() == "kokoro" && is_slow(*engine) ? 3 : 0;
    return 2 * rank(*engine) + 1 + behind;
  };
  std::stable_sort(ordered.begin(), ordered.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  if (!automatic && (ordered.empty() || ordered.front()->name() != wanted)) {
    return fail(ErrorCode::kNotFound,
                "The speech engine \"" + std::string(wanted) +
                    "\" is unknown or not configured; there are: " + names_of(configured) + ".");
  }
  if (!automatic && !ordered.front()->speaks(language) && has_no_voices(*ordered.front())) {
    return fail(Error(ErrorCode::kUnavailable,
                      "The speech engine " + std::string(wanted) + " has no voices on this machine.")
                    .about_field("voices"));
  }
  if (!automatic && !ordered.front()->speaks(language)) {
    return fail(ErrorCode::kUnavailable, "The speech engine " + std::string(wanted) +
                                             " does not speak the language \"" + language + "\".");
  }
  std::erase_if(ordered, [&](const auto& engine) { return !engine->speaks(language); });
  if (ordered.empty()) {
    return fail(ErrorCode::kUnavailable, "No speech engine here speaks the language \"" + language +
                                             "\"; there are: " + names_of(configured) + ".");
  }
  return ordered;
}

void measure_engines(const Engines& configured, std::string_view wanted, const std::string& language,
                     const std::stop_token& stop) {
  if (!wanted.empty() && wanted != "auto") return;
  const auto engines = order_engines(configured, wanted, language);
  if (!engines || engines->front()->name() != "kokoro" || find_engine(*engines, "piper") == nullptr) return;
  if (const auto measured = engines->front()->measure_speed(stop); !measured)
    log(LogLevel::kInfo, "Kokoro's speed was not measured: " + measured.error().message);
}

std::string reason_of_order(const Engines& ordered) {
  const Synthesizer& first = *ordered.front();
  const std::string name = first.name();
  const Synthesizer* const kokoro = find_engine(ordered, "kokoro");
  if (!is_local(first)) return "because it is configured";
  if (name == "kokoro") {
    const auto speed = first.speed();
    if (speed && *speed < kMinSpeed)
      return "although it makes only " + words_of_speed(*speed) + " here, as there is no voice of Piper";
    return speed ? "because it sounds best and makes " + words_of_speed(*speed) + " here"
                 : "because it sounds best";
  }
  if (name == "piper" && kokoro != nullptr && kokoro->speed())
    return "because kokoro makes only " + words_of_speed(*kokoro->speed()) + " here";
  if (name == "piper") return "because kokoro is not installed";
  return "because no neural voice is installed";
}

Result<ResolvedVoice> resolve_voice(const Engines& engines, std::string_view name, std::stop_token stop) {
  if (name.empty()) return ResolvedVoice{};
  const std::size_t colon = name.find(':');
  const std::string_view prefix = name.substr(0, colon);
  for (std::size_t i = 0; i < engines.size(); ++i) {
    if (!same_name(engines[i]->name(), prefix)) continue;
    return voice_of_engine(engines, i, colon == std::string_view::npos ? "" : name.substr(colon + 1), stop);
  }
  if (colon != std::string_view::npos) {
    return fail(ErrorCode::kNotFound, "There is no speech engine \"" + std::string(prefix) +
                                          "\" for the voice \"" + std::string(name) +
                                          "\"; there are: " + names_of(engines) + ".");
  }
  Suggestions suggestions(name);
  std::vector<std::size_t> indices(engines.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  std::stable_partition(indices.begin(), indices.end(), [&](std::size_t i) { return is_local(*engines[i]); });
  std::string unreachable;
  for (const std::size_t i : indices) {
    std::string exact;
    const auto found = has_voice(*engines[i], name, suggestions, exact, stop);
    if (!found && found.error().code == ErrorCode::kCancelled) return fail(found.error());
    if (found && *found) return ResolvedVoice{i, exact};
    if (!found)
      unreachable += " " + engines[i]->name() + " could not list its voices: " + found.error().message;
  }
  auto failure = unknown_voice(name, suggestions);
  failure.value().message += unreachable;
  return failure;
}

}  // namespace vat::tts
