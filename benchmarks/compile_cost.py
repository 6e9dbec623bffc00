"""What including the library costs a user, next to yardsticks compiled in the same run.

    python3 benchmarks/compile_cost.py [--compiler g++] [--repeat N]

Compiles with -O0, without ccache, and prints the processor seconds, the largest memory of the
compiler and the preprocessed lines of each file. Seconds depend on the machine and are no measure;
their ratios are, and stand beside their budgets. Exceeding one is said aloud, and is no failure:
only a file that does not compile is.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent / "compile_cost"
INCLUDE = HERE.parents[1] / "include"

# name: file, definitions, what it stands for
FILES = {
    "t13": ("t13.cpp", [], "yardstick: an asynchronous class, bodies elsewhere"),
    "t06": ("t06.cpp", [], "yardstick: Asio, Beast, TLS and JSON included whole"),
    "separate": ("user.cpp", ["-DSCRAPINGPROS_SEPARATE_COMPILATION"], "a user's file, definitions compiled once"),
    "header-only": ("user.cpp", [], "a user's file, header-only mode"),
}


def command(compiler, name):
    file, definitions, _ = FILES[name]
    return [compiler, "-std=c++20", "-O0", f"-I{INCLUDE}", *definitions, str(HERE / file)]


def compile_once(compiler, name):
    """Processor seconds and MiB of one compilation."""
    process = subprocess.Popen([*command(compiler, name), "-c", "-o", os.devnull])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"compile_cost: {FILES[name][0]} ({name}) does not compile")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def lines_of(compiler, name):
    output = subprocess.run([*command(compiler, name), "-E", "-P"], check=True, capture_output=True).stdout
    return output.count(b"\n")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--compiler", default="g++")
    arguments.add_argument("--repeat", type=int, default=1, help="the median of so many compilations")
    options = arguments.parse_args()
    os.environ["CCACHE_DISABLE"] = "1"  # where g++ is a link to ccache

    seconds, memory = {}, {}
    print(f"{options.compiler} -O0{'seconds':>14}{'MiB':>7}{'lines':>9}")
    for name, (_, _, meaning) in FILES.items():
        runs = [compile_once(options.compiler, name) for _ in range(options.repeat)]
        seconds[name] = statistics.median(run[0] for run in runs)
        memory[name] = max(run[1] for run in runs)
        lines = lines_of(options.compiler, name)
        print(f"{name:13}{seconds[name]:8.2f}{memory[name]:7.0f}{lines:9}  {meaning}", flush=True)

    goals = [
        ("G13", "separate / t13, seconds", seconds["separate"] / seconds["t13"], 1.25, "x"),
        ("G14", "header-only / t06, seconds", seconds["header-only"] / seconds["t06"], 2.0, "x"),
        ("G15", "header-only, memory", memory["header-only"], 650, " MiB"),
    ]
    for goal, meaning, value, budget, unit in goals:
        verdict = "within" if value <= budget else "OVER BUDGET:"
        shown = f"{value:.2f}" if unit == "x" else f"{value:.0f}"
        print(f"{goal}  {meaning:28}{shown:>6}{unit}  {verdict} {budget}{unit}")


main()
