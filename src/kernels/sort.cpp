// Sorting with the order: stable, nan last. Keys are integers whose order is that of the numbers; long lines are sorted
// by their bytes, lowest first (radix sort), short ones by comparing.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/isa.hpp"
#include "kernels/kernels.hpp"
#include "kernels/room.hpp"

namespace gradtape::kernels {

namespace {
template <class T>
using Key = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

// Rising as the numbers do, or falling where `flip`; -0 and 0 are one, nan is above all.
template <class T>
Key<T> key_of(T x, Key<T> flip) {
  using K = Key<T>;
  constexpr K top = K(1) << (8 * sizeof(K) - 1);
  if constexpr (std::is_floating_point_v<T>) {
    if (x != x) return ~K(0);
    const K bits = std::bit_cast<K>(x + T(0));
    return (bits & top ? ~bits : bits | top) ^ flip;
  } else {
    return (static_cast<K>(x) ^ top) ^ flip;
  }
}

template <class K>
struct Entry {
  K key;
  int32_t index;
};

constexpr int64_t kShort = 48;  // entries up to which comparing is faster

template <class K>
void sort_short(Entry<K>* a, int64_t n) {
  for (int64_t i = 1; i < n; ++i) {
    const Entry<K> x = a[i];
    int64_t j = i;
    for (; j > 0 && x.key < a[j - 1].key; --j) a[j] = a[j - 1];
    a[j] = x;
  }
}

// Returns which of the two holds the result. Bytes that all keys share cost nothing.
template <class K>
Entry<K>* radix_sort(Entry<K>* a, Entry<K>* b, int64_t n) {
  std::array<std::array<uint32_t, 256>, sizeof(K)> counts{};
  for (int64_t i = 0; i < n; ++i)
    for (std::size_t byte = 0; byte < sizeof(K); ++byte) ++counts[byte][(a[i].key >> (8 * byte)) & 255];
  for (std::size_t byte = 0; byte < sizeof(K); ++byte) {
    auto& count = counts[byte];
    if (count[(a[0].key >> (8 * byte)) & 255] == static_cast<uint32_t>(n)) continue;
    uint32_t sum = 0;
    for (uint32_t& c : count) sum += std::exchange(c, sum);
    for (int64_t i = 0; i < n; ++i) b[count[(a[i].key >> (8 * byte)) & 255]++] = a[i];
    std::swap(a, b);
  }
  return a;
}

// The k first of n keys in order, by a heap of them whose top is the last: most keys are turned away many at a time.
template <class K>
void select_first(const K* keys, int64_t n, int64_t k, Entry<K>* first) {
  static const auto some_before = compiled_for_this_machine<[](const K* x, int64_t count, K bound, bool* some) {
    K least = x[0];
    for (int64_t i = 1; i < count; ++i) least = std::min(least, x[i]);
    *some = least < bound;
  },
                                                            const K*, int64_t, K, bool*>();
  constexpr int64_t kAtOnce = 128;
  const auto before = [](const Entry<K>& x, const Entry<K>& y) {
    return x.key != y.key ? x.key < y.key : x.index < y.index;
  };
  for (int64_t i = 0; i < k; ++i) first[i] = {keys[i], static_cast<int32_t>(i)};
  std::make_heap(first, first + k, before);
  for (int64_t from = k; from < n; from += kAtOnce) {
    const int64_t to = std::min(n, from + kAtOnce);
    bool some = false;
    some_before(keys + from, to - from, first[0].key, &some);
    for (int64_t i = from; some && i < to; ++i)
      if (keys[i] < first[0].key) {  // of equal ones the earlier stays
        std::pop_heap(first, first + k, before);
        first[k - 1] = {keys[i], static_cast<int32_t>(i)};
        std::push_heap(first, first + k, before);
      }
  }
  std::sort_heap(first, first + k, before);
}

template <class K>
Entry<K>* sort_entries(Entry<K>* a, Entry<K>* b, int64_t n) {
  if (n <= kShort) return sort_short(a, n), a;
  return radix_sort(a, b, n);
}

// Lines of n entries, `inner` apart, of which the first k in order are wanted.
struct Lines {
  int64_t n, k, inner;
  bool descending;
  bool few() const { return k < n / 16; }
};

// Neighbouring lines together, so that memory is read in order: at most this many.
constexpr int64_t kTogether = 16;

template <class T>
void write_lines(const Lines& l, int64_t count, Entry<Key<T>>* const* sorted, const T* x, T* values, int32_t* order) {
  for (int64_t i = 0; i < l.k; ++i)
    for (int64_t j = 0; j < count; ++j) {
      const int32_t from = sorted[j][i].index;
      order[i * l.inner + j] = from;
      values[i * l.inner + j] = x[from * l.inner + j];
    }
}
template <class T>
void sort_lines(const Lines& l, int64_t count, const T* x, T* values, int32_t* order, Entry<Key<T>>* room) {
  using K = Key<T>;
  const K flip = l.descending ? ~K(0) : K(0);
  for (int64_t i = 0; i < l.n; ++i)
    for (int64_t j = 0; j < count; ++j) room[j * l.n + i] = {key_of(x[i * l.inner + j], flip), static_cast<int32_t>(i)};
  Entry<K>* sorted[kTogether];
  for (int64_t j = 0; j < count; ++j) sorted[j] = room + j * l.n;
  // The scratch line behind the last changes places with a line that ends up there.
  Entry<K>* scratch = room + count * l.n;
  for (int64_t j = 0; j < count; ++j) {
    Entry<K>* result = sort_entries(sorted[j], scratch, l.n);
    if (result != sorted[j]) std::swap(sorted[j], scratch);
  }
  write_lines(l, count, sorted, x, values, order);
}
template <class T>
void select_lines(const Lines& l, int64_t count, const T* x, T* values, int32_t* order, Entry<Key<T>>* room) {
  using K = Key<T>;
  static const auto fill = compiled_for_this_machine<[](const T* from, int64_t n, K flip, K* to) {
    for (int64_t i = 0; i < n; ++i) to[i] = key_of(from[i], flip);
  },
                                                     const T*, int64_t, K, K*>();
  const K flip = l.descending ? ~K(0) : K(0);
  K* keys = reinterpret_cast<K*>(room + l.k);
  if (l.inner == 1)
    fill(x, l.n, flip, keys);
  else
    for (int64_t i = 0; i < l.n; ++i)
      for (int64_t j = 0; j < count; ++j) keys[j * l.n + i] = key_of(x[i * l.inner + j], flip);
  for (int64_t j = 0; j < count; ++j) {
    select_first(keys + j * l.n, l.n, l.k, room);
    write_lines(l, 1, &room, x + j, values + j, order + j);
  }
}
}  // namespace

void sorted(const KernelCall& c) {
  constexpr int64_t kShare = 1 << 12;  // entries that are worth a thread of their own
  const auto axis = static_cast<std::size_t>(c.integer("axis"));
  const Shape &in = *c.in[0].shape, &out = *c.out[0].shape;
  const Lines lines{in[axis], out[axis], in.product(axis + 1, in.rank()),
                    std::get<std::string>(c.attr("direction")) == "DESCENDING"};
  if (c.out[0].elements() == 0) return;
  const int64_t outer = in.product(0, axis), together = std::min(kTogether, lines.inner);
  const int64_t blocks = (lines.inner + together - 1) / together, parts = outer * blocks;
  const int64_t share = std::max<int64_t>(1, kShare / (lines.n * together));
  dispatch(c.in[0].dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    const Room<Entry<Key<T>>> room(c, static_cast<std::size_t>((together + 1) * lines.n));
    const auto run = [&](std::size_t item, int worker) {
      const int64_t first = static_cast<int64_t>(item) * share, last = std::min(parts, first + share);
      for (int64_t p = first; p < last; ++p) {
        const int64_t block = p / blocks, column = p % blocks * together;
        const int64_t to = block * lines.k * lines.inner + column;
        (lines.few() ? select_lines<T> : sort_lines<T>)(lines, std::min(together, lines.inner - column),
                                                        c.in[0].as<T>() + block * lines.n * lines.inner + column,
                                                        c.out[0].as<T>() + to, c.out[1].as<int32_t>() + to,
                                                        room.of(worker));
      }
    };
    c.workers.run(static_cast<std::size_t>((parts + share - 1) / share), run);
  });
}

}  // namespace gradtape::kernels
