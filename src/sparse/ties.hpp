// Ties: the axes along which elements of a tensor depend on those of a source in the same place alone. They say less than
// links, and in return may be chained any number of times: a loop's ties are found from those of one step.
#pragma once

#include "sparse/relate.hpp"

namespace gradtape::core {

// Coordinates along axis `in` of the source and axis `out` of the tensor, of one size, are the same for each pair.
struct TiedAxes {
  std::size_t in, out;
  bool operator==(const TiedAxes&) const = default;
};
struct Ties {
  bool connected = false;  // false: no element depends on any
  SmallVector<TiedAxes, 6> axes;
  bool operator==(const Ties&) const = default;
};

Ties tied_to_itself(const Shape& shape);
// The ties of links whose columns are the source's elements, from 0 on. Axes of size 1 count as none.
Ties ties_of(const Links& links, const Shape& source);
// Whether the links lack pairs of which the ties know nothing.
bool say_more(const Links& links, const Ties& ties, const Shape& source);
// The ties of a tensor to a source, from those of a tensor between to the source and of the tensor to the one between.
Ties chained(const Ties& to_source, const Ties& further);
// The ties of a tensor that depends on the source in two ways.
Ties either(const Ties& a, const Ties& b);
// The same as a relation, with axes in front of the source's own and of the tensor's own.
Relation relation_of(const Ties& ties, std::size_t in_front_of_source = 0, std::size_t in_front = 0);

}  // namespace gradtape::core
