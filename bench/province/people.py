"""Invented people: names that nobody bears and citizen numbers that nobody was given."""

from datetime import date, timedelta

STEMS = "甲乙丙丁戊己庚辛壬癸"
DIGITS = "〇一二三四五六七八九"
#: No place has this code; the registry accepts numbers that begin with it in development only.
PREFIX = "990000"
_FIRST_BIRTHDAY, _BIRTHDAYS = date(1962, 1, 1), 12_000
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def name(serial: int) -> str:
    """演练 with a stem and digits, another one for each serial: 演练甲〇, 演练乙〇, …, 演练甲一."""
    rest, stem = divmod(serial, len(STEMS))
    return f"演练{STEMS[stem]}{''.join(DIGITS[int(digit)] for digit in str(rest))}"


def citizen_number(serial: int) -> str:
    """A number with prefix 990000 and a valid check digit, another one for each serial.

    Raises:
        ValueError: there are 12 million, not more.
    """
    order, birthday = divmod(serial, _BIRTHDAYS)
    if not 0 <= order < 1_000:
        raise ValueError(f"no number left for serial {serial}")
    born = _FIRST_BIRTHDAY + timedelta(days=birthday)
    body = f"{PREFIX}{born:%Y%m%d}{order:03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]
