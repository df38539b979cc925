#include "asr/seam.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace vat::asr {
namespace {

/// Words of 400 ms, one each half second from `start` on.
std::vector<SeamWord> words(std::string_view text, Millis start) {
  std::vector<SeamWord> result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    result.push_back({start, start + Millis(400), std::string(text.substr(0, end))});
    start += Millis(500);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string joined(const std::vector<SeamWord>& left, const std::vector<SeamWord>& right, Millis cut,
                   Millis tolerance = Millis(900)) {
  const Seam seam = find_seam(left, right, cut, tolerance);
  std::string text;
  for (std::size_t i = 0; i < seam.left_count; ++i) text += left[i].key + ' ';
  text += '|';
  for (std::size_t i = seam.right_first; i < right.size(); ++i) text += ' ' + right[i].key;
  return text;
}

TEST(SeamTest, TheSeamIsInTheMiddleOfWhatBothHeard) {
  EXPECT_EQ(joined(words("a b c d e f", Millis(0)), words("c d e f g h", Millis(1'030)), Millis(2'000)),
            "a b c d | e f g h");
}

TEST(SeamTest, WordsThatWereCutAtEitherEdgeAreNotTaken) {
  EXPECT_EQ(joined(words("a b c d ef", Millis(0)), words("ub c d e g", Millis(450)), Millis(1'000)),
            "a b c | d e g");
}

TEST(SeamTest, AWordSaidTwiceIsNotTakenForItsNeighbour) {
  EXPECT_EQ(joined(words("no no no no", Millis(0)), words("no no no yes", Millis(520)), Millis(1'200)),
            "no no no | no yes");
}

TEST(SeamTest, BrokenWordsThatSoundLikeTheirNeighboursDoNotShiftTheSeam) {
  // Both chunks heard "six seven eight"; the left broke the last word, the right the first, and both wrote
  // "seven".
  const std::vector<SeamWord> left = {{Millis(5'002), Millis(5'398), "six"},
                                      {Millis(5'671), Millis(6'022), "seven"},
                                      {Millis(6'022), Millis(6'146), "seven"}};
  const std::vector<SeamWord> right = {{Millis(5'130), Millis(5'393), "seven"},
                                       {Millis(5'708), Millis(6'025), "seven"},
                                       {Millis(6'025), Millis(6'467), "eight"}};
  EXPECT_EQ(joined(left, right, Millis(5'670)), "six seven | eight");
}

TEST(SeamTest, TheSameWordFarAwayIsAnotherWord) {
  EXPECT_EQ(joined(words("the cat", Millis(0)), words("sat the mat", Millis(1'500)), Millis(1'200)),
            "the cat | sat the mat");
}

TEST(SeamTest, WithoutAgreementTheCutDecides) {
  EXPECT_EQ(joined(words("a b c d", Millis(0)), words("w x y z", Millis(50)), Millis(1'000)), "a b | y z");
}

TEST(SeamTest, AWordAcrossTheCutIsTakenOnceThoughTheTimesDiffer) {
  // According to the left, it ends before the cut; according to the right, it begins after it: 900 ms to 1300
  // ms, 970 ms to 1370 ms.
  const std::vector<SeamWord> left = {{Millis(100), Millis(500), "a"},
                                      {Millis(900), Millis(1'300), "recognise"}};
  const std::vector<SeamWord> right = {{Millis(970), Millis(1'370), "wreckognise"},
                                       {Millis(1'500), Millis(1'900), "b"}};
  EXPECT_EQ(joined(left, right, Millis(1'150)), "a recognise | b");
  // And the other way round: after the cut on the left, before it on the right.
  EXPECT_EQ(joined(left, {{Millis(830), Millis(1'230), "wreckognise"}, right[1]}, Millis(1'060)),
            "a | wreckognise b");
}

TEST(SeamTest, AChunkThatHeardNothingTakesNothingAway) {
  const auto some = words("a b", Millis(0));
  EXPECT_EQ(joined(some, {}, Millis(0)), "a b |");
  EXPECT_EQ(joined({}, some, Millis(5'000)), "| a b");
  EXPECT_EQ(joined({}, {}, Millis(0)), "|");
}

TEST(SeamTest, AChunkThatBeganToHearLateLeavesTheRestToTheOther) {
  EXPECT_EQ(joined(words("a b c d", Millis(0)), words("x y", Millis(2'000)), Millis(900)), "a b c d | x y");
  EXPECT_EQ(joined(words("a", Millis(0)), words("x y z", Millis(600)), Millis(1'800)), "a | x y z");
}

}  // namespace
}  // namespace vat::asr
