// Selects the engine and the voice.
#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/synthesizer.h"

namespace vat::tts {

using Engines = std::vector<std::shared_ptr<Synthesizer>>;

/// Whether it is a service elsewhere.
[[nodiscard]] bool is_remote(const Synthesizer& engine);

/// Kokoro that makes less speech than this in a second is too slow for an automatic choice if Piper has a
/// voice.
inline constexpr double kMinSpeed = 2;

/// Those of the `configured` engines that speak the language, in the order in which they are tried: google,
/// openai, kokoro, piper, flite, espeak-ng, others; piper before a kokoro that was measured to be slower than
/// kMinSpeed. `wanted` (an engine's name, or empty or "auto") comes first, and only
/// engines that work on this machine follow it, so that no text goes to a service that was not asked for.
/// kNotFound when `wanted` is not configured, kUnavailable when nothing speaks the language.
[[nodiscard]] Result<Engines> order_engines(const Engines& configured, std::string_view wanted,
                                            const std::string& language);

/// Measures what order_engines() has to know for this choice, unless that is known: some seconds at the first
/// use of Kokoro where Piper could speak instead. A measurement that fails is left out.
void measure_engines(const Engines& configured, std::string_view wanted, const std::string& language,
                     const std::stop_token& stop);

/// Why order_engines() puts the first one first, as the end of a sentence: "because it is configured".
[[nodiscard]] std::string reason_of_order(const Engines& ordered);

struct ResolvedVoice {
  std::size_t engine = 0;  ///< Index into the engines.
  std::string voice;       ///< In that engine's form; empty for its default.
};

/// Finds "slt", "flite:slt", "espeak-ng:de" or "flite" among the engines' voices; an empty name is the first
/// engine's default. kNotFound with similar names. Queries remote engines for their lists only when the local
/// ones do not have the voice.
[[nodiscard]] Result<ResolvedVoice> resolve_voice(const Engines& engines, std::string_view name,
                                                  std::stop_token stop);

}  // namespace vat::tts
