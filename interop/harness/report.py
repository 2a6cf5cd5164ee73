"""Tests by name, their outcomes, the table and results.json."""

import asyncio
import contextvars
import json
import time
import traceback
from dataclasses import dataclass, field

from . import places


class Skip(Exception):
    """The test does not apply here; says why."""


@dataclass
class Case:
    name: str
    function: object
    applies: object


@dataclass
class Outcome:
    name: str
    subject: str
    status: str
    seconds: float
    note: str = ""
    figures: dict = field(default_factory=dict)
    # The errors that the SDK reported, by what caused them.
    found: dict = field(default_factory=dict)


_current = contextvars.ContextVar("current")


def found(row, error):
    """Notes an error that the running case was after; `row` is by default the first word of the case's name."""
    outcome = _current.get()
    errors = outcome.found.setdefault(row or outcome.name.split()[0], [])
    if error not in errors:
        errors.append(error)


class Suite:
    """A list of cases that all take the same argument."""

    def __init__(self):
        self.cases = []

    def case(self, name, applies=lambda _subject: True):
        def register(function):
            self.cases.append(Case(name, function, applies))
            return function

        return register


class Report:
    def __init__(self):
        self.outcomes = []

    async def run(self, case, subject, argument, limit_s=120):
        """Runs one case; prints its line at once."""
        outcome = Outcome(case.name, subject, "fail", 0)
        # Each case sees its own, also when several run at once.
        token = _current.set(outcome)
        began, figures = time.monotonic(), {}
        try:
            async with asyncio.timeout(limit_s):
                figures = await case.function(argument) or {}
            status, note = "pass", ""
        except Skip as skip:
            status, note = "skip", str(skip)
        except TimeoutError as error:
            status, note = "fail", f"timed out: {where(error)}"
        except AssertionError as error:
            status, note = "fail", str(error) or where(error)
        except Exception as error:
            status, note = "fail", f"{type(error).__name__}: {error} at {where(error)}"
        finally:
            _current.reset(token)
        outcome.status, outcome.note, outcome.figures = status, note, figures
        outcome.seconds = time.monotonic() - began
        self.outcomes.append(outcome)
        shown = " ".join(f"{key}={value}" for key, value in figures.items())
        print(f"  {status:<4}  {subject:<15} {case.name:<58} {outcome.seconds:6.1f} s  {note or shown}", flush=True)

    def counts(self):
        return tuple(sum(outcome.status == status for outcome in self.outcomes) for status in ("pass", "fail", "skip"))

    def print(self):
        subjects = list(dict.fromkeys(outcome.subject for outcome in self.outcomes))
        names = list(dict.fromkeys(outcome.name for outcome in self.outcomes))
        by = {(outcome.name, outcome.subject): outcome for outcome in self.outcomes}
        width = max(map(len, names), default=0)
        print("\n" + " " * width + "  " + "  ".join(subjects))
        for name in names:
            cells = (by[name, subject].status if (name, subject) in by else "" for subject in subjects)
            row = "  ".join(f"{cell:^{len(subject)}}" for cell, subject in zip(cells, subjects))
            print(f"{name:<{width}}  {row}")
        failures = [outcome for outcome in self.outcomes if outcome.status == "fail"]
        for outcome in failures:
            print(f"\nFAIL {outcome.subject}: {outcome.name}\n     {outcome.note}")

    def write(self):
        passed, failed, skipped = self.counts()
        results = {
            "passed": passed,
            "failed": failed,
            "skipped": skipped,
            "results": [vars(outcome) for outcome in self.outcomes],
        }
        path = places.cached("results.json")
        path.write_text(json.dumps(results, indent=1) + "\n")


def where(error):
    """The innermost line of the tests' own code."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/interop/" in frame.filename]
    if not frames:
        return type(error).__name__
    frame = frames[-1]
    return f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} ({frame.line})"


def expect(found, wanted, what):
    """The assertion that says both sides."""
    if found != wanted:
        raise AssertionError(f"{what}: wanted {wanted!r}, found {found!r}")
