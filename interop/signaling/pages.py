"""Two pages of a browser that chat and call each other, as a person would use them."""

from urllib.parse import urlencode

from harness import places
from harness.report import Suite, expect

from .place import unique

suite = Suite()


class Chat:
    """`node/chat.html` as one person sees it."""

    def __init__(self, page, account):
        self.page, self.account = page, account

    @classmethod
    async def open(cls, place, word):
        query = urlencode({"app": place.server.app_id, "server": place.server.http})
        return cls(await place.worker.browser.open(f"{place.worker.pages.base}/chat.html?{query}"), unique(word))

    async def submit(self, form, **fields):
        """Fills in fields and submits their form."""
        for name, text in fields.items():
            await self.page.evaluate(f"document.getElementById({name!r}).value = {text!r}")
        await self.page.evaluate(f"document.querySelector('#{form} button').click()")

    async def click(self, button):
        await self.page.evaluate(f"document.getElementById({button!r}).click()")

    async def shows(self, element, text):
        await self.page.until(f"document.getElementById({element!r}).textContent", text)

    async def log(self, *lines):
        """The log holds exactly these lines."""
        await self.page.until("[...document.querySelectorAll('#log li')].map((line) => line.textContent).join('\\n')", "\n".join(lines))

    async def log_in(self):
        await self.submit("login", account=self.account)
        await self.shows("state", "logged in")


@suite.case("two pages chat, call each other, hang up")
async def chat_and_call(place):
    ann, bob = await Chat.open(place, "ann"), await Chat.open(place, "bob")
    channel = unique("room")
    for chat in (ann, bob):
        await chat.log_in()
        await chat.submit("join", channel=channel)
        await chat.page.until("document.querySelectorAll('#log li').length", 1)
    await ann.submit("say", text="Hello from a page — ünï")
    await bob.log(f"I joined {channel}", f"{ann.account}: Hello from a page — ünï")
    await bob.submit("whisper", peer=ann.account, private="psst")
    await ann.log(
        f"I joined {channel}", f"{bob.account} joined", f"{ann.account}: Hello from a page — ünï", f"{bob.account} to me: psst",
    )
    await ann.submit("invite", peer=bob.account)
    await bob.shows("call", f"{ann.account} rings")
    await ann.shows("call", f"ringing at {bob.account}")
    await bob.click("accept")
    for one, other in ((ann, bob), (bob, ann)):
        await one.shows("call", f"talking to {other.account}")
        await one.page.screenshot(places.cached("chromium", f"{one.account.split('-')[0]}.png"))
    await bob.click("end")
    await ann.shows("call", "ended by the peer")
    await bob.shows("call", "ended")
    expect(ann.page.errors + bob.page.errors, [], "errors in the pages")


@suite.case("a page logged in elsewhere shows 103; a second page may take over")
async def taken_over(place):
    first, second = await Chat.open(place, "ann"), await Chat.open(place, "ann")
    second.account = first.account
    await first.log_in()
    await second.log_in()
    await first.shows("state", "logged out 103")
