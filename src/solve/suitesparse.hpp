// CHOLMOD and UMFPACK of SuiteSparse, in builds that have them.
#pragma once

#include "solve/factor.hpp"

namespace gradtape::solving {

bool has_suitesparse();
// Null without SuiteSparse.
std::unique_ptr<SymmetricFactor> cholmod_symmetric(const Matrix& pattern);
std::unique_ptr<GeneralFactor> umfpack_general(const Matrix& pattern);

}  // namespace gradtape::solving
