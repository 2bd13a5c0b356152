#include <cstdio>
#include <gradtape/gradtape.hpp>

int main() {
  gradtape::Context ctx;
  const gradtape::Tensor x = ctx.tensor<float>({3}, {1, 2, 3});

  gradtape::Tape tape(ctx);
  tape.watch(x);
  const gradtape::Tensor y = gradtape::reduce_sum(gradtape::sin(x) * x);
  const std::vector<float> dy_dx = tape.gradient(y, x).to_vector<float>();

  std::printf("dy/dx = %g %g %g\n", dy_dx[0], dy_dx[1], dy_dx[2]);
}
