// Times the workloads: replayed as functions, and recorded, differentiated and computed anew each time.
// usage: gradtape_compare INPUTS THREADS [NAME...]: a folder of arrays (see inputs.py), threads (0: all), parts of
// names. The output is a JSON object. It has for each workload and way the median and least seconds, and the sum of
// absolute results.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <variant>

#include "workloads.hpp"

namespace {

using bench::Array;
using bench::Tensors;
using Clock = std::chrono::steady_clock;

[[noreturn]] void die(gt_context c) {
  char message[512] = "";
  gt_take_error(c, message, sizeof message, nullptr);
  std::fprintf(stderr, "%s\n", message);
  std::exit(1);
}

// A file: rank and sizes as int64, then float32 or (name.i32) int32.
Array load(const std::string& folder, const std::string& name) {
  std::ifstream file(folder + "/" + name, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "no input %s in %s\n", name.c_str(), folder.c_str());
    std::exit(1);
  }
  Array a;
  int64_t header[2];  // rank, whether integers
  file.read(reinterpret_cast<char*>(header), sizeof header);
  a.shape.resize(static_cast<std::size_t>(header[0]));
  file.read(reinterpret_cast<char*>(a.shape.data()), static_cast<std::streamsize>(a.shape.size() * 8));
  int64_t n = 1;
  for (int64_t d : a.shape) n *= d;
  a.values.resize(static_cast<std::size_t>(n));
  file.read(reinterpret_cast<char*>(a.values.data()), n * 4);
  if (header[1]) {
    a.integers.resize(a.values.size());
    std::memcpy(a.integers.data(), a.values.data(), a.values.size() * 4);
  }
  return a;
}

