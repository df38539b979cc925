// What the operating system lets this process have.
#pragma once

#include <cstdint>

namespace vat {

/// Whether this is a build with AddressSanitizer or ThreadSanitizer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
inline constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif

/// The most address space that this process may have, in bytes; beyond it an allocation fails. Sanitizers
/// need terabytes of it, so that in their builds this does nothing. Not to be raised again.
void limit_memory(std::uint64_t bytes);

/// When memory is short, the kernel ends this process before others (Linux; else nothing).
void be_first_to_go();

}  // namespace vat
