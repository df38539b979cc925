#include "last_words.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "base/log.h"

namespace vat::app {
namespace {

std::atomic<operation::Sentry*> g_sentry{nullptr};
std::atomic<std::chrono::milliseconds> g_flush_timeout{};

/// Reports an uncaught exception before it ends the process.
[[noreturn]] void tell_and_abort() {
  std::string what = "a broken invariant of the program";
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    what = "an exception of unknown type";
  }
  std::fprintf(stderr, "vat: Internal error, an exception was not caught: %s\n", what.c_str());
  log(LogLevel::kError, "An exception was not caught.", {{"exception", what}});
  if (operation::Sentry* const sentry = g_sentry) sentry->flush(g_flush_timeout);
  std::abort();
}

}  // namespace

void tell_of_uncaught_exceptions(operation::Sentry* sentry, std::chrono::milliseconds timeout) {
  g_flush_timeout = timeout;
  g_sentry = sentry;
  if (sentry != nullptr) std::set_terminate(tell_and_abort);
}

}  // namespace vat::app
