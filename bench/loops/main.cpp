// Times programs with loops, in turn: by gradtape, by hand-written C++ and by CoDiPack.
// usage: gradtape_loops [NAME...]: parts of names of cases. The output is a JSON object. It has for each case and way
// the median and least seconds, and the sum of absolute results.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "programs.hpp"

namespace {

using namespace bench::loops;
using Clock = std::chrono::steady_clock;

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& [name, sizes] : {std::pair<const char*, std::vector<long>>{"lotka_volterra", {1000, 10000}},
                                    {"lotka_volterra_vectors", {1000}},
                                    {"lotka_volterra_unrolled", {100, 1000}}})
    for (long steps : sizes) all.push_back({name, steps, {1.0, 0.5, 1.1, 0.4, 0.1, 0.4}, 1 + kOde});
  Case network{"lstm", 4096, {}, 1 + kWeights};
  append_wave(network.in, kWeights, 0.8, 0.7);
  append_wave(network.in, (network.size + 1) * kWidth, 0.5, 0.3, 0.5);
  all.push_back(network);
  for (long n : {5, 7, 9}) {
    Case matrix{"minors_unrolled", n, {}, static_cast<std::size_t>(1 + n * n)};
    for (long i = 0; i < n * n; ++i) matrix.in.push_back(std::sin(static_cast<double>(i * i)));
    all.push_back(matrix);
  }
  Case perceptron{"examples", kBatch, {}, static_cast<std::size_t>(kBatch * (1 + kMlpWeights))};
  append_wave(perceptron.in, kMlpWeights, 0.3, 0.7);
  append_wave(perceptron.in, kBatch * kIn, 1, 0.37);
  append_wave(perceptron.in, kBatch * kOut, 0.1, 0.9, 0.1);
  all.push_back(perceptron);
  return all;
}

struct Timed {
  Way way;
  std::vector<double> out, seconds;
  long calls;  // in a row, for one time
};

double seconds_of(Timed& t, const Case& c) {
  const auto start = Clock::now();
  for (long i = 0; i < t.calls; ++i) t.way.run(c.in.data(), t.out.data());
  return std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(t.calls);
}

void measure(const Case& c, const char*& comma) {
  std::vector<Timed> all;
  for (const auto& ways : {by_gradtape(c), by_hand(c), by_codipack(c)})
    for (const Way& w : ways) all.push_back({w, std::vector<double>(c.outputs), {}, 1});
  for (Timed& t : all) {
    seconds_of(t, c);
    t.calls = std::clamp(static_cast<long>(5e-3 / seconds_of(t, c)), 1L, 10000L);
  }
  const auto end = Clock::now() + std::chrono::milliseconds(400 * all.size());
  for (int round = 0; round < 7 || Clock::now() < end; ++round)
    for (Timed& t : all) t.seconds.push_back(seconds_of(t, c));
  for (Timed& t : all) {
    std::sort(t.seconds.begin(), t.seconds.end());
    double check = 0;
    for (double v : t.out) check += std::abs(v);
    std::printf("%s\n\"%s|%s\": {\"median\": %.9g, \"min\": %.9g, \"check\": %.15g}", comma, c.name().c_str(),
                t.way.name.c_str(), t.seconds[t.seconds.size() / 2], t.seconds[0], check);
    comma = ",";
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::printf("{");
  const char* comma = "";
  for (const Case& c : cases()) {
    const auto named = [&](const char* part) { return c.name().find(part) != std::string::npos; };
    if (argc == 1 || std::any_of(argv + 1, argv + argc, named)) measure(c, comma);
  }
  std::printf("}\n");
}
