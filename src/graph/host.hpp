// The context, as the rooms below it know it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "graph/node.hpp"

namespace gradtape::core {

// Memory for a value, from a byte of a buffer on.
struct Place {
  BufferPtr buffer;
  std::size_t at = 0;
};

// The owner of a recorder.
class Host {
 public:
  virtual void evaluate(std::span<const Tensor> tensors) = 0;  // computes values, and keeps them
  // Computes values, each in its place.
  virtual void evaluate_into(std::span<const Tensor> tensors, std::span<const Place> places) = 0;
  // Bytes that computing the tensors takes beside their values. The tensors need not have values yet.
  virtual uint64_t working_memory(std::span<const Tensor> tensors) = 0;
  // Forgets the error of an attempt that asked for a value that is not there: it is none of the user's.
  virtual void forget_symbolic_error() noexcept = 0;
  // The op `cond`, whose room lies above those that ask for it: one of two functions, chosen by a bool[] when it runs.
  using Branch = std::function<Tensors()>;
  virtual Tensors choose(const Tensor& predicate, const Branch& yes, const Branch& no) = 0;

 protected:
  ~Host() = default;
};

}  // namespace gradtape::core
