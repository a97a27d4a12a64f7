"""The stand-in network behaves as the real one: receipts, replies, keys, faults; its page can be read and answered."""

import queue
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from astreinte.core import outbound
from astreinte.notifications.channels import Message, signatures, voice
from devtools.pocket import Settings, running

TOKEN = "test-token"
ALICE, BRUNO = "+33611111111", "+33622222222"
ACCOUNT = Settings().account
SAID = {
    **dict.fromkeys(("subject", "body", "short", "spoken"), "Boulangerie du Port. Le site est en panne."),
    "key": "k1",
    "at": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    "language": "fr",
    "keys": True,
}


class Desk:
    """The product's side, small: keeps what is posted to it and answers with `says`."""

    def __init__(self):
        self.heard = queue.Queue()
        self.says = "<Response/>"
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                params = {name: values[0] for name, values in parse_qs(raw, keep_blank_values=True).items()}
                url, signature = desk.url + self.path, self.headers["X-Twilio-Signature"]
                genuine = signatures.is_genuine(url, params, signature=signature, secrets=[TOKEN])
                self.send_response(200 if genuine else 403)
                self.end_headers()
                self.wfile.write(desk.says.encode())
                desk.heard.put((self.path, params, genuine))

            def log_message(self, *_args):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def hears(self):
        return self.heard.get(timeout=5)


