#include "live_text.h"

#include <unistd.h>

#include <utility>

#include "base/file.h"

namespace vat::app {

LiveText::LiveText(pipeline::Observer told, std::function<void()> broken)
    : told_(std::move(told)), broken_(std::move(broken)) {}

pipeline::Observer LiveText::observer() {
  pipeline::Observer observer{.progress = {}, .note = {}, .fetch = told_.fetch};
  observer.progress = [this](const Progress& step) {
    if (told_.progress) told_.progress(step);
    if (step.segment == nullptr) return;
    write(stream_.add(*step.segment));
    if (!written_) broken_();
  };
  // On a terminal, a note in the middle of a line of text would be read as a part of it.
  observer.note = [this](const std::string& sentence) {
    if (begun_)
      late_notes_.push_back(sentence);
    else if (told_.note)
      told_.note(sentence);
  };
  return observer;
}

Result<> LiveText::finish() {
  write(stream_.finish());
  for (const std::string& note : late_notes_) {
    if (told_.note) told_.note(note);
  }
  late_notes_.clear();
  begun_ = false;
  return written_;
}

void LiveText::write(const std::string& text) {
  if (!written_ || text.empty()) return;
  begun_ = true;
  written_ = write_all(STDOUT_FILENO, text, "standard output");
}

}  // namespace vat::app
