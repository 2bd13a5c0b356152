// The public headers as C++17, each included first by someone.
#include "gradtape/ops.h"

#include "gradtape/gradtape.hpp"

extern "C" int gt_header_c99(void);

int main() {
  gradtape::Context ctx;
  return gt_header_c99() + ((ctx.scalar(2.0) * 3.0).item() == 6.0 ? 0 : 1);
}
