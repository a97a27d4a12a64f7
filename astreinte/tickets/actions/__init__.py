"""The verbs of the case, each of which writes here and leaves a line of history."""

from astreinte.tickets.actions.case import (
    Opening,
    acknowledge,
    cancel,
    close,
    hand_over,
    hold,
    link,
    make_urgent,
    open_ticket,
    reopen,
    resolve,
    say,
    set_eta,
)
from astreinte.tickets.actions.consent import Given, accept_fee, consent_sha256, hold_allowance, keep_receipt
from astreinte.tickets.actions.decisions import (
    decide_dispute,
    freeze_evidence,
    open_dispute,
    overturn,
    propose_verdict,
    record_verdict,
    settle_proposals,
)
from astreinte.tickets.actions.diagnosis import adopt_diagnosis, begin_diagnosis, end_diagnosis

__all__ = [
    "Given",
    "Opening",
    "accept_fee",
    "acknowledge",
    "adopt_diagnosis",
    "begin_diagnosis",
    "cancel",
    "close",
    "consent_sha256",
    "decide_dispute",
    "end_diagnosis",
    "freeze_evidence",
    "hand_over",
    "hold",
    "hold_allowance",
    "keep_receipt",
    "link",
    "make_urgent",
    "open_dispute",
    "open_ticket",
    "overturn",
    "propose_verdict",
    "record_verdict",
    "reopen",
    "resolve",
    "say",
    "set_eta",
    "settle_proposals",
]
