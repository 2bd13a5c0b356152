// The assembly of a sparse matrix's values.
#include <algorithm>
#include <utility>

#include "kernels/elementwise/stream.hpp"
#include "kernels/kernels.hpp"
#include "kernels/move/interleave.hpp"
#include "sparse/places.hpp"

namespace gradtape::core::kernels {

namespace {
// Writes or adds entries first to last - 1 of a factor; x(k): entry k.
template <bool Adds, class T, class X>
void put(const LinkPlaces& of, X&& x, int64_t first, int64_t last, T* out) {
  const auto one = [](T& to, T value) { Adds ? to += value : to = value; };
  if (of.runs.empty()) return of.for_each(first, last, [&](int64_t k, int64_t place) { one(out[place], x(k)); });
  auto run = std::ranges::upper_bound(of.runs, first, {}, [](const PlaceRun& r) { return r.first + r.count; });
  for (; run != of.runs.end() && run->first < last; ++run) {
    const int64_t begin = std::max(first, run->first), end = std::min(last, run->first + run->count);
    T* to = out + run->place + run->step * (begin - run->first);
    for (int64_t k = begin; k < end; ++k, to += run->step) one(*to, x(k));
  }
}
}  // namespace

// All factors go through the rows together, a part of each after the other. A part of the result stays in the cache until
// all have written it.
void assemble(const KernelCall& c, const Places& places) {
  constexpr int64_t kPart = 1 << 13;  // values
  dispatch(c.out[0].dtype, [&]<class T>(Type<T>) {
    T* out = c.out[0].as<T>();
    if (places.add_up) std::fill_n(out, places.size, T(0));
    const int64_t parts = std::max<int64_t>(1, places.size / kPart);
    const auto put_part = [&](const LinkPlaces& of, int64_t part) {
      const int64_t begin = of.entries * part / parts, end = of.entries * (part + 1) / parts;
      const T* x = c.in[of.link].as<T>();
      const auto put_all = [&](auto&& entry) {
        places.add_up ? put<true>(of, entry, begin, end, out) : put<false>(of, entry, begin, end, out);
      };
      if (c.in[of.link].shape->rank() == 0)
        put_all([value = *x](int64_t) { return value; });
      else
        put_all([x](int64_t k) { return x[k]; });
    };
    const auto share = [&](int64_t first, int64_t last, int) {
      for (int64_t part = first; part < last; ++part)
        for (const LinkPlaces& of : places.of_links) put_part(of, part);
    };
    // Places that several entries share belong to one thread.
    for_each_share(places.add_up ? Workers(1) : c.workers, parts, 4, share);
  });
}

namespace {
// A factor's way through its runs.
template <class T>
struct Walk {
  const T* x;  // element 0
  const PlaceRun *run, *end;

  bool is_in(int64_t k) const { return run != end && run->first <= k; }
  int64_t place(int64_t k) const { return run->place + run->step * (k - run->first); }
  // The first element behind k that is in another run, or in none.
  int64_t change(int64_t k) const { return run == end ? INT64_MAX : run->first > k ? run->first : last(); }
  int64_t last() const { return run->first + run->count; }
};

// Values one after the other that go past the cache, whole lines at a time.
template <class T>
class PastCache {
 public:
  static constexpr int64_t kMost = 1024;  // values that are added at a time

  explicit PastCache(T* to) : to_(to) {}
  // Memory for so many values, which are then added.
  T* room(int64_t n) {
    if (held_ + n > kRoom) drain();
    return buffer_ + std::exchange(held_, held_ + n);
  }
  void finish() { write(held_); }

 private:
  static constexpr int64_t kRoom = 2 * kMost;

  void drain() {
    constexpr auto kOfLine = static_cast<int64_t>(kCacheLine / sizeof(T));
    const auto behind = static_cast<int64_t>(reinterpret_cast<uintptr_t>(to_ + held_) % kCacheLine / sizeof(T));
    static_assert(kMost + kOfLine <= kRoom);
    const int64_t left = std::min(behind, held_);
    write(held_ - left);
    std::copy_n(buffer_ + held_ - left, left, buffer_);
    held_ = left;
  }
  void write(int64_t n) {
    stream(buffer_, static_cast<std::size_t>(n) * sizeof(T), to_);
    to_ += n;
  }

