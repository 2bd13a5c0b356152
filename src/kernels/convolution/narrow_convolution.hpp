// Convolutions by loops, for groups of so few channels that a matrix product would not pay (depthwise).
#pragma once

#include "kernels/convolution/geometry.hpp"

namespace gradtape::core::kernels {

template <class T>
void narrow_convolution(const KernelCall& c, const Convolution& g, const T* x, const T* w, T* y);
template <class T>
void narrow_input(const KernelCall& c, const Convolution& g, const T* y, const T* w, T* x);
template <class T>
void narrow_filter(const KernelCall& c, const Convolution& g, const T* x, const T* y, T* w);

}  // namespace gradtape::core::kernels
