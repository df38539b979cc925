#include "base/channel.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace vat {
namespace {

constexpr std::size_t kMessageLimit = 16U << 20U;
constexpr std::chrono::milliseconds kSoon{20};

struct Ends {
  std::pair<Channel, Channel> pair = Channel::make_pair().value();
  Channel& one = pair.first;
  Channel& other = pair.second;
};

TEST(Channel, CarriesWholeMessagesOfAnyLengthInOrder) {
  Ends ends;
  const std::string large(5'000'000, 'x');
  std::jthread sender([&] {
    for (const std::string& text : {std::string(), std::string("one"), large})
      EXPECT_TRUE(ends.one.send(text));
  });
  EXPECT_EQ(ends.other.receive(kMessageLimit).value()->bytes, "");
  EXPECT_EQ(ends.other.receive(kMessageLimit).value()->bytes, "one");
  EXPECT_EQ(ends.other.receive(kMessageLimit).value()->bytes, large);
}

TEST(Channel, CarriesOpenFiles) {
  Ends ends;
  const Pipe pipe = make_pipe().value();
  const std::array<int, 2> files{pipe.read_end.get(), pipe.write_end.get()};
  ASSERT_TRUE(ends.one.send("", files));
  ASSERT_TRUE(ends.one.send("after"));
  const auto message = ends.other.receive(kMessageLimit).value();
  ASSERT_EQ(message->files.size(), 2U);
  ASSERT_TRUE(write_all(message->files[1].get(), "through", "the pipe"));
  std::array<char, 7> read{};
  EXPECT_EQ(::read(pipe.read_end.get(), read.data(), read.size()), 7);
  EXPECT_EQ(std::string(read.data(), read.size()), "through");
  EXPECT_TRUE(ends.other.receive(kMessageLimit).value()->files.empty());
}

TEST(Channel, ItsEndIsNoError) {
  auto [one, other] = Channel::make_pair().value();
  ASSERT_TRUE(one.send("last"));
  { const Channel gone = std::move(one); }
  EXPECT_EQ(other.receive(kMessageLimit).value()->bytes, "last");
  EXPECT_FALSE(other.receive(kMessageLimit).value());
  EXPECT_EQ(other.send("more").error().code, ErrorCode::kUnavailable);
}

TEST(Channel, AnEndInTheMiddleOfAMessageIsAnEnd) {
  auto [one, other] = Channel::make_pair().value();
  ASSERT_TRUE(write_all(one.fd(), std::string("\x09\0\0\0\0\0\0\0half", 12), "the channel"));
  { const Channel gone = std::move(one); }
  EXPECT_FALSE(other.receive(kMessageLimit).value());
}

TEST(Channel, RefusesAMessageOverTheLimitBeforeItIsRead) {
  Ends ends;
  ASSERT_TRUE(write_all(ends.one.fd(), std::string(8, '\x7f'), "the channel"));
  EXPECT_EQ(ends.other.receive(kMessageLimit).error().code, ErrorCode::kLimit);
}

TEST(Channel, WaitsNoLongerThanItsPatience) {
  Ends ends;
  EXPECT_EQ(ends.one.receive(kMessageLimit, {.time = kSoon, .stop = {}}).error().code, ErrorCode::kLimit);
  const std::string more_than_a_socket_holds(kMessageLimit, 'x');
  EXPECT_EQ(ends.one.send(more_than_a_socket_holds, {}, {.time = kSoon, .stop = {}}).error().code,
            ErrorCode::kLimit);
}

TEST(Channel, AStopEndsTheWait) {
  Ends ends;
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_EQ(ends.one.receive(kMessageLimit, {.time = {}, .stop = stop.get_token()}).error().code,
            ErrorCode::kCancelled);
}

TEST(Channel, ShuttingItEndsTheWait) {
  Ends ends;
  std::jthread shutter([&] { ends.one.shut(); });
  EXPECT_FALSE(ends.one.receive(kMessageLimit).value());
}

}  // namespace
}  // namespace vat
