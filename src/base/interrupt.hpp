// Asks a program, between the steps of long computations, whether they are to stop.
#pragma once

#include <cstdint>
#include <functional>

namespace gradtape::core {

class Interrupt {
 public:
  using Question = std::function<bool()>;  // true: stop

  void set(Question question) {
    question_ = std::move(question);
    asked_at_ = 0;
  }
  // Asks where the last question lies 20 ms back. Throws Error with Status::cancelled where the answer is to stop.
  void check() {
    if (question_) check_time();
  }

 private:
  void check_time();

  Question question_;
  int64_t asked_at_ = 0;  // milliseconds of the clock
};

}  // namespace gradtape::core
