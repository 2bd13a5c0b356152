// The context, as the rooms below it know it.
#pragma once

#include <span>

namespace gradtape::core {

class Tensor;

// The owner of a recorder.
class Host {
 public:
  virtual void evaluate(std::span<const Tensor> tensors) = 0;  // computes values, and keeps them
  // Forgets the error of an attempt that asked for a value that is not there: it is none of the user's.
  virtual void forget_symbolic_error() noexcept = 0;

 protected:
  ~Host() = default;
};

}  // namespace gradtape::core
