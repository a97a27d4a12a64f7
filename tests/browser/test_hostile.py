"""Hostile words in every box, header and name, and everybody's pages looked at: nothing runs, nothing leaves (reliability, S4)."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from astreinte.core import clock
from astreinte.customers.models import Customer, Plan
from astreinte.monitoring.models import Incident
from astreinte.notifications import links
from astreinte.notifications.models import Notification
from astreinte.tickets.models import Dispute, Ticket
from tests.doors.portal import drafted, hidden, signed_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("desk"),
]

WORDS = [
    line
    for line in (Path(__file__).parents[1] / "data" / "hostile_words.txt").read_text(encoding="utf-8").splitlines()
    if line
]
ALL = "\n\n".join(WORDS)
# What a page tells of itself once it is loaded: what ran, what the policy refused, and what no text may become.
LISTEN = (
    "addEventListener('securitypolicyviolation', e => (window.refused ||= []).push(e.violatedDirective + e.blockedURI))"
)
TELL = """() => {
    const wrong = [...(window.refused || []), ...("pwned" in window ? ["it ran"] : [])];
    const at_home = (url) => url.protocol === "mailto:" || url.protocol === "data:" || url.origin === location.origin;
    for (const one of document.querySelectorAll("*")) {
        const says = one.outerHTML.slice(0, 160);
        for (const {name} of one.attributes) if (/^(on|style$|srcdoc$|formaction$|hx-)/i.test(name)) wrong.push(says);
        if (/^(iframe|object|embed|base|style|math|marquee|img|video|audio|foreignobject)$/i.test(one.localName)) wrong.push(says);
        if (one.localName === "meta" && one.httpEquiv) wrong.push(says);
        if (one.localName === "script" && !one.getAttribute("src")?.startsWith("/static/")) wrong.push(says);
        if (one.localName === "link" && !at_home(new URL(one.href))) wrong.push(says);
        if (one.localName === "form" && !at_home(new URL(one.getAttribute("action") || "", location))) wrong.push(says);
        if (one.localName === "a" && one.hasAttribute("href") && !/^(https?|mailto):$/.test(one.protocol)) wrong.push(says);
        if (one.localName === "a" && one.hasAttribute("xlink:href")) wrong.push(says);
    }
    return wrong;
}"""
# How a browser sends a quote in the name of a file; a slash would begin the name.
AS_A_FILE = str.maketrans({'"': "%22", "/": "\u2215", "\\": "\u2216"})
QUIET = re.compile(r"status of (404|422)")


def in_lines_of(limit: int) -> list[str]:
    """All of them, as many on a line as its box takes."""
    lines = [""]
    for word in WORDS:
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if len(longer) <= limit else [*lines, word[:limit]]
    return lines


@pytest.fixture
def hostile(world):
    """A world whose every name was chosen to hurt: the provider file allows most of these."""
    world.now = clock.now()
    (phone,) = world.on_call("Alice")
    world.alice = phone.user
    names = in_lines_of(190)
    for index, person in enumerate((world.jeanne, world.karim, world.alice, world.chloe, world.denis)):
        person.name = names[index]
        person.save()
    Customer.objects.filter(pk=world.boulangerie.pk).update(name=names[5], street=names[6], city=names[7][:90])
    Plan.objects.filter(pk=world.web1.plan_id).update(name=WORDS[21])
    world.web1.name, world.provider.name, world.provider.legal_form = names[8], names[9], names[10]
    world.web1.save()
    world.provider.save()
    for name in names[11:14]:
        incident = Incident.objects.create(title=name, opened_at=world.now)
        incident.servers.set([world.web2])
    return world


def says_everything(world) -> Ticket:
    """A whole case, each word of it hostile, by the doors that people use. Gives the ticket, urgent and contested."""
    jeanne, alice, chloe = (signed_in(person) for person in (world.jeanne, world.alice, world.chloe))
    for client in (jeanne, alice, chloe):
        client.defaults["HTTP_USER_AGENT"] = in_lines_of(480)[0]
    ticket = opens_urgent(world, jeanne)
    for line in in_lines_of(200):
        key = drafted(jeanne, world.web1, subject=line, since=line, changed=line, details=line)
        assert jeanne.post(reverse("portal:standard", args=[key])).status_code == 302
    for start in range(0, len(WORDS), 10):
        words = WORDS[start : start + 10]
        files = [SimpleUploadedFile(f"{word.translate(AS_A_FILE)}.txt", b"said") for word in words]
        jeanne.post(reverse("portal:say", args=[ticket.ref]), {"body": "\n\n".join(words), "files": files})
    alice.post(reverse("console:say", args=[ticket.ref]), {"audience": "internal", "body": ALL})
    alice.post(reverse("console:take", args=[ticket.ref]), {"eta_minutes": "15"})
    alice.post(reverse("console:resolve", args=[ticket.ref]), {"summary": ALL})
    proofs = [str(one.pk) for one in ticket.evidence.all()]
    given = {"clause": "customer-app", "justification": ALL, "evidence": proofs}
    alice.post(reverse("console:verdict", args=[ticket.ref]), given)
    jeanne.post(reverse("portal:contest", args=[ticket.ref]), {"reason": ALL})
    chloe.post(reverse("console:decide", args=[ticket.ref]), {"decision": "upheld", "answer": ALL})
    assert Dispute.objects.get().state == "upheld"
    assert ticket.messages.count() == len(range(0, len(WORDS), 10)) + 1
    return ticket


def opens_urgent(world, jeanne) -> Ticket:
    key = drafted(jeanne, world.web1, subject=WORDS[0], since=WORDS[15], changed=WORDS[21], details=ALL)
    address = reverse("portal:confirm", args=[key])
    assert jeanne.post(address, hidden(jeanne.get(address))).status_code == 302
    return Ticket.objects.get()


class Reader:
    """Somebody whose browser reports all that runs, is refused, or calls elsewhere."""

    def __init__(self, browser, home: str, client=None) -> None:
        self.home, self.heard = home, []
        self.context = browser.new_context(locale="en-GB")
        self.context.add_init_script(LISTEN)
        cookies = client.cookies if client else {}
        self.context.add_cookies([{"name": name, "value": cookies[name].value, "url": home} for name in cookies])
        self.page = self.context.new_page()
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))
        self.page.on("console", self._console)
        self.page.on("request", self._request)

    def _dialog(self, dialog) -> None:
        self.heard.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message) -> None:
        if message.type in {"error", "warning"} and not QUIET.search(message.text):
            self.heard.append(message.text)

    def _request(self, request) -> None:
        if not request.url.startswith((self.home, "data:")):
            self.heard.append(f"it called {request.url}")

    def reads(self, *paths: str) -> None:
        for path in paths:
            answer = self.page.goto(self.home + path)
            assert answer.status in {200, 404, 422}, f"{path}: {answer.status}"
            assert self.page.url.startswith(self.home)
            self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert (self.page.evaluate(TELL), self.heard) == ([], []), path


@pytest.fixture
def reader(browser, live_server):
    """Makes readers: `reader(client)`; their browsers are closed at the end."""
    made: list[Reader] = []

    def make(client=None) -> Reader:
        made.append(Reader(browser, live_server.url, client))
        return made[-1]

    yield make
    for one in made:
        one.context.close()


def asked(path: str, **parameters: str) -> list[str]:
    """This address, with each hostile word in each of these parameters."""
    return [f"{path}?" + "&".join(f"{name}={quote(line)}" for name in parameters) for line in in_lines_of(1500)]


def test_nothing_that_people_write_runs_anywhere(hostile, reader):
    ticket = says_everything(hostile)
    hostile.invoices_are_issued()
    others = list(Ticket.objects.exclude(pk=ticket.pk).order_by("pk"))
    jeanne, alice, chloe, denis = (
        signed_in(person) for person in (hostile.jeanne, hostile.alice, hostile.chloe, hostile.denis)
    )
    key = drafted(jeanne, hostile.web1, subject=WORDS[15], since=WORDS[21], changed=WORDS[0], details=ALL)
    incident = Incident.objects.latest("pk")
    reader(jeanne).reads(
        "/servers/", "/tickets/", "/bills/", "/problem/", f"/incidents/{incident.public_id}/",
        f"/problem/{key}/", f"/problem/{key}/urgent/", f"/tickets/{ticket.ref}/", f"/tickets/{ticket.ref}/live/",
        *[f"/tickets/{other.ref}/" for other in others[::2]],
        *asked("/problem/", server=""), *asked("/tickets/", before="", after=""),
    )  # fmt: skip
    reader(chloe).reads(
        "/console/", "/console/live/", "/console/cases/", "/console/rotas/", "/console/reviews/", "/console/health/",
        *asked("/console/cases/", q="", customer="", server="", state=""),
    )  # fmt: skip
    reader(denis).reads("/console/bills/", *asked("/console/bills/", before=""))
    reader(alice).reads(
        f"/console/cases/{ticket.ref}/", f"/console/cases/{ticket.ref}/live/",
        *[f"/console/cases/{other.ref}/" for other in others[1::2]], *asked(f"/console/cases/{ticket.ref}/", reply=""),
    )  # fmt: skip


def test_nothing_runs_on_the_page_of_the_night_nor_before_signing_in(hostile, reader):
    ticket = opens_urgent(hostile, signed_in(hostile.jeanne))
    hostile.pager_ticks()
    letter = Notification.objects.filter(person=hostile.alice, kind="page").latest("id")
    link = reverse("take", args=[links.take_token(letter)])
    stranger = reader()
    stranger.reads(
        link, f"{link}?passed", "/take/" + quote(WORDS[0], safe=""), "/" + quote(WORDS[15]),
        *asked("/login/", next=""), *asked("/password/reset/", email=""),
    )  # fmt: skip
    signed_in(hostile.alice).post(reverse("console:take", args=[ticket.ref]), {"eta_minutes": "15"})
    stranger.reads(link)
    for line in in_lines_of(200)[:3]:
        stranger.page.goto(f"{stranger.home}/login/")
        stranger.page.fill("input[name=username]", line)
        stranger.page.fill("input[name=password]", line)
        with stranger.page.expect_navigation():
            stranger.page.press("input[name=password]", "Enter")
        assert (stranger.page.evaluate(TELL), stranger.heard) == ([], [])


def test_a_page_that_did_run_words_would_be_seen(reader):
    """The reader is not blind: where nothing protects, the same words run, are refused or call elsewhere."""
    witness = reader()
    ran = []
    witness.context.route("**/*", lambda route: route.fulfill(content_type="text/html", body=ran[-1]))
    for word in (WORDS[0], WORDS[15], WORDS[20], WORDS[21], WORDS[50]):
        ran.append(f"<!doctype html><title>x</title>{word}")
        with pytest.raises(AssertionError):
            witness.reads("/anywhere/")
        witness.heard.clear()
