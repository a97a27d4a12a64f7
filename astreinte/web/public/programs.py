"""The status page for programs: JSON in the shape of Statuspage's API version 2, which so many tools read already."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from astreinte.core.texts import plain
from astreinte.monitoring import public_words as words
from astreinte.monitoring.rules.publicity import Board, Component, Level, Planned, Told, Update, Window
from astreinte.web.public.frame import Frame

FOLDER = "api/v2"
# Statuspage's own words.
STATUS = {
    Level.UP: "operational",
    Level.MAINTENANCE: "under_maintenance",
    Level.DEGRADED: "degraded_performance",
    Level.PARTIAL: "partial_outage",
    Level.OUTAGE: "major_outage",
}
INDICATOR = {
    Level.UP: "none",
    Level.MAINTENANCE: "maintenance",
    Level.DEGRADED: "minor",
    Level.PARTIAL: "major",
    Level.OUTAGE: "critical",
}
IMPACT = {**INDICATOR, Level.MAINTENANCE: "maintenance"}
INCIDENTS = 50


def files(board: Board, frame: Frame, *, at: datetime) -> dict[str, bytes]:
    """Every document, each with the page it is of."""
    page = _page(board, frame)
    components = [_component(one, board, frame, number=number, at=at) for number, one in enumerate(board.components, 1)]
    known = {one["id"]: one for one in components}
    incidents = [_incident(one, board, frame, known) for one in board.troubles[:INCIDENTS]]
    unresolved = [_incident(one, board, frame, known) for one in board.troubles if not one.trouble.over_at]
    works = [_maintenance(one, board, frame, known, at=at) for one in board.windows if one.window.end > at]
    overall = board.overall(at=at)
    status = {"indicator": INDICATOR[overall], "description": words.sentence(overall)}
    documents: dict[str, dict[str, Any]] = {
        "summary": {
            "components": components,
            "incidents": unresolved,
            "scheduled_maintenances": works,
            "status": status,
        },
        "status": {"status": status},
        "components": {"components": components},
        "incidents": {"incidents": incidents},
        "incidents/unresolved": {"incidents": unresolved},
        "scheduled-maintenances": {"scheduled_maintenances": works},
        "scheduled-maintenances/upcoming": {"scheduled_maintenances": _of(works, "scheduled")},
        "scheduled-maintenances/active": {"scheduled_maintenances": _of(works, "in_progress")},
    }
    return {f"{FOLDER}/{name}.json": _written({"page": page, **said}) for name, said in documents.items()}


def _of(works: Iterable[dict[str, Any]], status: str) -> list[dict[str, Any]]:
    return [one for one in works if one["status"] == status]


def _written(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _instant(at: datetime | None) -> str | None:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z" if at else None


def _page(board: Board, frame: Frame) -> dict[str, Any]:
    changes = [update.at for one in board.troubles for update in one.trouble.updates]
    updated = max(changes, default=board.since)
    return {
        "id": frame.page_id,
        "name": frame.name,
        "url": frame.site_url,
        "time_zone": frame.time_zone,
        "updated_at": _instant(updated),
    }


def _component(one: Component, board: Board, frame: Frame, *, number: int, at: datetime) -> dict[str, Any]:
    concerned = [told for told in board.troubles if one.key in dict(told.levels)]
    changed = max((update.at for told in concerned for update in told.trouble.updates), default=board.since)
    return {
        "id": one.key,
        "name": plain(words.in_language(one.names)),
        "status": STATUS[board.level(one.key, at=at)],
        "created_at": _instant(board.since),
        "updated_at": _instant(changed),
        "position": number,
        "description": plain(words.in_language(one.descriptions)) or None,
        "showcase": True,
        "start_date": f"{board.since:%Y-%m-%d}" if board.since else None,
        "group_id": None,
        "page_id": frame.page_id,
        "group": False,
        "only_show_if_degraded": False,
    }


def _incident(one: Told, board: Board, frame: Frame, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    trouble = one.trouble
    watched = next((update.at for update in trouble.updates if update.stage == "monitoring"), None)
    last = trouble.updates[-1]
    return {
        "id": trouble.public_id,
        "name": words.title(one, board),
        "status": "resolved" if trouble.over_at else last.stage,
        "created_at": _instant(trouble.began_at),
        "updated_at": _instant(last.at),
        "monitoring_at": _instant(watched),
        "resolved_at": _instant(trouble.over_at),
        "impact": IMPACT[one.worst],
        "shortlink": f"{frame.site_url}/{frame.language}/incidents/{trouble.public_id}.html",
        "started_at": _instant(trouble.began_at),
        "page_id": frame.page_id,
        "incident_updates": [_update(update, one, known) for update in reversed(trouble.updates)],
        "components": [known[key] for key, _level in one.levels],
    }


def _update(update: Update, one: Told, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    at = _instant(update.at)
    affected = [
        {
            "code": key,
            "name": known[key]["name"],
            "old_status": STATUS[level],
            "new_status": STATUS[_after(update, level)],
        }
        for key, level in one.levels
    ]
    return {
        "id": update.key.replace("/", "-"),
        "status": update.stage,
        "body": plain(words.text(update)),
        "incident_id": one.trouble.public_id,
        "created_at": at,
        "updated_at": at,
        "display_at": at,
        "affected_components": affected,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _after(update: Update, level: Level) -> Level:
    return {"resolved": Level.UP, "monitoring": Level.DEGRADED}.get(update.stage, level)


def _maintenance(
    one: Planned, board: Board, frame: Frame, known: dict[str, dict[str, Any]], *, at: datetime
) -> dict[str, Any]:
    window = one.window
    return {
        "id": window.public_id,
        "name": words.work_line(one, board),
        "status": _work_status(window, at=at),
        "created_at": _instant(window.planned_at),
        "updated_at": _instant(window.changed_at),
        "monitoring_at": None,
        "resolved_at": _instant(window.changed_at) if window.cancelled else None,
        "impact": "maintenance",
        "shortlink": f"{frame.site_url}/{frame.language}/maintenance.html",
        "started_at": _instant(window.start),
        "page_id": frame.page_id,
        "incident_updates": [_work_update(one, at=at)] if words.is_otherwise(one) else [],
        "components": [known[key] for key in one.components],
        "scheduled_for": _instant(window.start),
        "scheduled_until": _instant(window.end),
    }


def _work_status(window: Window, *, at: datetime) -> str:
    """Statuspage has no word for what was cancelled: it is over, and its name and its update say why."""
    if window.cancelled:
        return "completed"
    return "in_progress" if window.is_on(at=at) else "scheduled"


def _work_update(one: Planned, *, at: datetime) -> dict[str, Any]:
    window = one.window
    said = _instant(window.changed_at)
    return {
        "id": f"{window.public_id}-{window.changed_at:%Y%m%dT%H%M%S}" if window.changed_at else window.public_id,
        "status": _work_status(window, at=at),
        "body": f"{words.work_stage(one)}\n{words.work_text(one)}",
        "incident_id": window.public_id,
        "created_at": said,
        "updated_at": said,
        "display_at": said,
        "affected_components": [],
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    }
