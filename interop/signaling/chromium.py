"""The SDK in pages of headless Chromium, driven over its DevTools protocol."""

import asyncio
import base64
import itertools
import json
import os
import shutil

from harness import places
from harness.websocket import TEXT, Closed, Socket

from .clients import Worker

# Pages that nobody looks at must keep their timers.
FLAGS = (
    "--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-timer-throttling", "--disable-dev-shm-usage",
    "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--remote-debugging-port=0", "--proxy-server=direct://",
)


class Browser:
    """One Chromium process."""

    async def __aenter__(self):
        profile = places.cached("chromium", "profile")
        shutil.rmtree(profile, ignore_errors=True)
        # Its sandbox does not start for root, as which containers run.
        flags = [*FLAGS, f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        with open(places.cached("logs", "chromium.log"), "w") as log:
            self.process = await asyncio.create_subprocess_exec(
                "chromium", *flags, "about:blank", stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )
        async with asyncio.timeout(30):
            while not (port := profile / "DevToolsActivePort").exists() or len(port.read_text().split()) < 2:
                await asyncio.sleep(0.05)
            number, path = port.read_text().split()
        self.socket = await Socket.open(f"ws://127.0.0.1:{number}{path}")
        self.numbers, self.answers, self.listeners = itertools.count(1), {}, {}
        self.reading = asyncio.create_task(self.read())
        return self

    async def __aexit__(self, *_):
        await self.call("Browser.close")
        try:
            await asyncio.wait_for(self.process.wait(), 10)
        except TimeoutError:
            self.process.kill()
        self.reading.cancel()

    async def read(self):
        try:
            while True:
                message = json.loads((await self.socket.receive(None))[1])
                if "id" in message:
                    answer = self.answers.pop(message["id"])
                    if not answer.done():
                        answer.set_result(message)
                elif listener := self.listeners.get((message.get("sessionId"), message["method"])):
                    listener(message["params"])
        except Closed:
            for answer in self.answers.values():
                if not answer.done():
                    answer.set_result({"result": {}})

    async def call(self, method, session=None, **params):
        number = next(self.numbers)
        answer = self.answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        await self.socket.send(json.dumps(message).encode(), TEXT)
        async with asyncio.timeout(60):
            message = await answer
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']['message']}")
        return message["result"]

    async def open(self, url, bindings=()):
        """A page in a window of its own; `bindings` are functions the page may call with a text."""
        target = (await self.call("Target.createTarget", url="about:blank", newWindow=True, width=640, height=760))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime"):
            await page.call(f"{domain}.enable")
        self.listeners[session, "Runtime.exceptionThrown"] = page.threw
        self.listeners[session, "Runtime.consoleAPICalled"] = page.said
        for name, function in dict(bindings).items():
            await page.call("Runtime.addBinding", name=name)
            self.listeners[session, "Runtime.bindingCalled"] = lambda called: function(called["payload"])
        loaded = asyncio.get_running_loop().create_future()
        self.listeners[session, "Page.loadEventFired"] = lambda _: loaded.done() or loaded.set_result(None)
        await page.call("Page.navigate", url=url)
        async with asyncio.timeout(30):
            await loaded
        return page


class Page:
    """One page."""

    def __init__(self, browser, session):
        self.browser, self.session = browser, session
        self.errors = []

    def threw(self, event):
        details = event["exceptionDetails"]
        self.errors.append(details.get("exception", {}).get("description") or details["text"])

    def said(self, event):
        if event["type"] == "error":
            self.errors += [argument.get("description") or str(argument.get("value")) for argument in event["args"]]

    async def call(self, method, **params):
        return await self.browser.call(method, self.session, **params)

    async def evaluate(self, expression):
        """The value of an expression in the page."""
        answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression[:80]}: {answer['exceptionDetails'].get('exception', {}).get('description')}")
        return answer["result"].get("value")

    async def until(self, expression, wanted, timeout_s=10):
        """Waits for a value in the page."""
        try:
            async with asyncio.timeout(timeout_s):
                while (found := await self.evaluate(expression)) != wanted:
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{expression}: wanted {wanted!r}, found {found!r}") from None

    async def screenshot(self, path):
        picture = await self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(picture["data"]))


class Chromium(Worker):
    """A page that runs the driver."""

    def __init__(self, browser, pages):
        super().__init__("chromium")
        self.browser, self.pages = browser, pages

    async def __aenter__(self):
        url = f"{self.pages.base}/driver.html"
        self.page = await self.browser.open(url, {"tell": lambda text: self.hear(json.loads(text))})
        return self

    async def __aexit__(self, *_):
        pass

    def thrown(self):
        """What was thrown inside the SDK: it catches some of it and logs it."""
        return self.page.errors

    async def say(self, message):
        await self.page.call("Runtime.evaluate", expression=f"void carryOut({json.dumps(message)})")
