"""A small world to tell stories in: people, phones you can look at, a clock the story moves.

The world starts at 00:30 UTC on the night the clocks change (Europe/Paris, 25 October 2026): every story crosses it.
Phones and mailboxes are the demonstration's own stand-in network, reached by real requests on loopback.
"""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password

from astreinte.accounts.models import Provider, Role, User
from astreinte.billing.models import Invoice, Tariff
from astreinte.core import configuration, digests, timeline
from astreinte.customers.models import Customer, Member, Plan, Server
from astreinte.flows import acknowledge, deliver, escalate, give_verdict, issue_invoices, open_ticket, resolve
from astreinte.guarantee.models import DeskPolicy
from astreinte.notifications import sealing
from astreinte.notifications.models import ContactMethod, Notification, Transport
from astreinte.oncall.models import Rota, Rotation, RotationPerson
from astreinte.paging.models import EscalationPolicy, Page, Step
from astreinte.tickets import queries as cases
from astreinte.tickets.models import Evidence, Ticket, Verdict
from tests.watching import Watching

NIGHT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
COVERED = ["service-down", "change-not-applied", "backup-unreachable", "host-down", "network-ours"]
EXCLUDED = ["misuse", "customer-app", "performance-not-ours", "saturation", "network-not-ours", "general-help"]
PASSWORD = "correct horse battery staple"


@cache
def hashed_password() -> str:
    """PASSWORD, hashed once: Argon2 is slow on purpose."""
    return make_password(PASSWORD)


class Phone:
    """A person's phone and mailbox, as they see them."""

    def __init__(self, world: "World", user: User, number: str) -> None:
        self.world, self.user, self.number = world, user, number

    @property
    def texts(self) -> list[str]:
        """The SMS received, oldest first, whole."""
        return [text.body for text in self.world.pocket.network.texts.get(self.number, ()) if not text.written_here]

    @property
    def received(self) -> list[str]:
        """What asked for this person by SMS, as the sentence of each page."""
        titles = sorted({page.title for page in Page.objects.all()}, key=len, reverse=True)
        return [next((title for title in titles if title in text), text) for text in self.texts if "/take/" in text]

    @property
    def calls(self) -> list[str]:
        """The calls placed to this phone: what each says."""
        return [" ".join(call.said) for call in self.world.pocket.network.calls.get(self.number, ())]

    @property
    def letters(self) -> list[str]:
        """The subjects of the e-mails received."""
        return [letter.subject for letter in self.world.pocket.network.letters.get(self.user.email, ())]

    def letter(self, word: str) -> str:
        """The text of the newest e-mail whose subject has this word."""
        found = [one for one in self.world.pocket.network.letters.get(self.user.email, ()) if word in one.subject]
        return found[-1].text


