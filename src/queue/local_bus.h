// Notifies the listeners in this process of changes.
#pragma once

#include <memory>

#include "domain/event_bus.h"

namespace vat::queue {

/// An EventBus whose listeners are called on the publishing thread, before publish() returns; several threads
/// may call one listener at once. Listeners for other jobs and users cost a publisher nothing. A listener may
/// subscribe, publish, and end any subscription, its own included. Subscriptions may outlive the bus.
[[nodiscard]] std::unique_ptr<EventBus> make_local_bus();

}  // namespace vat::queue
