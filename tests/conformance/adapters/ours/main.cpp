// The adapter of this project's own client for the conformance kit: JSON lines on stdin and stdout, as
// ADAPTERS.md has them. One translation unit, because each costs the build half a minute.

#include "adapter.hpp"
#include "stock_parts.hpp"

int main()
{
    return conformance::converse<conformance::stock_parts>();
}