  T* to_;
  int64_t held_ = 0;
  T buffer_[kRoom];
};

// Elements of several arrays, side by side.
template <class T>
void interleave(SmallVector<const T*, 16>& x, int64_t n, T* out, bool past_cache) {
  const auto inputs = static_cast<int64_t>(x.size());
  const InterleaveKernel<T> kernel = interleave_kernel<T>(inputs);
  if (!past_cache) return kernel(x.data(), n, out);
  constexpr int64_t kPart = 64;
  static_assert(kPart * kMostInterleaved <= PastCache<T>::kMost);
  PastCache<T> values(out);
  for (int64_t i = 0; i < n; i += kPart) {
    const int64_t count = std::min(kPart, n - i);
    kernel(x.data(), count, values.room(count * inputs));
    for (const T*& from : x) from += count;
  }
  values.finish();
}

// Elements k to last - 1 of all walks that are in a run, each in one.
template <class T>
void place_runs(std::span<Walk<T>* const> walks, int64_t k, int64_t last, T* out, bool past_cache) {
  const auto count = static_cast<int64_t>(walks.size());
  bool side_by_side = count >= 2 && count <= kMostInterleaved;
  for (int64_t j = 0; j < count && side_by_side; ++j)
    side_by_side = walks[j]->run->step == count && walks[j]->place(k) == walks[0]->place(k) + j;
  if (side_by_side) {
    SmallVector<const T*, 16> x;
    for (const Walk<T>* w : walks) x.push_back(w->x + k);
    return interleave(x, last - k, out + walks[0]->place(k), past_cache);
  }
  for (const Walk<T>* w : walks) {
    const T* x = w->x;
    T* to = out + w->place(k);
    for (int64_t i = k; i < last; ++i, to += w->run->step) *to = x[i];
  }
}

// Whole periods go through memory of their own, for their places are side by side.
template <class T>
void place_periods(const LinkPlaces& of, const T* x, int64_t first, int64_t last, T* out, bool past_cache) {
  const auto step = static_cast<int64_t>(of.order.size());
  const auto one = [&](int64_t entry, int64_t place) { out[place] = x[entry]; };
  int64_t k = std::min(last, round_up(first, of.period));
  of.for_each(first, k, one);
  const auto next = [&](T* y) {
    for (int64_t m = 0; m < step; ++m) y[m] = x[k + of.order[m]];
    k += of.period;
  };
  T* to = out + of.place + k / of.period * step;
  if (past_cache && step <= PastCache<T>::kMost) {
    PastCache<T> values(to);
    while (k + of.period <= last) next(values.room(step));
    values.finish();
  } else {
    for (; k + of.period <= last; to += step) next(to);
  }
  of.for_each(k, last, one);
}

// Elements first to last - 1 of factors that go through their runs.
template <class T>
void place_walks(SmallVector<Walk<T>, 16>& walks, int64_t first, int64_t last, T* out, bool past_cache) {
  SmallVector<Walk<T>*, 16> in_run;
  for (int64_t k = first; k < last;) {
    int64_t end = last;
    in_run.clear();
    for (Walk<T>& w : walks) {
      while (w.run != w.end && w.last() <= k) ++w.run;
      end = std::min(end, w.change(k));
      if (w.is_in(k)) in_run.push_back(&w);
    }
    std::sort(in_run.begin(), in_run.end(),
              [&](const Walk<T>* a, const Walk<T>* b) { return a->place(k) < b->place(k); });
    place_runs<T>({in_run.data(), in_run.size()}, k, end, out, past_cache);
    k = end;
  }
}
}  // namespace

void place(const Places& places, std::span<const std::byte* const> factors, std::size_t element_size, int64_t first,
           std::size_t n, void* out, bool past_cache) {
  const int64_t last = first + static_cast<int64_t>(n);
  const int64_t entries = std::ranges::max_element(places.of_links, {}, &LinkPlaces::entries)->entries;
  const auto place_all = [&]<class T>(T* to) {
    SmallVector<Walk<T>, 16> walks;
    for (const LinkPlaces& of : places.of_links) {
      const T* x = reinterpret_cast<const T*>(factors[of.link]);
      if (of.entries != entries) {
        if (first == 0) of.for_each(0, of.entries, [&](int64_t k, int64_t at) { to[at] = x[k]; });
        continue;
      }
      x -= first;
      if (!of.order.empty()) {
        place_periods(of, x, first, last, to, past_cache);
      } else if (!of.list.empty()) {
        of.for_each(first, last, [&](int64_t k, int64_t at) { to[at] = x[k]; });
      } else {
        const PlaceRun *run = of.runs.data(), *end = run + of.runs.size();
        run = std::upper_bound(run, end, first, [](int64_t k, const PlaceRun& r) { return k < r.first + r.count; });
        walks.push_back({x, run, end});
      }
    }
    place_walks(walks, first, last, to, past_cache);
  };
  element_size == sizeof(float) ? place_all(static_cast<uint32_t*>(out)) : place_all(static_cast<uint64_t*>(out));
}

}  // namespace gradtape::core::kernels