struct Timing {
  double median, least, check;
};
template <class F>
void time_calls(Timing& t, F&& f) {
  f();
  f();
  std::vector<double> seconds;
  const auto end = Clock::now() + std::chrono::milliseconds(1000);
  while (seconds.size() < 5 || (Clock::now() < end && seconds.size() < 20000)) {
    const auto start = Clock::now();
    f();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  t.least = seconds[0];
  t.median = seconds[seconds.size() / 2];
}

class Session {
 public:
  Session(const bench::Workload& w, const std::string& folder, int threads) : w_(w) {
    if (gt_context_create(&c_) != GT_OK) std::exit(1);
    gt_set_threads(c_, threads);
    for (const std::string& name : w.inputs)
      arrays_.push_back(load(folder, name)), inputs_.push_back(tensor(arrays_.back()));
    for (const std::string& name : w.constants) constants_.push_back(tensor(load(folder, name)));
  }
  ~Session() { gt_context_destroy(c_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Timing anew() {
    Timing t{};
    time_calls(t, [&] { record_and_compute(nullptr); });
    record_and_compute(&t.check);
    return t;
  }

  Timing replay() {
    std::vector<gt_spec> specs;
    for (const Array& a : arrays_) {
      gt_spec s{GT_FLOAT32, static_cast<int32_t>(a.shape.size()), {}};
      std::copy(a.shape.begin(), a.shape.end(), s.dims);
      specs.push_back(s);
    }
    gt_function f = gt_function_create(
        c_,
        [](gt_context c, void* data, const gt_tensor* in, size_t n, gt_tensor* out, size_t,
           size_t* n_out) -> gt_status {
          const Session& self = *static_cast<Session*>(data);
          const Tensors results = self.w_.body(c, Tensors(in, in + n), self.constants_);
          std::copy(results.begin(), results.end(), out);
          *n_out = results.size();
          return GT_OK;
        },
        this, nullptr, specs.data(), specs.size());
    if (!f) die(c_);
    std::vector<gt_tensor> results(16);
    size_t n = 0;
    if (gt_function_call(c_, f, inputs_.data(), inputs_.size(), results.data(), results.size(), &n) != GT_OK) die(c_);
    std::vector<Values> outputs;
    std::vector<const void*> in;
    std::vector<void*> out;
    for (size_t i = 0; i < n; ++i) outputs.push_back(values_for(results[i]));
    for (Values& values : outputs) out.push_back(std::visit([](auto& v) -> void* { return v.data(); }, values));
    for (const Array& a : arrays_) in.push_back(a.values.data());
    Timing t{};
    time_calls(t, [&] {
      if (gt_function_run(c_, f, in.data(), in.size(), out.data(), out.size()) != GT_OK) die(c_);
    });
    for (const Values& values : outputs) t.check += sum_of_sizes(values);
    return t;
  }

 private:
  // The dtype of a result: float32, or the integers of indices.
  using Values = std::variant<std::vector<float>, std::vector<int32_t>, std::vector<int64_t>>;

  Values values_for(gt_tensor t) {
    gt_dtype dtype = GT_FLOAT32;
    if (gt_tensor_dtype(c_, t, &dtype) != GT_OK) die(c_);
    if (dtype == GT_INT32) return std::vector<int32_t>(count(t));
    if (dtype == GT_INT64) return std::vector<int64_t>(count(t));
    return std::vector<float>(count(t));
  }
  static double sum_of_sizes(const Values& values) {
    double sum = 0;
    const auto add = [&](const auto& all) {
      for (auto v : all) sum += std::abs(static_cast<double>(v));
    };
    std::visit(add, values);
    return sum;
  }
  gt_tensor tensor(const Array& a) {
    gt_tensor t =
        a.integers.empty()
            ? gt_tensor_create(c_, GT_FLOAT32, a.shape.data(), a.shape.size(), a.values.data(), a.values.size() * 4)
            : gt_tensor_create(c_, GT_INT32, a.shape.data(), a.shape.size(), a.integers.data(), a.integers.size() * 4);
    return t ? t : (die(c_), nullptr);
  }
  size_t count(gt_tensor t) {
    int64_t dims[GT_MAX_RANK * 2];
    size_t rank = 0, n = 1;
    gt_tensor_shape(c_, t, dims, GT_MAX_RANK * 2, &rank);
    for (size_t i = 0; i < rank; ++i) n *= static_cast<size_t>(dims[i]);
    return n;
  }
  void record_and_compute(double* check) {
    gt_scope_begin(c_);
    const Tensors results = w_.body(c_, inputs_, constants_);
    if (gt_eval(c_, results.data(), results.size()) != GT_OK) die(c_);
    for (gt_tensor r : results) {
      if (!check) break;
      Values values = values_for(r);
      const auto read = [&](auto& v) { return gt_tensor_read(c_, r, v.data(), v.size() * sizeof(v[0])); };
      if (std::visit(read, values) != GT_OK) die(c_);
      *check += sum_of_sizes(values);
    }
    gt_scope_end(c_, nullptr, 0);
  }

  const bench::Workload& w_;
  gt_context c_ = nullptr;
  std::vector<Array> arrays_;
  Tensors inputs_, constants_;
};

bool chosen(const std::string& name, int argc, char** argv) {
  for (int i = 3; i < argc; ++i)
    if (name.find(argv[i]) != std::string::npos) return true;
  return argc <= 3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  std::printf("{");
  const char* comma = "";
  for (const bench::Workload& w : bench::workloads()) {
    if (!chosen(w.name, argc, argv)) continue;
    Session session(w, argv[1], std::atoi(argv[2]));
    const Timing replay = session.replay(), anew = session.anew();
    for (const auto& [way, t] : {std::pair("replay", replay), std::pair("anew", anew)}) {
      std::printf("%s\n\"%s|%s\": {\"median\": %.9g, \"min\": %.9g, \"check\": %.9g}", comma, w.name.c_str(), way,
                  t.median, t.least, t.check);
      comma = ",";
    }
    std::fflush(stdout);
  }
  std::printf("}\n");
}
