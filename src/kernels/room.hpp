// Memory for each worker of a kernel.
#pragma once

#include <cstddef>
#include <memory>

#include "base/workers.hpp"

namespace gradtape::kernels {

template <class T>
class Room {
 public:
  // size: elements for each worker; they hold no values at first.
  Room(const Workers& workers, std::size_t size)
      : size_(size), data_(new T[size * static_cast<std::size_t>(workers.threads())]) {}
  T* of(int worker) const { return data_.get() + size_ * static_cast<std::size_t>(worker); }

 private:
  std::size_t size_;
  std::unique_ptr<T[]> data_;
};

}  // namespace gradtape::kernels
