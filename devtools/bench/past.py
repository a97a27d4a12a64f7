"""The pages of what is watched, with a thousand checks and a year behind them, then two."""

from devtools.bench.desk import Desk
from devtools.bench.measures import CLIENT, MANAGER, SERVER, Figure, page_ms

LOOKS = {
    "console, list of checks": ("/console/checks/", MANAGER),
    "console, a check": ("/console/checks/{check}/", MANAGER),
    "portal, my servers": ("/servers/", CLIENT),
    "portal, a server": (f"/servers/{SERVER}/", CLIENT),
    "portal, a service": (f"/servers/{SERVER}/{{check}}/", CLIENT),
}


def pages(desk: Desk, bare: float, *, checks: int) -> list[Figure]:
    """(k) Each page, and what one more year costs it."""
    cookies = desk.stuff("sessions")
    found: dict[int, dict[str, float]] = {}
    for years in (1, 2):
        check = desk.stuff("past", checks=checks, years=years)["check"]
        found[years] = {
            name: page_ms(desk, path.format(check=check), cookies[who]) for name, (path, who) in LOOKS.items()
        }
    figures = []
    for name, p95 in found[1].items():
        figures.append(
            Figure(
                name=f"{name}, p95 with {checks} checks and a year", value=p95, unit="ms", limit=60,
                times_floor=p95 / bare,
            )
        )  # fmt: skip
        figures.append(Figure(name=f"{name}, two years against one", value=found[2][name] / p95, unit="x", limit=1.2))
    return figures
