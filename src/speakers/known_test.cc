#include "speakers/known.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace vat::speakers {
namespace {

using ::testing::ElementsAre;

/// A voice between two directions: 0 is the first, 1 the second.
Voice between(std::size_t first, std::size_t second, float share) {
  Voice voice{};
  voice[first] = std::sqrt(1 - share);
  voice[second] = std::sqrt(share);
  return voice;
}
KnownSpeaker somebody(std::string name, const Voice& voice) {
  return {std::move(name), {voice.begin(), voice.end()}};
}

TEST(KnownNames, EachIsTheLikestAndNobodyIsTwo) {
  const std::vector<Voice> speakers = {between(0, 1, 0.3F), between(0, 1, 0), between(2, 3, 0)};
  const std::vector<KnownSpeaker> known = {somebody("Anna", between(0, 1, 0)),
                                           somebody("Ben", between(0, 1, 0.5F))};
  EXPECT_THAT(known_names(speakers, known, {}), ElementsAre("Ben", "Anna", ""));
  EXPECT_THAT(known_names(speakers, std::span(known).first(1), {}), ElementsAre("", "Anna", ""));
}

TEST(KnownNames, WhoIsNotInTheRecordingNamesNobody) {
  const std::vector<Voice> speakers = {between(0, 1, 0)};
  EXPECT_THAT(known_names(speakers, std::vector{somebody("Cleo", between(5, 6, 0.5F))}, {}), ElementsAre(""));
  EXPECT_THAT(known_names(speakers, std::vector{KnownSpeaker{"Short", {1, 0, 0}}}, {}), ElementsAre(""));
  EXPECT_THAT(known_names(speakers, {}, {}), ElementsAre(""));
}

}  // namespace
}  // namespace vat::speakers
