// The slots of a program that are known to hold banded matrices.
#pragma once

#include <map>

#include "plan/lower/bands.hpp"

namespace gradtape::core {

class ProgramBuilder;
struct Expression;

class KnownBands {
 public:
  bool empty() const { return identities_.empty(); }  // every band comes of an identity matrix

  // x, broadcast to the shape, as a banded matrix; empty where it is not known to be one.
  std::optional<Banded> of(ProgramBuilder& b, const Operand& x, const Shape& shape) const;
  // The matrix in a slot; null: it is not known to be banded.
  const Banded* in(uint32_t slot) const;

  void note_identity(uint32_t slot, int64_t order) { identities_.emplace(slot, order); }
  void note(uint32_t slot, Banded matrix) { banded_.emplace(slot, std::move(matrix)); }

 private:
  std::map<uint32_t, int64_t> identities_;  // by slot: the order
  std::map<uint32_t, Banded> banded_;       // by slot
};

// A large banded matrix as zeros with its bands among them; empty: x is not known to be one, or is small.
std::optional<Operand> from_bands(ProgramBuilder& b, const Operand& x);

}  // namespace gradtape::core
