"""The call about what facts say: the advice alone, for the staff."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from astreinte.api.v1 import rights
from astreinte.api.v1.door import ApiRequest
from astreinte.api.v1.problems import not_valid
from astreinte.api.v1.shapes.advice import AdviceIn, AdviceOut, advice_out
from astreinte.guarantee import asked

router = Router(tags=["advice"])


@router.post(
    "/advice",
    response=AdviceOut,
    url_name="advice",
    operation_id="advise",
    summary="Advice for given facts",
    exclude_none=True,
)
def advise(request: ApiRequest, payload: AdviceIn) -> AdviceOut | HttpResponse:
    """What these facts say under this policy: covered, excluded, undetermined or ineligible, and why. For the staff.

    Nothing is written and nothing is decided: an engineer gives the verdict.
    """
    rights.staff(request)
    try:
        found = asked.advice(
            plan=payload.plan,
            policy=payload.policy,
            symptom=payload.symptom,
            text=payload.text,
            facts=payload.facts,
            at=payload.at or request.at,
        )
    except asked.NotUnderstood as wrong:
        return not_valid(*((one.field, _(one.msgid) % one.params) for one in wrong.troubles))
    return advice_out(found)
