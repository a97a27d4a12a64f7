"""The files of the status page as the web process serves them: without a database, cacheable, and nothing else of the disk."""

import pytest
from django.test import Client

from astreinte.web.public import folder

FILES = {
    "index.html": b'<!doctype html><html lang="fr"></html>',
    "fr/index.html": b'<!doctype html><html lang="fr"></html>',
    "en/index.html": b'<!doctype html>\n<html lang="en">',
    "fr/feed.atom": b"<feed/>",
    "fr/feed.rss": b"<rss/>",
    "api/v2/summary.json": b"{}",
    "style.0123456789.css": b"a{}",
    "icon.0123456789.svg": b"<svg/>",
}


@pytest.fixture
def written(settings, tmp_path):
    """A folder with files, beside a secret. No database may be asked: these tests have none."""
    settings.STATUS_DIR = tmp_path / "status"
    folder.write(settings.STATUS_DIR, FILES)
    (tmp_path / "secret_key").write_text("hunter2")
    return settings.STATUS_DIR


@pytest.fixture
def browser():
    return Client(raise_request_exception=True)


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/status/", "text/html; charset=utf-8"),
        ("/status/index.html", "text/html; charset=utf-8"),
        ("/status/fr/", "text/html; charset=utf-8"),
        ("/status/fr/feed.atom", "application/atom+xml; charset=utf-8"),
        ("/status/fr/feed.rss", "application/rss+xml; charset=utf-8"),
        ("/status/api/v2/summary.json", "application/json"),
        ("/status/style.0123456789.css", "text/css; charset=utf-8"),
        ("/status/icon.0123456789.svg", "image/svg+xml"),
    ],
)
def test_each_file_is_served_as_what_it_is_without_a_database(written, browser, address, kind):
    answer = browser.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert browser.head(address).status_code == 200


def test_caches_may_keep_it_for_half_a_minute_and_ask_again_cheaply(written, browser):
    answer = browser.get("/status/")
    assert answer["Cache-Control"] == "public, max-age=30"
    assert "Set-Cookie" not in answer
    again = browser.get("/status/", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    assert browser.get("/status/", headers={"if-none-match": f'"other", W/{answer["ETag"]}'}).status_code == 304
    folder.write(written, {**FILES, "index.html": b"new"})
    assert browser.get("/status/", headers={"if-none-match": answer["ETag"]}).content == b"new"


def test_a_page_says_its_own_language_whatever_the_reader_prefers(written, browser):
    for address, language in (("/status/", "fr"), ("/status/en/", "en")):
        assert browser.get(address, headers={"accept-language": "fr"})["Content-Language"] == language


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("en", "/status/en/"),
        ("en-GB,en;q=0.9,fr;q=0.2", "/status/en/"),
        ("de, en;q=0.5", "/status/en/"),  # the first of theirs that the desk speaks
        ("fr-FR,fr;q=0.9,en;q=0.5", None),
        ("de", None),
        ("*", None),
        ("en;q=0, fr", None),
        ("../,..;q=1", None),
        ("", None),
    ],
)
def test_the_first_page_is_in_the_language_that_the_browser_asks_for(written, browser, asked, place):
    answer = browser.get("/status/", headers={"accept-language": asked})
    assert answer.get("Location") == place
    assert answer.status_code == (302 if place else 200)
    assert "Accept-Language" in answer["Vary"]
    assert (answer["Cache-Control"], answer["Access-Control-Allow-Origin"]) == ("public, max-age=30", "*")
    assert browser.get("/status/index.html", headers={"accept-language": asked}).status_code == 200


def test_a_language_that_was_chosen_stays(written, browser):
    assert browser.get("/status/fr/", headers={"accept-language": "en"})["Content-Language"] == "fr"


def test_a_stylesheet_is_kept_for_ever_and_programs_of_others_may_read(written, browser):
    for name in ("style.0123456789.css", "icon.0123456789.svg"):
        assert "immutable" in browser.get(f"/status/{name}")["Cache-Control"]
    assert browser.get("/status/api/v2/summary.json")["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "name",
    [
        "../secret_key",
        "%2e%2e/secret_key",
        "..%2fsecret_key",
        "fr/../../secret_key",
        "fr/..%5c..%5csecret_key",
        ".written.json",
        "fr/.new-abc",
        "nothing.html",
        "fr",
        "fr/index.html/",
        "a%00b.html",
        "//etc/passwd",
        "/etc/passwd",
        "link.html",
        "a" * 5000 + ".html",
        "é.html",
        "fr//index.html",
    ],
)
def test_nothing_else_of_the_disk_is_served(written, browser, name):
    (written / "link.html").symlink_to(written.parent / "secret_key")
    answer = browser.get(f"/status/{name}")
    assert answer.status_code == 404
    assert b"hunter2" not in answer.content


def test_nobody_writes_there(written, browser):
    assert browser.post("/status/").status_code == 405
    assert browser.put("/status/index.html").status_code == 405


def test_before_it_was_ever_written_it_says_so(settings, tmp_path, browser):
    settings.STATUS_DIR = tmp_path / "nowhere"
    answer = browser.get("/status/")
    assert (answer.status_code, answer["Retry-After"]) == (404, "30")
    assert "ASTREINTE_STATUS_DIR" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_a_file_is_replaced_whole_and_an_untouched_one_stays(tmp_path):
    assert folder.write(tmp_path, FILES) == len(FILES)
    assert folder.write(tmp_path, FILES) == 0
    assert folder.write(tmp_path, {**FILES, "index.html": b"x"}) == 1
    assert (tmp_path / "index.html").stat().st_mode & 0o777 == 0o644
    (tmp_path / "index.html").unlink()  # somebody tidied up
    assert folder.write(tmp_path, {**FILES, "index.html": b"x"}) == 1
    assert not list(tmp_path.rglob(".new-*"))


def test_only_what_was_written_is_ever_removed(tmp_path):
    folder.write(tmp_path, FILES)
    (tmp_path / "theirs.html").write_text("theirs")
    (tmp_path / folder.LIST).write_text('["../theirs.html", "fr/index.html", "style.0123456789.css"]')
    (tmp_path.parent / "theirs.html").write_text("theirs")
    folder.write(tmp_path, {"index.html": b"x"})
    assert (tmp_path.parent / "theirs.html").exists()
    assert (tmp_path / "theirs.html").exists()
    assert (tmp_path / "style.0123456789.css").exists()  # a page drawn a moment ago may still ask for it
    assert not (tmp_path / "fr" / "index.html").exists()


def test_a_list_that_cannot_be_read_removes_nothing(tmp_path):
    folder.write(tmp_path, FILES)
    (tmp_path / folder.LIST).write_text("not JSON")
    folder.write(tmp_path, {"index.html": b"x"})
    assert (tmp_path / "fr" / "index.html").exists()
