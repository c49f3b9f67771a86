"""A veto whose accident was annulled goes on holding and says so, until discipline lifts it (Art. 23)."""

from datetime import date

import pytest

from services.appraisal.tests import cast
from services.appraisal.tests.cast import veto
from services.appraisal.tests.conftest import Desk
from services.appraisal.tests.test_http import AFTER_THE_MEASURE, graded
from shared.contracts.discipline import VetoLifted, VetoQuestioned

NOTE = "事故记录已撤销 · the record of the accident was annulled"


@pytest.mark.clause("art23")
async def test_a_questioned_veto_is_shown_with_its_note_flags_nothing_twice_and_ends_when_lifted(desk: Desk) -> None:
    path = await graded(desk)
    desk.today(AFTER_THE_MEASURE)
    lifted = veto(VetoLifted, through_day=date(2026, 12, 24), note=NOTE)
    imposed, questioned, ended = cast.deliveries(veto(), veto(VetoQuestioned, note=NOTE), lifted)
    consumer = desk.consumer("measures")
    await consumer.apply([questioned, questioned])
    assert (await desk.get(path)).json()["status"] == "graded"
    await consumer.apply([imposed])
    await consumer.apply([questioned, imposed])
    assert (await desk.happened()).count("flagged") == 1
    (shown,) = (await desk.get(f"{path}/references")).json()["vetoes"]
    assert (shown["note"], bool(shown["bars"])) == (NOTE, True)
    await consumer.apply([ended, questioned])
    assert (await desk.get(f"{path}/references")).json()["vetoes"] == []
