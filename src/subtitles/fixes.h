// Small changes of a transcript with which its cues keep to their preset.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/transcript.h"
#include "subtitles/cues.h"

namespace vat::subtitles {

enum class FixKind {
  kShorten,       ///< Without hesitations and repeated small words.
  kStartEarlier,  ///< In the silence before it.
  kStayLonger,    ///< The next cue starts later, which has time to spare.
};

/// "shorten", "start_earlier", "stay_longer".
[[nodiscard]] std::string_view fix_name(FixKind kind);

struct CueFix {
  FixKind kind = FixKind::kShorten;
  std::size_t segment = 0;  ///< Index in the transcript.
  Segment edited;           ///< What takes its place.
  Millis moved{0};          ///< By how much a time is another; zero for kShorten.
};

/// No cue is moved away from its speech by more.
inline constexpr Millis kMaxMove{500};

/// For each problem of `shaped`, which is shape(transcript, preset), a change after which there are fewer
/// problems around it; empty where none was found. Each is for the transcript as it is: of two changes of one
/// segment, only one can be made. At most some hundred are looked for. Any thread; no I/O.
[[nodiscard]] std::vector<std::optional<CueFix>> propose_fixes(const Transcript& transcript,
                                                               const Preset& preset,
                                                               const ShapedCues& shaped);

}  // namespace vat::subtitles
