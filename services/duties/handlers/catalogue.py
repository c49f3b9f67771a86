"""The duty catalogue, for readers."""

from services.duties.catalogue import load_catalogue
from services.duties.facts import Catalogue, Duty
from shared.kernel.problems import NotFound


def catalogue() -> Catalogue:
    """Every duty of Art. 5 to 12, periodic and standing."""
    return load_catalogue()


def duty_by_id(duty_id: str) -> Duty:
    """The duty; NotFound where the catalogue has none of that id."""
    try:
        return load_catalogue().duty(duty_id)
    except KeyError:
        raise NotFound("duty_not_found", "没有这项职责", "there is no such duty") from None
