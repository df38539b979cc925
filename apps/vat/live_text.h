// The text of a recording on standard output while it is still being transcribed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/stages.h"
#include "subtitles/formats.h"

namespace vat::app {

/// Writes each segment as soon as it is final. One thread at a time.
class LiveText {
 public:
  /// `told` is whom the work is told beside. `broken` is called when nobody takes the text any more.
  LiveText(pipeline::Observer told, std::function<void()> broken);

  /// To be told of the recognition; refers to this.
  [[nodiscard]] pipeline::Observer observer();

  /// Ends the last line and tells the notes that came meanwhile. The error is that of the first write that
  /// failed, after which nothing was written.
  [[nodiscard]] Result<> finish();

 private:
  void write(const std::string& text);

  const pipeline::Observer told_;
  const std::function<void()> broken_;
  subtitles::TextStream stream_;
  bool begun_ = false;
  Result<> written_;
  std::vector<std::string> late_notes_;
};

}  // namespace vat::app
