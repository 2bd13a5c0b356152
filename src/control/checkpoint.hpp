// checkpoint: a body that runs in place, whose inside is not kept but computed again for derivatives.
#pragma once

#include "control/body.hpp"

namespace gradtape::core {

Tensors checkpoint(Recorder& r, std::string_view what, const Tensors& inputs, const FunctionBody& function);

}  // namespace gradtape::core
