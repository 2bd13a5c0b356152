// Limits of the machine, measured in the benchmarks' own run: products by OpenBLAS, bandwidth, loops fused by hand.
// usage: gradtape_limits THREADS. The output is a JSON object: gigaflops, gigabytes per second, seconds.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

extern "C" {
void sgemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k, const float* alpha,
            const float* a, const int* lda, const float* b, const int* ldb, const float* beta, float* c,
            const int* ldc);
[[gnu::weak]] void openblas_set_num_threads(int n);
}

namespace {

double median(const std::function<void()>& f, int calls) {
  std::vector<double> seconds;
  f();
  for (int i = 0; i < calls; ++i) {
    const auto start = std::chrono::steady_clock::now();
    f();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

void shared(std::size_t n, int threads, const std::function<void(std::size_t, std::size_t)>& part) {
  if (threads == 1) return part(0, n);
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back(part, n * static_cast<std::size_t>(t) / static_cast<std::size_t>(threads),
                         n * static_cast<std::size_t>(t + 1) / static_cast<std::size_t>(threads));
  for (std::thread& w : workers) w.join();
}

double gemm_gigaflops(int threads) {
  if (openblas_set_num_threads) openblas_set_num_threads(threads);
  const int m = 512, n = 256, k = 784;  // the first product of the multilayer perceptron, by columns
  std::vector<float> a(static_cast<std::size_t>(m) * k, 0.5f), b(static_cast<std::size_t>(k) * n, 0.25f),
      c(static_cast<std::size_t>(m) * n);
  const float one = 1, zero = 0;
  const double s =
      median([&] { sgemm_("N", "N", &m, &n, &k, &one, a.data(), &m, b.data(), &k, &zero, c.data(), &m); }, 100);
  return 2.0 * m * n * k / s * 1e-9;
}

double bandwidth(int threads) {
  constexpr std::size_t kSize = 10'000'000;
  std::vector<float> x(kSize, 1), y(kSize, 2), z(kSize);
  const double s = median(
      [&] {
        shared(kSize, threads, [&](std::size_t first, std::size_t last) {
          for (std::size_t i = first; i < last; ++i) z[i] = x[i] + 3 * y[i];
        });
      },
      20);
  return 3.0 * 4 * kSize / s * 1e-9;
}

// The value and both gradients of sum(sigmoid(x) tanh(y) + exp(-x^2) y - log1p(x^2)).
double elementwise_chain(std::size_t n, int threads) {
  std::vector<float> x(n), y(n), gx(n), gy(n), sums(static_cast<std::size_t>(threads));
  for (std::size_t i = 0; i < n; ++i) x[i] = 0.001f * static_cast<float>(i % 1000), y[i] = 1 - x[i];
  return median(
      [&] {
        shared(n, n < 50'000 ? 1 : threads, [&](std::size_t first, std::size_t last) {
          float sum = 0;
          for (std::size_t i = first; i < last; ++i) {
            const float s = 1 / (1 + std::exp(-x[i])), t = std::tanh(y[i]), q = x[i] * x[i], e = std::exp(-q);
            sum += s * t + e * y[i] - std::log1p(q);
            gx[i] = s * (1 - s) * t - 2 * x[i] * e * y[i] - 2 * x[i] / (1 + q);
            gy[i] = s * (1 - t * t) + e;
          }
          sums[first == 0 ? 0 : 1] = sum;
        });
      },
      n > 1'000'000 ? 10 : 500);
}

// The guide's network of two dense layers with elu: mean of squares, gradients by hand.
double guide_gradient() {
  constexpr int B = 7, I = 5, H = 8, O = 6;
  static float x[B][I], k1[I][H], b1[H], k2[H][O], b2[O], h[B][H], y[B][O], gk1[I][H], gb1[H], gk2[H][O], gb2[O];
  for (float* p = &x[0][0]; p < &x[0][0] + B * I; ++p) *p = 0.1f * static_cast<float>(p - &x[0][0] - 17);
  for (float* p = &k1[0][0]; p < &k1[0][0] + I * H; ++p) *p = 0.02f * static_cast<float>(p - &k1[0][0] - 20);
  for (float* p = &k2[0][0]; p < &k2[0][0] + H * O; ++p) *p = 0.02f * static_cast<float>(p - &k2[0][0] - 20);
  const auto elu = [](float v) { return v >= 0 ? v : std::expm1(v); };
  const auto once = [&] {
    float dy[B][O], dh[B][H];
    for (int b = 0; b < B; ++b) {
      for (int j = 0; j < H; ++j) {
        float s = b1[j];
        for (int i = 0; i < I; ++i) s += x[b][i] * k1[i][j];
        h[b][j] = elu(s);
      }
      for (int j = 0; j < O; ++j) {
        float s = b2[j];
        for (int i = 0; i < H; ++i) s += h[b][i] * k2[i][j];
        y[b][j] = elu(s);
        dy[b][j] = 2.0f / (B * O) * y[b][j] * (s >= 0 ? 1 : y[b][j] + 1);
      }
      for (int i = 0; i < H; ++i) {
        float s = 0;
        for (int j = 0; j < O; ++j) s += dy[b][j] * k2[i][j];
        dh[b][i] = s * (h[b][i] >= 0 ? 1 : h[b][i] + 1);
      }
    }
    for (int j = 0; j < O; ++j) gb2[j] = 0;
    for (int j = 0; j < H; ++j) gb1[j] = 0;
    for (auto& row : gk1) std::fill(row, row + H, 0.0f);
    for (auto& row : gk2) std::fill(row, row + O, 0.0f);
    for (int b = 0; b < B; ++b) {
      for (int i = 0; i < H; ++i)
        for (int j = 0; j < O; ++j) gk2[i][j] += h[b][i] * dy[b][j];
      for (int j = 0; j < O; ++j) gb2[j] += dy[b][j];
      for (int i = 0; i < I; ++i)
        for (int j = 0; j < H; ++j) gk1[i][j] += x[b][i] * dh[b][j];
      for (int j = 0; j < H; ++j) gb1[j] += dh[b][j];
    }
    asm volatile("" ::: "memory");
  };
  return median(
             [&] {
               for (int i = 0; i < 100; ++i) once();
             },
             200) /
         100;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = std::max(1, argc > 1 ? std::atoi(argv[1]) : 1);
  std::printf("{\"gemm_gflops\": %.6g, \"bandwidth_gbs\": %.6g, \"guide_gradient\": %.6g", gemm_gigaflops(threads),
              bandwidth(threads), guide_gradient());
  for (std::size_t n : {1000, 100000, 10000000})
    std::printf(", \"elementwise_chain/%zu\": %.6g", n, elementwise_chain(n, threads));
  std::printf("}\n");
}
