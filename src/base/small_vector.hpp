// A vector that keeps its first N elements inside itself: most nodes have one to three inputs and one output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace gradtape::core {

// Whether elements may move by a copy of their bytes, with no destructor for the bytes that are left.
template <class T>
inline constexpr bool kMovesByBytes = std::is_trivially_copyable_v<T>;

// The bytes inside a vector may be copied before they have a value. GCC's analysis takes that for a read.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

template <class T, std::size_t N>
class SmallVector {
 public:
  SmallVector() noexcept {}
  SmallVector(std::initializer_list<T> items) { assign(items.begin(), items.end()); }
  explicit SmallVector(std::size_t n, const T& value = T()) { resize(n, value); }
  template <class It>
  requires(!std::is_integral_v<It>) SmallVector(It first, It last) { assign(first, last); }
  SmallVector(const SmallVector& other) { copy(other); }
  SmallVector(SmallVector&& other) noexcept { take(other); }
  SmallVector& operator=(const SmallVector& other) {
    if (this != &other) {
      SmallVector copy(other);
      clear_and_free();
      take(copy);
    }
    return *this;
  }
  SmallVector& operator=(SmallVector&& other) noexcept {
    if (this != &other) {
      clear_and_free();
      take(other);
    }
    return *this;
  }
  ~SmallVector() { clear_and_free(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return is_local() ? reinterpret_cast<T*>(inline_) : heap_; }
  const T* data() const { return is_local() ? reinterpret_cast<const T*>(inline_) : heap_; }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }
  T& back() { return data()[size_ - 1]; }
  const T& back() const { return data()[size_ - 1]; }
  operator std::span<const T>() const { return {data(), size_}; }

  void push_back(const T& value) { push_back(T(value)); }  // a copy first: it may be an element of this vector
  void push_back(T&& value) {
    if (size_ == capacity_) grow(capacity_ * std::size_t{2});
    new (data() + size_) T(std::move(value));
    ++size_;
  }
  void pop_back() { data()[--size_].~T(); }
  void reserve(std::size_t n) {
    if (n > capacity_) grow(n);
  }
  void resize(std::size_t n, const T& value = T()) {
    reserve(n);
    while (size_ > n) pop_back();
    while (size_ < n) push_back(value);
  }
  void clear() {
    if constexpr (std::is_trivially_destructible_v<T>) size_ = 0;
    while (size_ > 0) pop_back();
  }
  void insert(std::size_t position, T value) {
    push_back(std::move(value));
    for (std::size_t i = size_ - 1; i > position; --i) std::swap(data()[i], data()[i - 1]);
  }
  template <class It>
  void append(It first, It last) {  // of another vector
    for (; first != last; ++first) push_back(*first);
  }
  void erase(std::size_t position) {
    for (std::size_t i = position; i + 1 < size_; ++i) data()[i] = std::move(data()[i + 1]);
    pop_back();
  }

  friend bool operator==(const SmallVector& a, const SmallVector& b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i)
      if (!(a.data()[i] == b.data()[i])) return false;
    return true;
  }

 private:
  bool is_local() const { return capacity_ <= N; }

  template <class It>
  void assign(It first, It last) {
    try {
      for (; first != last; ++first) push_back(*first);
    } catch (...) {
      clear_and_free();  // a constructor that throws runs no destructor
      throw;
    }
  }
  void copy(const SmallVector& other) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      reserve(other.size_);
      // All elements inside the vector, used or not: their number is known when this is compiled.
      if (is_local() && other.is_local())
        __builtin_memcpy(inline_, other.inline_, sizeof inline_);
      else if (other.size_ > 0)
        __builtin_memcpy(data(), other.data(), other.size_ * sizeof(T));
      size_ = other.size_;
    } else {
      reserve(other.size_);
      assign(other.begin(), other.end());
    }
  }
  // Moves n elements to memory that has none.
  static void relocate(T* from, T* to, std::size_t n) {
    if constexpr (kMovesByBytes<T>) {
      __builtin_memcpy(static_cast<void*>(to), static_cast<const void*>(from), n * sizeof(T));
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        new (to + i) T(std::move(from[i]));
        from[i].~T();
      }
    }
  }
  void grow(std::size_t capacity) {
    T* fresh = static_cast<T*>(::operator new(capacity * sizeof(T), std::align_val_t(alignof(T))));
    relocate(data(), fresh, size_);
    if (!is_local()) ::operator delete(heap_, std::align_val_t(alignof(T)));
    heap_ = fresh;
    capacity_ = static_cast<std::uint32_t>(capacity);
  }
  void clear_and_free() {
    clear();
    if (!is_local()) ::operator delete(heap_, std::align_val_t(alignof(T)));
    capacity_ = N;
  }
  // Moves the elements of another vector into this empty one, which has no memory of its own.
  void take(SmallVector& other) noexcept {
    if (!other.is_local())
      heap_ = other.heap_;
    else if constexpr (kMovesByBytes<T>)
      __builtin_memcpy(inline_, other.inline_, sizeof inline_);
    else
      relocate(other.data(), data(), other.size_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, static_cast<std::uint32_t>(N));
  }

  union {
    alignas(T) std::byte inline_[N * sizeof(T)];
    T* heap_;
  };
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = N;
};

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

template <class T, std::size_t N>
inline constexpr bool kMovesByBytes<SmallVector<T, N>> = kMovesByBytes<T>;

}  // namespace gradtape::core
