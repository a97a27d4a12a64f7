"""What people write becomes HTML that does nothing: a corpus of attacks, and what must still work."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from astreinte.web import markdown

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)//",
    "<iframe src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<math><mi xlink:href=javascript:alert(1)>x</mi></math>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<form action=https://evil.example><input name=p></form>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=https://evil.example/a.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><script>alert(1)</script></textarea>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](  javascript:alert(1))",
    "[x](javascrip&#116;:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java%0ascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](data:image/svg+xml,<svg onload=alert(1)>)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://a.example/1)",
    "[x](ftp://a.example/)",
    "[x](tel:+33612345678)",
    "[x](//evil.example)",
    "[x](/console/)",
    "[x](\\\\evil.example)",
    '[x](https://a.example "onmouseover=alert(1)")',
    "[x](https://a.example 'a\" onmouseover=\"alert(1)')",
    '[x](https://a.example/" onmouseover="alert(1))',
    "[x](https://a.example/'onclick=alert(1)')",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    '![x" onerror="alert(1)](https://a.example/a.png)',
    '![a](https://a.example/b.png "c" onerror=alert(1))',
    "[a]: javascript:alert(1)\n\n[a]",
    "[a]: data:text/html,x\n\n[x][a]",
    "<javascript:alert(1)>",
    "<data:text/html,hi>",
    '<https://a.example/"onmouseover="alert(1)>',
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    '```"onload="alert(1)\nx\n```',
    "    </pre><script>alert(1)</script>",
    "# <img src=x onerror=alert(1)>",
    "> <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "| <svg onload=alert(1)> | b |\n|--|--|\n| <script>x</script> | [y](javascript:z) |",
    "**<b onmouseover=alert(1)>x</b>**",
    "~~<x onclick=alert(1)>~~",
    "https://a.example/<script>alert(1)</script>",
    'https://a.example/"onmouseover=alert(1)',
    "javascript:alert(1)//https://a.example",
    "\u2028<script>alert(1)</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "＜script＞alert(1)＜/script＞",
    "<a id=main name=body>clobber</a>",
    "<p style='position:fixed'>x</p>",
    "<b class=button>x</b>",
]  # fmt: skip


class Reader(HTMLParser):
    """What a browser would find: the tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_is_written_runs_or_leads_where_it_should_not(attack):
    for tag, attributes in Reader(markdown.html(attack)).found:
        assert tag in markdown.TAGS
        assert set(attributes) <= {"href", "title", "rel", "start"}
        if tag == "a":
            assert urlsplit(attributes.get("href") or "").scheme in markdown.SCHEMES
            assert attributes["rel"] == markdown.REL


def test_what_people_mean_still_works():
    html = markdown.html(
        "Hello **you**\nsee https://docs.example.com/a?b=1&c=2 or [mail](mailto:a@b.example)\n\n1. one\n2. two"
    )
    assert "<strong>you</strong><br>" in html.replace(" /", "").replace("/>", ">")
    assert 'href="https://docs.example.com/a?b=1&amp;c=2"' in html
    assert 'href="mailto:a@b.example"' in html
    assert "<li>one</li>" in html


def test_a_heading_of_a_message_is_not_a_title_of_the_page():
    assert "<h1" not in markdown.html("# Big")
    assert "<h3>Big</h3>" in markdown.html("# Big")


@pytest.mark.parametrize(
    "bomb", [">" * 10_000, "[" * 20_000, "*a_" * 6_000, "- " * 10_000, "`" * 20_000, "(" * 20_000, "![" * 9_000]
)
def test_a_text_made_to_exhaust_us_is_rendered_all_the_same(bomb):
    assert isinstance(markdown.html(bomb), str)
