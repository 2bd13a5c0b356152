// A build without SuiteSparse.
#include "solve/suitesparse.hpp"

namespace gradtape::solving {

bool has_suitesparse() { return false; }
std::unique_ptr<SymmetricFactor> cholmod_symmetric(const Matrix&) { return nullptr; }
std::unique_ptr<GeneralFactor> umfpack_general(const Matrix&) { return nullptr; }

}  // namespace gradtape::solving
