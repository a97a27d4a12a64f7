"""What is no cause of ours by the letter and yet no reason to bill: it holds a fee back (docs/decisions/0020)."""

from astreinte.guarantee.rules.advice.cause import ours
from astreinte.guarantee.rules.advice.conditions import Failing, Is, Known
from astreinte.guarantee.rules.advice.ours_desk import ANNOUNCED_S, DAY, RECENT_CHANGE_S

REMEMBERED_S = 30 * DAY
NOT_ANNOUNCED = Is(kind="notice.age", least=ANNOUNCED_S, on="same")

CAUSES = (
    ours(
        "older change of ours",
        (),
        Is(kind="change.by", is_=("provider",)),
        Is(kind="change.age", least=RECENT_CHANGE_S, most=REMEMBERED_S, on="same"),
        Failing(),
        unless=(NOT_ANNOUNCED,),
        fr="L'hébergeur a changé ceci ce mois-ci sans l'annoncer : le doute ne se facture pas.",
        en="The provider changed this within the month and did not announce it: a doubt is not billed.",
    ),
    ours(
        "change of ours of unknown age",
        (),
        Is(kind="change.by", is_=("provider",)),
        Failing(),
        unless=(NOT_ANNOUNCED, Known(kind="change.age")),
        fr="L'hébergeur a changé ceci, on ne sait pas quand : le doute ne se facture pas.",
        en="The provider changed this, nobody knows when: a doubt is not billed.",
    ),
)
