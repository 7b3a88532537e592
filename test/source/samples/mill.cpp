// Calls what an assembly file holds, and what a header does, which is inlined.
#include "grind.h"

extern "C" int spin(int n);

[[gnu::noinline]] int mill(int n) {
  int ground = grind(n);
  int spun = spin(n);
  return ground + spun;
}

int main(int argc, char **) { return mill(argc) & 1; }
