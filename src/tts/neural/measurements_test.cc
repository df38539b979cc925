#include "tts/neural/measurements.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"

namespace vat::tts {
namespace {

namespace fs = std::filesystem;

TEST(MeasurementsTest, AnotherProcessFindsThem) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  Measurements first(folder.path() / "new");
  first.remember("a", 1.5);
  first.remember("b", 0);
  const Measurements second(folder.path() / "new");
  EXPECT_DOUBLE_EQ(second.find("a").value(), 1.5);
  EXPECT_EQ(second.find("b").value(), 0);
  EXPECT_FALSE(second.find("c"));
}

TEST(MeasurementsTest, OldOnesAreNotFoundWhereOnlyNewOnesCount) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  Measurements(folder.path()).remember("a", 3);
  const Measurements memory(folder.path());
  EXPECT_TRUE(memory.find("a", std::chrono::hours(24)));
  for (const auto& entry : fs::directory_iterator(folder.path()))
    fs::last_write_time(entry.path(), fs::file_time_type::clock::now() - std::chrono::hours(25));
  EXPECT_FALSE(memory.find("a", std::chrono::hours(24)));
  EXPECT_DOUBLE_EQ(memory.find("a").value(), 3);
}

TEST(MeasurementsTest, ADamagedFileIsNoMeasurement) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  for (const char* const text : {"", "nan", "inf", "-1", "12 Hz", "1e999"}) {
    Measurements(folder.path()).remember("a", 3);
    for (const auto& entry : fs::directory_iterator(folder.path())) std::ofstream(entry.path()) << text;
    EXPECT_FALSE(Measurements(folder.path()).find("a")) << text;
  }
}

TEST(MeasurementsTest, WithoutAPlaceToRememberTheObjectRemembers) {
  const TemporaryDirectory folder = TemporaryDirectory::create().value();
  std::ofstream(folder.path() / "file") << "no folder";
  Measurements memory(folder.path() / "file" / "speeds");
  EXPECT_FALSE(memory.find("a"));
  memory.remember("a", 1.5);
  EXPECT_DOUBLE_EQ(memory.find("a").value(), 1.5);
}

}  // namespace
}  // namespace vat::tts