@contextmanager
def serving(desk):
    thread = threading.Thread(target=desk.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        desk.server.shutdown()
        desk.server.server_close()
        thread.join()


@pytest.fixture
def desk():
    with serving(Desk()) as found:
        yield found


@pytest.fixture
def pocket(desk):
    with running(Settings(app_url=desk.url, receipt_s=0.01, names={ALICE: "Alice Martin"})) as found:
        yield found


def post(pocket, path, **fields):
    return outbound.post(pocket.url + path, allow_private=True, data=fields)


def get(pocket, path):
    return outbound.get(pocket.url + path, allow_private=True, max_bytes=1_000_000).json()


def create(pocket, resource, **fields):
    path = f"/2010-04-01/Accounts/{ACCOUNT}/{resource}.json"
    data = {"To": ALICE, "From": "+33700000000", **fields}
    auth = (ACCOUNT, fields.pop("token", TOKEN))
    headers = {"Idempotency-Key": "k1"}
    return outbound.post(pocket.url + path, allow_private=True, data=data, auth=auth, headers=headers)


def text(pocket, desk, body="Mail is down http://desk.example/take/Q7 12"):
    return create(pocket, "Messages", Body=body, StatusCallback=f"{desk.url}/inbound/twilio/status?key=k1")


def ring(pocket, desk):
    events = ["ringing", "answered", "completed"]
    twiml = voice.twiml(Message(**SAID, base_url=desk.url))
    callback = f"{desk.url}/inbound/twilio/status?key=k1"
    return create(pocket, "Calls", Twiml=twiml, StatusCallback=callback, StatusCallbackEvent=events).json()["sid"]


def misbehave(pocket, **fault):
    answer = outbound.post(f"{pocket.url}/dev/faults", allow_private=True, json=fault)
    assert answer.status == 200
    return answer.json()["faults"]


def test_an_sms_is_kept_and_its_receipt_is_signed(pocket, desk):
    sid = text(pocket, desk).json()["sid"]
    path, params, genuine = desk.hears()
    assert (path, params["MessageSid"], params["MessageStatus"]) == ("/inbound/twilio/status?key=k1", sid, "delivered")
    assert genuine
    assert [row["sid"] for row in get(pocket, f"/dev/texts?to=%2B{ALICE[1:]}")["texts"]] == [sid]


def test_the_account_is_checked(pocket, desk):
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    answer = outbound.post(pocket.url + path, allow_private=True, data={"To": ALICE, "Body": "x"}, auth=(ACCOUNT, "no"))
    assert (answer.status, answer.json()["code"]) == (401, 20003)


def test_a_person_replies_and_reads_the_answer(pocket, desk):
    text(pocket, desk)
    desk.hears()
    desk.says = "<Response><Message>Taken, thank you &amp; good night.</Message></Response>"
    assert post(pocket, f"/dev/phones/{ALICE}/reply", body="12 15").json()["status"] == "delivered"
    path, params, genuine = desk.hears()
    assert (path, params["From"], params["To"], params["Body"]) == (
        "/inbound/twilio/sms",
        ALICE,
        "+33700000000",
        "12 15",
    )
    assert genuine
    assert get(pocket, "/dev/texts")["texts"][-1]["body"] == "Taken, thank you & good night."


def test_a_call_rings_is_answered_and_a_key_speaks_on(pocket, desk):
    sid = ring(pocket, desk)
    assert desk.hears()[1]["CallStatus"] == "ringing"
    answered = post(pocket, f"/dev/calls/{sid}/answer").json()
    assert "tapez 4" in answered["said"][0]
    assert desk.hears()[1]["CallStatus"] == "in-progress"
    desk.says = voice.say("C'est pris.", language="fr")
    pressed = post(pocket, f"/dev/calls/{sid}/key", digit="4").json()
    path, params, genuine = desk.hears()
    assert (path.partition("?")[0], params["Digits"], genuine) == ("/inbound/twilio/voice", "4", True)
    assert pressed["said"] == ["C'est pris."]
    assert desk.hears()[1]["CallStatus"] == "completed"


@pytest.mark.parametrize(("action", "status"), [("ignore", "no-answer"), ("busy", "busy"), ("voicemail", "completed")])
def test_a_call_nobody_takes_presses_no_key(pocket, desk, action, status):
    sid = ring(pocket, desk)
    desk.hears()
    post(pocket, f"/dev/calls/{sid}/{action}")
    heard = [desk.hears()]
    while heard[-1][1]["CallStatus"] != status:
        heard.append(desk.hears())
    assert all("Digits" not in params for _path, params, _genuine in heard)


def test_a_key_before_answering_changes_nothing(pocket, desk):
    sid = ring(pocket, desk)
    assert post(pocket, f"/dev/calls/{sid}/key", digit="4").json()["status"] == "ringing"


@pytest.mark.parametrize(
    ("mode", "statuses"),
    [
        ("undelivered", ["undelivered"]),
        ("duplicate", ["delivered", "delivered"]),
        ("out-of-order", ["delivered", "sent", "queued"]),
        ("unknown-id", ["delivered"]),
    ],
)
def test_receipts_misbehave_as_asked(pocket, desk, mode, statuses):
    misbehave(pocket, on=ALICE, kind="sms", mode=mode, times=1)
    sid = text(pocket, desk).json()["sid"]
    heard = [desk.hears()[1] for _status in statuses]
    assert [params["MessageStatus"] for params in heard] == statuses
    assert (heard[0]["MessageSid"] == sid) is (mode != "unknown-id")


def test_a_fault_strikes_where_and_as_often_as_asked(pocket, desk):
    misbehave(pocket, on=ALICE, mode="503", times=2)
    elsewhere = create(pocket, "Messages", To=BRUNO, Body="x")
    assert [elsewhere.status, *(text(pocket, desk).status for _try in range(3))] == [201, 503, 503, 201]


def test_an_unknown_fault_is_refused(pocket):
    answer = outbound.post(f"{pocket.url}/dev/faults", allow_private=True, json={"mode": "explode"})
    assert answer.status == 400


def test_the_ledger_keeps_keys_and_arrivals_in_order(pocket, desk):
    text(pocket, desk, body="one")
    text(pocket, desk, body="two")
    told = get(pocket, "/dev/ledger")
    assert [entry["body"]["Body"] for entry in told["entries"]] == ["one", "two"]
    assert {entry["key"] for entry in told["entries"]} == {"k1"}
    assert told["entries"][0]["monotonic"] <= told["entries"][1]["monotonic"]
    assert get(pocket, f"/dev/ledger?since={told['next']}")["entries"] == []


def test_a_webhook_of_any_path_is_kept(pocket):
    outbound.post(f"{pocket.url}/bruno", allow_private=True, json={"a": 1}, headers={"webhook-id": "k7"})
    entry = get(pocket, "/dev/ledger")["entries"][-1]
    assert (entry["kind"], entry["to"], entry["key"], entry["body"]["json"]) == ("webhook", "/bruno", "k7", {"a": 1})


def page(pocket, query=""):
    return outbound.get(f"{pocket.url}/dev/phones{query}", allow_private=True, max_bytes=1_000_000)


def test_the_page_shows_names_texts_and_the_answers_they_ask_for(pocket, desk):
    text(pocket, desk, body="<b>Mail</b> is down http://desk.example/take/Q7 12")
    html = page(pocket).text
    assert "Alice Martin" in html
    assert "&lt;b&gt;Mail&lt;/b&gt;" in html
    assert 'href="http://desk.example/take/Q7"' in html
    assert [f'value="{answer}"' in html for answer in ("12", "12 15", "12 e")] == [True, True, True]


def test_a_link_ends_before_the_point_of_its_sentence(pocket, desk):
    text(pocket, desk, body="Read it (http://desk.example/_witness): or at http://desk.example/. Then answer.")
    html = page(pocket).text
    assert 'href="http://desk.example/_witness"' in html
    assert 'href="http://desk.example/"' in html


def test_the_page_says_nothing_when_nothing_is_new(pocket, desk):
    version = page(pocket, "?lang=en").text.partition('data-version="')[2].partition('"')[0]
    again = {"X-Version": version}
    assert outbound.get(f"{pocket.url}/dev/phones", allow_private=True, headers=again).status == 204
    ring(pocket, desk)
    news = outbound.get(f"{pocket.url}/dev/phones?lang=en", allow_private=True, headers=again, max_bytes=1_000_000)
    assert "Incoming call" in news.text


def test_a_button_of_a_browser_without_scripts_comes_back_to_the_page(pocket, desk):
    sid = ring(pocket, desk)
    asked = f"{pocket.url}/dev/calls/{sid}/answer?lang=en"
    assert outbound.post(asked, allow_private=True, headers={"Accept": "text/html"}).status == 303
    assert "To take charge" not in page(pocket, "?lang=en").text  # the message is in the person's language
    assert "tapez 4" in page(pocket, "?lang=en").text


def test_a_name_can_be_given_in_the_address_or_posted(pocket):
    assert "Bruno Petit" in page(pocket, f"?%2B{BRUNO[1:]}=Bruno+Petit").text
    outbound.post(f"{pocket.url}/dev/names", allow_private=True, json={"a@b.example": "Chloé"})
    assert "Chloé" in page(pocket).text
