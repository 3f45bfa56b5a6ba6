"""Loads a saved model in a peer, warms up once, and prints the seconds of more executions as JSON.

    run_model.py PEER SETTING PRECISION FILE INPUT --threads 2 --repeats 3 [--output FILE]
"""
import argparse
import json
import time
from importlib.metadata import version

from safetensors.numpy import load_file, save_file

from engines import ENGINES


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("peer", "setting", "precision", "file", "input"):
        parser.add_argument(name)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--output", help="where to write the output, after the timing")
    options = parser.parse_args()
    engine, x = ENGINES[options.peer], load_file(options.input)["input"]
    run = engine.load_module().load(options.file, options.setting, options.precision, options.threads)
    output, samples = run(x), []
    for _ in range(options.repeats):
        start = time.perf_counter()
        output = run(x)
        samples.append(time.perf_counter() - start)
    if options.output:
        save_file({"output": output}, options.output)
    print(json.dumps({"samples": samples, "version": version(engine.package)}))


if __name__ == "__main__":
    main()
