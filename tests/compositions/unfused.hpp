// Another process in which GRADTAPE_SKIP is "all": each instruction is a loop of its own there.
#pragma once

#include "checks.hpp"

namespace test {

class Unfused {
 public:
  Unfused();  // before the library is first used
  ~Unfused();
  Unfused(const Unfused&) = delete;

  // In two parts, so that both processes work at the same time.
  void ask(const Program& p);
  Derivatives answer();

 private:
  int to_ = -1, from_ = -1, child_ = -1;
};

}  // namespace test