class World(Watching):
    """A provider, its night team, and three customers: a business, a consumer on a shared plan, a foreign business."""

    def __init__(self, pocket) -> None:
        self.pocket = pocket
        self.now = NIGHT
        self.numbers = itertools.count(1)
        self.phones: dict[str, Phone] = {}
        self._provider()
        self._customers()
        configuration.changed()  # as after `apply`: what is asked from now on is remembered

    # -- the place -----------------------------------------------------------------------------------------------

    def _provider(self) -> None:
        self.provider = Provider.objects.create(
            name="Exemple Hébergement",
            legal_name="Exemple Hébergement SAS",
            street="12 rue de l'Exemple",
            postcode="75002",
            city="Paris",
            country="FR",
            siren="901002006",
            vat_number="FR53901002006",
            legal_form="SAS au capital de 10 000 EUR",
            register="RCS Paris",
            iban="FR1420041010050500013M02606",
            email="support@hebergement.example",
            languages=["fr", "en"],
        )
        lists = {"covered": COVERED, "excluded": EXCLUDED}
        sha256 = digests.sha256(digests.canonical_json(lists))
        self.policy = DeskPolicy.objects.create(from_date=date(2019, 12, 13), sha256=sha256, **lists)
        Tariff.objects.create(kind="urgent_intervention", from_date=date(2019, 12, 13), amount_cents=9500)
        where = {
            "type": "twilio",
            "url": self.pocket.url,
            "account": self.pocket.settings.account,
            "token": "test-token",
            "from": "+33700000000",
        }
        for kind, settings in {
            "sms": where,
            "voice": where,
            "email": {"type": "smtp", "url": self.pocket.smtp_url, "from": "desk@hebergement.example"},
        }.items():
            Transport.objects.create(kind=kind, position=0, sealed=sealing.seal(settings))
        self.chloe = self.staff("Chloé Durand", "manager", "engineer", "admin")
        self.denis = self.staff("Denis Leroy", "billing")

    def _customers(self) -> None:
        plans = {
            "shared": Plan.objects.create(name="shared", urgent=False, gti_s=3600, gtr_s=14400, availability="99.7"),
            "dedicated": Plan.objects.create(name="dedicated", urgent=True, gti_s=900, gtr_s=3600, availability="99.9"),
            "gold": Plan.objects.create(name="gold", urgent=True, gti_s=900, gtr_s=3600, availability="99.95"),
        }
        self.boulangerie = Customer.objects.create(
            ref="boulangerie",
            name="Boulangerie du Port SARL",
            kind="business",
            street="3 quai du Port",
            postcode="13002",
            city="Marseille",
            country="FR",
            siren="812345676",
            vat_number="FR19812345676",
        )
        self.carnet = Customer.objects.create(
            ref="carnet",
            name="Carnet de voyage",
            kind="consumer",
            street="8 rue des Lilas",
            postcode="35000",
            city="Rennes",
            country="FR",
        )
        self.gmbh = Customer.objects.create(
            ref="gmbh",
            name="Beispiel Handels GmbH",
            kind="business",
            language="en",
            street="Hauptstrasse 5",
            postcode="10115",
            city="Berlin",
            country="DE",
            vat_number="DE123456788",
        )
        self.web1 = Server.objects.create(
            name="web1.boulangerie.example",
            customer=self.boulangerie,
            plan=plans["dedicated"],
            addresses=["192.0.2.10"],
        )
        self.web2 = Server.objects.create(
            name="web2.boulangerie.example",
            customer=self.boulangerie,
            plan=plans["dedicated"],
            addresses=["192.0.2.11"],
        )
        self.mutu = Server.objects.create(
            name="mutu7.carnet.example", customer=self.carnet, plan=plans["shared"], addresses=["192.0.2.77"]
        )
        self.lea_dedicated = Server.objects.create(
            name="blog.carnet.example", customer=self.carnet, plan=plans["dedicated"]
        )
        self.shop = Server.objects.create(
            name="shop.gmbh.example", customer=self.gmbh, plan=plans["gold"], addresses=["192.0.2.20"]
        )
        self.jeanne = self.member("Jeanne Blanc", self.boulangerie, is_owner=True)
        self.karim = self.member("Karim Haddad", self.boulangerie, on=[self.web1])
        self.berthe = self.member("Berthe Roux", self.boulangerie, is_billing=True)
        self.lea = self.member("Léa Morel", self.carnet, is_owner=True)
        self.max = self.member("Max Muster", self.gmbh, language="en", is_owner=True)

    def _person(self, name: str, where: str, **more) -> User:
        address = f"{name.split(maxsplit=1)[0].lower().replace('é', 'e')}@{where}.example"
        return User.objects.create(email=address, password=hashed_password(), name=name, **more)

    def staff(self, name: str, *roles: str, language: str = "fr") -> User:
        """Somebody of the provider, with a phone (SMS at once)."""
        user = self._person(name, "hebergement", language=language)
        Role.objects.bulk_create([Role(user=user, role=role) for role in roles])
        number = f"+3361111{next(self.numbers):04d}"
        self.phones[user.email] = Phone(self, user, number)
        if roles != ("billing",):
            ContactMethod.objects.create(user=user, position=0, after_s=0, kind="sms", address=number)
        configuration.changed()
        return user

    def member(
        self, name: str, customer: Customer, *, on: list[Server] | None = None, language: str = "fr", **rights
    ) -> User:
        """Somebody of a customer, with these rights."""
        user = self._person(name, customer.ref, language=language)
        self.phones[user.email] = Phone(self, user, "")
        Member.objects.create(user=user, customer=customer, **rights).technical_on.set(on or [])
        configuration.changed()
        return user

    def phone(self, user: User) -> Phone:
        """A person's phone and mailbox."""
        return self.phones[user.email]

    def on_call(
        self, *names: str, escalates_after: timedelta = timedelta(minutes=5), repeat: timedelta = timedelta(minutes=20)
    ) -> list[Phone]:
        """A policy of one step a person, each on call in a rota of their own."""
        policy = EscalationPolicy.objects.create(name="default", repeat_every_s=int(repeat.total_seconds()))
        phones = []
        for position, name in enumerate(names):
            user = self.staff(f"{name} Martin", "engineer")
            rota = self.rota(f"rota-{name.lower()}", user)
            after = position * int(escalates_after.total_seconds())
            Step.objects.create(policy=policy, position=position, after_s=after, notify=[f"rota:{rota.name}"])
            phones.append(self.phone(user))
        configuration.changed()
        return phones

    def rota(self, name: str, *people: User) -> Rota:
        """A weekly rota of these people, Monday 09:00 in Paris."""
        rota = Rota.objects.create(name=name, time_zone="Europe/Paris")
        rotation = Rotation.objects.create(
            rota=rota,
            position=0,
            every_count=1,
            every_unit="weeks",
            handoff_weekday=0,
            handoff_time=time(9),
            starts_on=date(2026, 1, 5),
        )
        for position, user in enumerate(people):
            RotationPerson.objects.create(rotation=rotation, position=position, user=user)
        configuration.changed()
        return rota

    # -- what people do ------------------------------------------------------------------------------------------

    def opening(
        self, sentence: str = "Mail is down", *, symptom: str = "mail", language: str = "fr", key: str | None = None
    ) -> open_ticket.Opening:
        """What a customer types."""
        return open_ticket.Opening(
            symptom=symptom, subject=sentence, body="", language=language, key=key or f"key-{next(self.numbers)}"
        )

    def offer(self, *, by: User | None = None, server: Server | None = None, language: str = "fr") -> cases.Offer:
        """What it would cost them now."""
        return cases.offer(server=server or self.web1, user=by or self.jeanne, at=self.now, language=language)

    def acceptance(self, **of) -> open_ticket.Acceptance:
        """The offer, accepted as it is shown."""
        offer = self.offer(**of)
        return open_ticket.Acceptance(
            amount_excl_cents=offer.amount_excl_cents, text_sha256=offer.words.text_sha256, box=bool(offer.words.box)
        )

    def customer_opens(
        self,
        sentence: str = "Mail is down",
        *,
        by: User | None = None,
        server: Server | None = None,
        key: str | None = None,
    ) -> Ticket:
        """A customer presses the red button, having accepted the price; the first phones ring."""
        by, server = by or self.jeanne, server or self.web1
        ticket = open_ticket.urgent(
            self.opening(sentence, key=key),
            server=server,
            acceptance=self.acceptance(by=by, server=server),
            given=open_ticket.Given(channel="web", ip="192.0.2.200"),
            by=by,
            at=self.now,
        )
        self.pager_ticks()
        return ticket

    def opens_without_pager(self, acceptance: open_ticket.Acceptance) -> Ticket:
        """The same, and no pager is awake."""
        given = open_ticket.Given(channel="web")
        opening = self.opening()
        return open_ticket.urgent(
            opening, server=self.web1, acceptance=acceptance, given=given, by=self.jeanne, at=self.now
        )

    def customer_opens_standard(
        self, sentence: str = "How do I add a domain?", *, by: User | None = None, server: Server | None = None
    ) -> Ticket:
        """A standard ticket, free."""
        ticket = open_ticket.standard(
            self.opening(sentence), server=server or self.web1, by=by or self.jeanne, at=self.now
        )
        self.pager_ticks()
        return ticket

    def takes(self, person: User, ticket: Ticket, *, eta: timedelta | None = None, via: str = "link") -> Page:
        """An engineer takes charge."""
        page = Page.objects.get(pk=ticket.page_id)
        acknowledge.page(page, person=person, via=via, eta=eta, at=self.now)
        self.pager_ticks()
        return page

    def resolves(self, person: User, ticket: Ticket, summary: str = "Restarted the mail service") -> Ticket:
        """An engineer says it is over."""
        ticket.refresh_from_db()
        resolve.ticket(ticket, summary=summary, by=person, at=self.now)
        self.pager_ticks()
        return ticket

    def decides(self, person: User, ticket: Ticket, clause: str, *, evidence: list[Evidence] | None = None) -> Verdict:
        """An engineer gives the verdict."""
        ticket.refresh_from_db()
        proofs = list(ticket.evidence.all()) if evidence is None else evidence
        verdict = give_verdict.give(
            ticket, clause=clause, justification="Seen in the logs.", evidence=proofs, by=person, at=self.now
        )
        self.pager_ticks()
        return verdict

    def billed_case(self, person: User, clause: str = "customer-app", **opening) -> Ticket:
        """A whole case up to a verdict that bills."""
        ticket = self.customer_opens(**opening)
        self.takes(person, ticket)
        self.resolves(person, ticket)
        self.decides(person, ticket, clause)
        return Ticket.objects.get(pk=ticket.pk)

    # -- time ----------------------------------------------------------------------------------------------------

    def pager_ticks(self) -> None:
        """What the pager does when it is woken, until nothing is due any more."""
        while True:
            done = escalate.due(at=self.now) + deliver.orphans(now=lambda: self.now) + deliver.silent(at=self.now)
            done += deliver.due(now=lambda: self.now)
            if not done:
                return

    def passes(self, **time_: float) -> None:
        """Time passes; everything that falls due on the way happens at its instant."""
        end = self.now + timedelta(**time_)
        while True:
            soonest = min((one for one in (self._next_due(), end) if one), default=end)
            self.now = max(self.now, min(soonest, end))
            self.pager_ticks()
            if self.now >= end:
                return
            following = self._next_due()
            if following is None or following > end:
                self.now = end

    def _next_due(self) -> datetime | None:
        from astreinte.notifications import queries as outbox
        from astreinte.paging import queries as pages

        silent = (
            Notification.objects.filter(state="accepted", will_confirm=True, hastened_at=None)
            .order_by("accepted_at")
            .first()
        )
        ends = [outbox.next_due_at(), pages.next_due_at(), silent.accepted_at + outbox.SILENCE if silent else None]
        return min((one for one in ends if one), default=None)

    def invoices_are_issued(self) -> list[Invoice]:
        """What the keeper does about charges."""
        issue_invoices.due(at=self.now)
        return list(Invoice.objects.order_by("id"))

    def history(self, ticket: Ticket) -> list[str]:
        """The kinds of the lines of a case and of its page, in order."""
        stories = [ticket.story, *([f"page/{ticket.page_id}"] if ticket.page_id else [])]
        return [entry.kind for entry in timeline.of(*stories)]
