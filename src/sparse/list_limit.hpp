// A limit of the pairs that one list of a link may have, for a search that has another way.
#pragma once

#include <cstdint>

namespace gradtape::core {

// While one of these lives, a longer list is an error in this thread. The least of several holds.
class ListLimit {
 public:
  explicit ListLimit(int64_t most);
  ~ListLimit();
  ListLimit(const ListLimit&) = delete;
  ListLimit& operator=(const ListLimit&) = delete;

 private:
  int64_t before_;
};
int64_t most_listed();
// Throws where a list of so many pairs would be too long.
void check_listed(int64_t pairs);

}  // namespace gradtape::core
