#ifndef BENCHMARKS_HEAP_COUNTER_HPP
#define BENCHMARKS_HEAP_COUNTER_HPP

// Counts what a program allocates with `new`: replaces it, so it is for one source file of a program.

#include <cstddef>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

std::size_t heap_now = 0;
std::size_t heap_peak = 0;

}  // namespace

void* operator new(std::size_t size)
{
    void* block = std::malloc(size);
    if (!block) throw std::bad_alloc();
    heap_now += malloc_usable_size(block);
    if (heap_now > heap_peak) heap_peak = heap_now;
    return block;
}

void operator delete(void* block) noexcept
{
    heap_now -= malloc_usable_size(block);
    std::free(block);
}

void operator delete(void* block, std::size_t) noexcept
{
    operator delete(block);
}

#endif
