// Gives each test of the command line its own folder, environment and media.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/value.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "program.h"

namespace vat::cli_test {

/// Words that PocketSphinx understands well when flite says them.
inline constexpr std::string_view kSaid =
    "It is easy to tell the depth of a well. Glue the sheet to the dark blue background.";

class CliTest : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  CliTest();

  /// Runs `vat` with these arguments in the test's folder. Nothing may use the network unless the test erases
  /// VAT_OFFLINE from `environment`.
  [[nodiscard]] Outcome vat(const Words& arguments, const std::string& input = {}) const;
  [[nodiscard]] Invocation invocation(const Words& arguments) const;
  /// Runs a bash script in which `vat` is the program.
  [[nodiscard]] Outcome bash(const std::string& script) const;

  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  [[nodiscard]] bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }
  [[nodiscard]] std::string text_of(const std::string& name) const;
  [[nodiscard]] boost::json::value json_of(const std::string& name) const;
  /// Names of the files below the test's folder, sorted, hidden ones too.
  [[nodiscard]] std::vector<std::string> files() const;
  void put(const std::string& name, std::string_view bytes) const;

  /// kSaid in a WAV file, or in any container by the name's ending.
  void make_speech(const std::string& name) const;
  /// A tone as the first and default audio track, kSaid as the second.
  void make_two_tracks(const std::string& name) const;
  /// kSaid with a video track.
  void make_video(const std::string& name) const;
  /// Some minutes of speech, so that there are many chunks for the model of make_model().
  void make_long_speech(const std::string& name) const;
  /// A Whisper model that always says the same words.
  void make_model(const std::string& name) const;
  /// From now on such a model transcribes whatever no flag gives to another engine, in a fraction of
  /// PocketSphinx's time.
  void hear_quickly();

  /// Word error rate of the recognised text against `said`.
  [[nodiscard]] static double error_rate(std::string_view said, std::string_view heard);
  /// Each line as a JSON value; fails the test for a line that is not JSON.
  [[nodiscard]] static std::vector<boost::json::value> json_lines(const std::string& text);

  std::map<std::string, std::string> environment;

 private:
  TemporaryDirectory folder_ = TemporaryDirectory::create("vat-cli").value();
  TemporaryDirectory home_ = TemporaryDirectory::create("vat-home").value();
};

}  // namespace vat::cli_test
