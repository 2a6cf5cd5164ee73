"""Runs the tests of signaling: every behaviour in Node and in Chromium, and what needs no SDK once."""

import asyncio
import contextlib

from harness.report import Case, expect
from harness.server import Server

from . import attributes, channels, delivery, endings, faults, invitations, limits, login, operator, pages, sockets
from .chromium import Browser, Chromium
from .clients import codes_seen
from .frames import replies_are_sound
from .network import Pages
from .node import Node
from .place import Place

PER_SDK = [case for module in (login, delivery, channels, attributes, invitations, endings, limits, operator, faults) for case in module.suite.cases]
IN_PAGES = pages.suite.cases
RAW = [case for suite in (delivery.raw, channels.raw, attributes.raw, invitations.raw, limits.raw, sockets.suite) for case in suite.cases]
SUBJECTS = ("node", "chromium", "raw")
# All that the SDK can report, by its own code.
CODES = {0, 100, 101, 102, 103, 201, 204, 206, 207, 209}
# Most of the time is waiting for time-outs of the protocol.
AT_ONCE = 12


def listed():
    """(name, where it runs) of every test."""
    return [
        *((case.name, "node, chromium") for case in [*PER_SDK, *FINALLY]),
        *((case.name, "chromium") for case in IN_PAGES),
        *((case.name, "raw") for case in RAW),
    ]


async def run(report, binary, wanted, subjects):
    """Runs the tests that are wanted at these subjects."""
    plan = {"node": PER_SDK, "chromium": [*PER_SDK, *IN_PAGES], "raw": RAW}
    plan = {subject: [case for case in plan[subject] if wanted(case)] for subject in subjects}
    if not any(plan.values()):
        return
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(Server(binary, "signaling"))
        places = {}
        if plan.get("node"):
            places["node"] = Place(await stack.enter_async_context(Node()), server, binary)
        if plan.get("chromium"):
            site = await stack.enter_async_context(Pages())
            browser = await stack.enter_async_context(Browser())
            places["chromium"] = Place(await stack.enter_async_context(Chromium(browser, site)), server, binary)
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(case, subject):
            async with slots:
                await report.run(case, subject, places.get(subject, server))

        await asyncio.gather(*(one(case, subject) for subject, cases in plan.items() for case in cases))
        for subject in places:
            for case in FINALLY:
                # Only a full run has seen everything.
                if plan[subject] == [*PER_SDK, *(IN_PAGES if subject == "chromium" else [])]:
                    await report.run(case, subject, places[subject])


async def every_code(place):
    """Every numeric code that this SDK can report was produced and seen."""
    seen = codes_seen[place.worker.name]
    expect((sorted(CODES - seen), sorted(seen - CODES)), ([], []), "codes that are missing, and others")
    return {"codes": ",".join(map(str, sorted(seen)))}


async def every_reply(place):
    """The replies of every connection of the whole run."""
    connections = await place.worker.ask("sockets")
    return {"connections": len(connections), "calls": sum(map(replies_are_sound, connections))}


async def nothing_thrown(place):
    """No frame and no answer of the whole run made the SDK throw."""
    expect(place.worker.thrown(), [], "what was thrown inside the SDK")


FINALLY = [
    Case("every code of the SDK was seen", every_code, lambda _subject: True),
    Case("nothing was thrown inside the SDK", nothing_thrown, lambda _subject: True),
    Case("S06 one sound reply to every call of the whole run", every_reply, lambda _subject: True),
]
