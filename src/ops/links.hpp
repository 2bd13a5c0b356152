// The vocabulary of link rules: how the elements of an output depend on those of an input.
#pragma once

#include "graph/recorder.hpp"

namespace gradtape::core {

Dependence same_element(const LinkCall& c);  // the one at the same flat place, itself
// Axis k of input and output together for k below `axes`; all elements along the others.
Dependence within_axes(std::size_t axes);
// All along the attribute "axis", and apart from each other along the other axes.
Dependence along_axis(const LinkCall& c);
// All up to the output's place along the attribute "axis", and apart from each other along the other axes. The attribute
// "reverse": from this place on. "exclusive", where there is one: without this place.
Dependence up_to_place(const LinkCall& c);
// Each batch axis by itself; all of the matrices in the last two axes of the first input.
Dependence within_matrices(const LinkCall& c);
// The output's element at i is the input's at i + begin, where there is one.
Dependence shifted(std::span<const int64_t> begin);

// A group of axes of the input and one of the output, whose flat places an index tensor relates. by_output: the tensor has
// the input's place for each place of the output (gather). Else it has the output's for each of the input (scatter). The
// first `batch` axes of both groups are the same. The other axes of one group are those of the index tensor, and count
// through the last axis of the other group.
struct Indexed {
  SmallVector<std::size_t, 4> in, out;
  std::size_t batch;
  bool by_output;
};
// Adds the index tensor's relation. False: its values are not to be read, and any index is possible.
bool relate_indexed(const LinkCall& c, const Tensor& indices, const Indexed& group, Relation& relation);

}  // namespace gradtape::core
