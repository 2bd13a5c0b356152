// gradtape in C++: RAII over the C interface, header-only. Handles release themselves, errors are exceptions, lambdas
// serve as callbacks.
//
//     gradtape::Context ctx;
//     gradtape::Tensor x = ctx.tensor({1.0, 2.0, 3.0});
//     gradtape::Tape tape(ctx);
//     tape.watch(x);
//     gradtape::Tensor y = reduce_sum(x * x);
//     std::cout << tape.gradient(y, x);   // [2. 4. 6.]
//
// A function computes what the C function of its name does (gradtape.h, ops.h), with the same shapes and errors.
// docs/cpp.md is a tour. cpp/ has a file for each concept.
#pragma once

#include "cpp/loops.hpp"
#include "cpp/print.hpp"
#include "cpp/register.hpp"
#include "cpp/transforms.hpp"
