#!/usr/bin/env python3
"""The Autobahn test suite, unmodified, against a WebSocket echo server.

It runs under Python 2.7 only: pyenv's, or whichever `python2.7` or `pypy` is on the PATH.

    interop/autobahn/run.py --url ws://127.0.0.1:9001
    interop/autobahn/run.py -- target/release/visavis-bench echo --listen 127.0.0.1:{port}
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
CACHE = HERE.parent / ".cache"
VENV = CACHE / "venv-autobahn"
REPORTS = CACHE / "autobahn"

# The last virtualenv that makes environments of Python 2.7.
VIRTUALENV = "virtualenv==20.15.1"

# Framing, pings, reserved bits, opcodes, fragments, UTF-8, closing, limits; 12 and 13 are compression, which the
# signaling protocol does without.
CASES = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*"]

# What the suite itself says without judging: how a server closes where the standard leaves it open.
PASSED = {"OK", "INFORMATIONAL"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="an echo server that runs already")
    parser.add_argument("--cases", help="such as 6.*,7.1.*; default all but compression")
    parser.add_argument("server", nargs="*", help="how to start the echo server; {port} is replaced")
    arguments = parser.parse_args()
    if bool(arguments.url) == bool(arguments.server):
        parser.error("give either --url or a command")
    wstest = prepare()
    cases = arguments.cases.split(",") if arguments.cases else CASES
    if arguments.url:
        return run(wstest, arguments.url, cases)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([word.replace("{port}", str(port)) for word in arguments.server])
    try:
        wait_for(port, server)
        return run(wstest, f"ws://127.0.0.1:{port}", cases)
    finally:
        server.terminate()
        server.wait()


def prepare() -> pathlib.Path:
    """The suite in an environment of its own, made again only when its version has changed."""
    wanted = (HERE / "requirements.txt").read_text()
    stamp = VENV / "requirements.stamp"
    wstest = VENV / "bin" / "wstest"
    if stamp.exists() and stamp.read_text() == wanted:
        return wstest
    python = python2()
    shutil.rmtree(VENV, ignore_errors=True)
    tool = CACHE / "virtualenv2"
    quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    call([python, *quiet, "--target", tool, "--upgrade", VIRTUALENV])
    call([python, "-m", "virtualenv", "--quiet", VENV], {**os.environ, "PYTHONPATH": str(tool)})
    call([VENV / "bin" / "python", *quiet, "--requirement", HERE / "requirements.txt"])
    stamp.write_text(wanted)
    return wstest


def python2() -> str:
    root = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
    for python in sorted(root.glob("versions/2.7*/bin/python"), reverse=True):
        return str(python)
    for name in ["python2.7", "pypy", "python2"]:
        if found := shutil.which(name):
            return found
    sys.exit("autobahntestsuite runs under Python 2.7 only, and there is none; with pyenv: pyenv install 2.7.18")


def run(wstest: pathlib.Path, url: str, cases: list[str]) -> int:
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    spec = REPORTS / "spec.json"
    agent = "visavis"
    spec.write_text(
        json.dumps(
            {
                "outdir": str(REPORTS),
                "servers": [{"agent": agent, "url": url}],
                "cases": cases,
                "exclude-cases": [],
                "exclude-agent-cases": {},
            }
        )
    )
    with open(REPORTS / "wstest.log", "w", encoding="utf-8") as log:
        code = subprocess.call([wstest, "-m", "fuzzingclient", "-s", spec], cwd=REPORTS, stdout=log, stderr=log)
    index = REPORTS / "index.json"
    if code or not index.exists():
        print(f"autobahn: wstest ended with {code}; {REPORTS / 'wstest.log'} says why")
        return 1
    return summarise(json.loads(index.read_text())[agent])


def summarise(cases: dict) -> int:
    """A table by category; every case that has not passed by name."""
    by_category: dict = collections.defaultdict(collections.Counter)
    failed = 0
    for name in sorted(cases, key=lambda name: [int(part) for part in name.split(".")]):
        verdict = (cases[name]["behavior"], cases[name]["behaviorClose"])
        worst = next((word for word in verdict if word not in PASSED), verdict[0])
        by_category[int(name.split(".")[0])][worst] += 1
        if worst not in PASSED:
            failed += 1
            print(f"{name}: behaviour {verdict[0]}, closing {verdict[1]}")
    print("\n| cases | OK | informational | non-strict | failed |\n| --- | --- | --- | --- | --- |")
    total: collections.Counter = collections.Counter()
    for category, counts in sorted(by_category.items()):
        total.update(counts)
        print(line(f"{category}.*", counts))
    print(line("all", total))
    print(f"\nautobahn: {len(cases) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


def line(name: str, counts: collections.Counter) -> str:
    rest = sum(counts.values()) - counts["OK"] - counts["INFORMATIONAL"] - counts["NON-STRICT"]
    return f"| {name} | {counts['OK']} | {counts['INFORMATIONAL']} | {counts['NON-STRICT']} | {rest} |"


def wait_for(port: int, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("the echo server does not listen")


def call(words: list, environment: dict | None = None) -> None:
    done = subprocess.run([str(word) for word in words], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{words[0]} failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    sys.exit(main())
