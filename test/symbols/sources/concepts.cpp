/* What C++20 puts into mangled names: constraints, generic lambdas, parameters that lambdas declare. */
#include <cstddef>

#define NOINLINE __attribute__((noinline))

namespace ns {
template <class T> concept Small = sizeof(T) <= 8;
template <class T, class U> concept Both = Small<T> && Small<U>;
struct Sum {
  using type = int;
  Sum operator+(const Sum &) const noexcept;
};

template <Small T> NOINLINE void constrained(T) {}
template <class T> requires Small<T> NOINLINE void clause(T) {}
template <class T> requires (Small<T> && sizeof(T) > 1) NOINLINE void conjunction(T) {}
template <class T> NOINLINE void trailing(T) requires Small<T> {}
template <class T> NOINLINE void written(T x) requires requires(T a, T b) { a == b; { a + b } -> Small; } {}
template <class T> NOINLINE void alone(T x) requires requires { typename T::type; requires sizeof(T) >= 1; { x + x } noexcept; } {}
template <Both<int> T> NOINLINE void both(T) {}
NOINLINE void abbreviated(Small auto x) {}
NOINLINE void abbreviatedTwice(Both<char> auto x, auto y) {}
template <Small auto N> NOINLINE void value() {}
template <template <Small> class C> NOINLINE void ofTemplate() {}
template <Small T> struct Box {
  T t;
  NOINLINE void member() {}
  NOINLINE void ifSmall() requires Small<T> {}
  template <Small U> NOINLINE void other(U) {}
  friend void of(Box) requires Small<T> {}
};

template <class F> NOINLINE void call(F f) { f(1); }
template <class F> NOINLINE void take(F f) {}
template <class T> NOINLINE void outer(T t) {
  take([](auto x) { return x; });
  take([](auto x, T y, auto... z) { return x; });
  take([]<class U>(U x) { return x; });
  take([]<class U, int N>(U (&x)[N], T t) { return 0; });
  take([]<template <class> class C, class... U>(C<U>... x, auto z) { return 0; });
  take([]<Small U>(U x) requires Small<U> { return x; });
  take([]<class U> requires Small<U> (U x) { return x; });
  take([](Small auto x) { return x; });
  call([](auto x) { return x; });
  call([]<Small U>(U x) { return x; });
}
}

int main() {
  using namespace ns;
  constrained(1);
  clause(1);
  conjunction(1);
  trailing(1);
  written(1);
  alone(Sum{});
  both(1);
  abbreviated(1);
  abbreviatedTwice(1, 2.0);
  value<3>();
  ofTemplate<Box>();
  Box<int> box;
  box.member();
  box.ifSmall();
  box.other('c');
  of(box);
  outer(1);
  outer('x');
  take([](auto x, auto y) { return [](auto z) { return z; }; });
}
