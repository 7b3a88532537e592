// Bodies inlined into each other within one file, each on lines of its own.
package main

import "os"

func mix(v uint32) uint32 {
	v ^= v >> 7
	v *= 2654435761
	return v ^ v<<3
}

func step(v, by uint32) uint32 {
	v = mix(v)
	return v + by
}

//go:noinline
func stock(v, n uint32) uint32 {
	for i := uint32(0); i < n; i++ {
		v = step(v, i)
	}
	return v
}

func main() {
	os.Exit(int(stock(uint32(len(os.Args)), 1000) & 1))
}
