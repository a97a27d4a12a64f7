"""The one place where somebody's Markdown becomes HTML: a parser that knows no HTML, then an allow-list (reliability, S4)."""

from functools import cache, lru_cache
from urllib.parse import urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h3", "h4", "h5", "h6",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow"
# A message of 20,000 quotes or lists would nest as deep: nobody writes that, and parsers suffer.
MAX_NESTING = 20


def _is_link(url: str) -> bool:
    """Whole addresses only: "//host" and "/path" lead where the reader does not expect."""
    try:
        return urlsplit(url.strip()).scheme.lower() in SCHEMES
    except ValueError:
        return False


@cache
def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": MAX_NESTING}
    parser = MarkdownIt("commonmark", options).enable(["linkify", "table", "strikethrough"])
    parser.validateLink = _is_link  # type: ignore[method-assign]
    # pictures would be fetched from anywhere: their address stays as text. Titles of the page are ours.
    return parser.disable(["image", "lheading"])


# A page of a long conversation looks again every few seconds, and its messages do not change.
@lru_cache(maxsize=1024)
def html(text: str) -> SafeString:
    """Safe HTML of a message: links to http, https and mailto only, no picture, nothing that runs."""
    rendered = _parser().render(text)
    for level in (2, 1):  # a heading of a message is never a title of the page
        rendered = rendered.replace(f"<h{level}>", "<h3>").replace(f"</h{level}>", "</h3>")
    clean = nh3.clean(rendered, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=REL)
    return mark_safe(clean)  # noqa: S308 - this is the place that makes it safe
