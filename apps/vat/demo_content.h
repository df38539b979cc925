// What `vat demo` puts into the library: recordings that our own voices speak.
#pragma once

#include <span>
#include <string_view>

#include "media/painted_video.h"

namespace vat::app {

struct DemoStory {
  std::string_view title;
  std::string_view language;  ///< ISO 639-1.
  std::string_view text;
  std::string_view label;
  std::string_view warning;        ///< Empty: none.
  bool with_picture = false;       ///< A video.
  bool with_speech = false;        ///< Spoken again, by another voice where there is one.
  std::string_view typed_wrongly;  ///< A word of the text that the first revision has otherwise,
  std::string_view as;             ///< namely so. Empty: there is one revision.
};

/// In the order in which they were recorded.
[[nodiscard]] std::span<const DemoStory> demo_stories();

/// A river that reaches the sea and fills its mouth, in so many seconds.
[[nodiscard]] media::Painter paint_delta(double seconds);

}  // namespace vat::app
