"""Other people's SDKs, unmodified, against the real binary.

`cargo xtask interop` prepares everything and runs this; see README.md beside this file.
"""

import argparse
import asyncio
import resource
import sys
import time
from pathlib import Path


def arguments():
    parser = argparse.ArgumentParser(prog="interop/run.py", description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, default=Path("target/release/visavis"), help="the server to test")
    parser.add_argument("--sdk", action="append", metavar="NAME", help="only this environment (may be repeated); 'raw' for none; 'node' and 'chromium' for signaling")
    parser.add_argument("--half", choices=("avatar", "signaling"), help="only this half of the tests")
    parser.add_argument("--only", default="", metavar="TEXT", help="only tests whose name contains this")
    parser.add_argument("--write-compatibility", action="store_true", help="write docs/reference/compatibility.md; needs a full run")
    parser.add_argument("--list", action="store_true", help="print the tests and stop")
    options = parser.parse_args()
    if options.write_compatibility and (options.sdk or options.only or options.half):
        parser.error("--write-compatibility needs a full run: without --sdk, --half and --only")
    return options


async def main(options):
    from harness.report import Report
    from signaling import suites

    def wanted(case):
        return options.only.lower() in case.name.lower()

    if options.list:
        list_avatar()
        for name, subjects in suites.listed():
            print(f"{name}: {subjects}")
        return 0

    report = Report()
    began = time.monotonic()
    if options.half != "signaling":
        await avatar(options, report, wanted)
    if options.half != "avatar":
        subjects = [subject for subject in suites.SUBJECTS if not options.sdk or subject in options.sdk]
        await suites.run(report, options.binary, wanted, subjects)

    report.print()
    report.write()
    passed, failed, skipped = report.counts()
    print(f"\n{time.monotonic() - began:.0f} s")
    print(f"interop: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


def avatar_cases():
    """Cases for every SDK; cases for none that share a server; cases for none that have their own."""
    from avatar import bad_input, contract, control, faults, opus, refusals, streaming

    per_sdk = [case for module in (streaming, control, opus, refusals, faults) for case in module.suite.cases]
    return per_sdk, [*contract.suite.cases, *faults.raw.cases], bad_input.suite.cases


def list_avatar():
    from harness.sdk import SDKS

    per_sdk, *alone = avatar_cases()
    for case in per_sdk:
        print(f"{case.name}: {', '.join(sdk.environment for sdk in SDKS if case.applies(sdk))}")
    for cases in alone:
        for case in cases:
            print(f"{case.name}: raw")


async def avatar(options, report, wanted):
    """The avatar service: every SDK, then what needs none, then the reference that a full run keeps current."""
    from avatar import compatibility, faults
    from avatar.place import Place, new_app
    from harness.report import Case, Skip
    from harness.sdk import SDKS, Worker
    from harness.server import Server

    per_sdk, on_one_server, on_their_own = avatar_cases()
    sdks = [sdk for sdk in SDKS if not options.sdk or sdk.environment in options.sdk]
    raw = not options.sdk or "raw" in options.sdk

    async def one_sdk(sdk, server):
        async with Worker(sdk) as worker:
            place = Place(sdk, worker, server, options.binary)
            place.app_id, place.api_key = await new_app(server, 1_000_000, sdk.environment)
            mine = [case for case in per_sdk if wanted(case) and case.applies(sdk)]
            for case in mine:
                if case not in faults.suite.cases:
                    await report.run(case, sdk.environment, place)
            # Faults answer at once and need nothing of one another.
            place.app_id, place.api_key = await place.new_app(test=True, concurrencyMax=1000)
            on_purpose = [case for case in mine if case in faults.suite.cases]
            await asyncio.gather(*(report.run(case, sdk.environment, place) for case in on_purpose))

    async def reference(_options):
        if report.counts()[1]:
            raise Skip("something else failed")
        if options.write_compatibility:
            compatibility.PATH.write_text(compatibility.render(report.outcomes))
        compatibility.check(report.outcomes)

    async with Server(options.binary) as server:
        print(f"{options.binary.name} ready in {1000 * server.ready_s:.0f} ms", flush=True)
        await asyncio.gather(*(one_sdk(sdk, server) for sdk in sdks))
        if raw:
            for case in filter(wanted, on_one_server):
                await report.run(case, "raw", server)
    if raw:
        async with Server(options.binary, "bad-input") as server:
            for case in filter(wanted, on_their_own):
                await report.run(case, "raw", server, 300)

    if not options.sdk and not options.only:
        await report.run(Case("docs/reference/compatibility.md is current", reference, None), "raw", options)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    # A thousand sockets need as many files.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sys.exit(asyncio.run(main(arguments())))
