// A promise between stages of the planner, for verify.hpp.
#pragma once

#include <fmt/format.h>

#include "base/error.hpp"

namespace gradtape::core {

// Throws Error with Status::internal, naming the promise, where it does not hold.
template <class... Args>
void need(bool holds, fmt::format_string<Args...> promise, Args&&... args) {
  if (!holds) fail(Status::internal, "plan: broken promise: {}", fmt::format(promise, std::forward<Args>(args)...));
}

}  // namespace gradtape::core
