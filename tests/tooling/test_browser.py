"""The browser of the journeys starts, runs a script, and reaches our own server."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_browser_runs_what_a_page_says(page):
    page.set_content("<button onclick=\"this.textContent = 'taken in charge'\">take charge</button>")
    page.get_by_role("button").click()
    assert page.get_by_role("button").text_content() == "taken in charge"


def test_the_browser_reaches_the_desk(page, live_server):
    answer = page.goto(f"{live_server.url}/nowhere")
    assert answer.status == 404
