// Views: a kernel sees a tensor as contiguous row-major memory with its dtype and shape.
#pragma once

#include <span>

#include "base/dtype.hpp"
#include "base/shape.hpp"

namespace gradtape::core {

struct View {
  const void* data;
  Dtype dtype;
  const Shape* shape;

  template <class T>
  const T* as() const {
    return static_cast<const T*>(data);
  }
  int64_t elements() const { return shape->elements(); }
};

struct MutableView {
  void* data;
  Dtype dtype;
  const Shape* shape;

  template <class T>
  T* as() const {
    return static_cast<T*>(data);
  }
  int64_t elements() const { return shape->elements(); }
};

}  // namespace gradtape::core
