// Graphs as text and as DOT.
#pragma once

#include <string>

#include "graph/node.hpp"

namespace gradtape::core {

std::string labelled(const Tensor& t);  // "float32[2, 3] 'x'": what it is, and its label
std::string describe(const Tensor& t);  // one line: what it is and, where it has them, its values (shortened)
std::string graph_as_text(std::span<const Tensor> targets);
std::string graph_as_dot(std::span<const Tensor> targets);

}  // namespace gradtape::core
