"""Answers GET /function/{{name}}?arg1=3&arg2=4: the values of the query are the arguments, in their order."""

import sys


def add(a: float, b: float) -> float:
    return a + b


if __name__ == "__main__":
    try:
        a, b = (float(argument) for argument in sys.argv[1:3])
    except ValueError:
        print("Two numbers are needed, as in ?arg1=3&arg2=4", file=sys.stderr)
        sys.exit(2)
    print(f"{a:g} + {b:g} = {add(a, b):g}")
