// The grid on which all links of a tensor are translations.
#pragma once

#include "sparse/lattice.hpp"
#include "sparse/links.hpp"

namespace gradtape::core {

// The entries of each row, as a base point and offsets on a grid of the columns. Nothing: some link is no translation.
std::optional<Lattice> lattice_of_rows(const Links& links, int64_t columns);

}  // namespace gradtape::core
