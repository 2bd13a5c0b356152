// custom_gradient in a body: the user's rule as a body too.
#pragma once

#include "control/body.hpp"
#include "ops/custom.hpp"

namespace gradtape::core {

// As with_gradient, of what is going to be recorded anew on other tensors (Recorder::Drafting). A rule may use tensors
// that its forward function has made, and knows those of the draft alone. So it is recorded here, and what it uses from
// outside becomes inputs. A rule that cannot be recorded yet, as it reads values, stays as it is.
Tensors with_closed_gradient(Recorder& r, const Tensors& inputs, const Tensors& values,
                             const std::shared_ptr<const CustomRule>& rule);

}  // namespace gradtape::core
