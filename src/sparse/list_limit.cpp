#include "sparse/list_limit.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace gradtape::core {

namespace {
thread_local int64_t limit = int64_t{1} << 30;
}

ListLimit::ListLimit(int64_t most) : before_(limit) { limit = std::min(limit, most); }
ListLimit::~ListLimit() { limit = before_; }

int64_t most_listed() { return limit; }

void check_listed(int64_t pairs) {
  if (pairs > limit)
    fail(Status::out_of_memory, "a pattern whose pairs have no regular form: {} pairs, of at most {}", pairs, limit);
}

}  // namespace gradtape::core
