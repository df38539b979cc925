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

/// Those of the `configured` engines that speak the language, in the order in which they are tried: google,
/// openai, flite, espeak-ng, others. `wanted` (an engine's name, or empty or "auto") comes first, and only
/// engines that work on this machine follow it, so that no text goes to a service that was not asked for.
/// kNotFound when `wanted` is not configured, kUnavailable when nothing speaks the language.
[[nodiscard]] Result<Engines> order_engines(const Engines& configured, std::string_view wanted,
                                            const std::string& language);

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
