"""Names as they are looked for: by their characters, their pinyin without tones, and its initials."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from pypinyin import lazy_pinyin
from pypinyin.constants import RE_HANS
from pypinyin.seg.mmseg import seg as words
from pypinyin.seg.simpleseg import seg

#: Surnames that are read otherwise than the character alone; a recorded reading overrides them (覃 Qín or Tán).
SURNAMES = {
    "单": "shan",
    "仇": "qiu",
    "曾": "zeng",
    "解": "xie",
    "查": "zha",
    "盖": "ge",
    "区": "ou",
    "朴": "piao",
    "任": "ren",
    "华": "hua",
    "尉": "yu",
    "乐": "yue",
    "翟": "zhai",
    "纪": "ji",
    "宁": "ning",
    "缪": "miao",
    "员": "yun",
    "黑": "he",
    "秘": "bi",
    "种": "chong",
    "冼": "xian",
    "应": "ying",
    "葛": "ge",
    "牟": "mu",
    "折": "she",
    "隗": "wei",
    "车": "che",
    "郇": "xun",
    "訾": "zi",
    "召": "shao",
    "祭": "zhai",
    "瞿": "qu",
    "那": "na",
    "过": "guo",
    "撒": "sa",
    "繁": "po",
    "覃": "qin",
    "臧": "zang",
    "洗": "xian",
    "令": "ling",
    "逄": "pang",
    "晟": "cheng",
    "哈": "ha",
    "燕": "yan",
    "鲜": "xian",
    "么": "yao",
    "幺": "yao",
    "石": "shi",
}
COMPOUND_SURNAMES = {
    "尉迟": ("yu", "chi"),
    "单于": ("chan", "yu"),
    "万俟": ("mo", "qi"),
    "长孙": ("zhang", "sun"),
    "令狐": ("ling", "hu"),
    "澹台": ("tan", "tai"),
    "宰父": ("zai", "fu"),
    "皇甫": ("huang", "fu"),
    "夏侯": ("xia", "hou"),
    "呼延": ("hu", "yan"),
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A name in pinyin without tones and spaces, and the first letters of its syllables."""

    pinyin: str
    initials: str


@lru_cache(maxsize=4_096)  # there are some 400 syllables
def plain(text: str) -> str:
    """Latin text as it is looked for: lower case, without tones, spaces and apostrophes; ü is v, as it is typed."""
    letters = text.lower().translate(str.maketrans("üǖǘǚǜ", "vvvvv"))
    kept = (one for one in unicodedata.normalize("NFD", letters) if not unicodedata.combining(one))
    return "".join(one for one in kept if not one.isspace() and one not in "'’·-")


@lru_cache(maxsize=16_384)  # names are many, the words and characters in them few
def _syllables(word: str) -> tuple[str, ...]:
    """The pinyin of one word of a name, as the dictionary parts it, plain."""
    return tuple(map(plain, lazy_pinyin([word])))


def _words(name: str) -> Iterable[str]:
    return words.cut(name) if RE_HANS.match(name) else seg(name)  # what is all characters need not be parted first


def spoken(name: str, reading: str | None = None, *, person: bool = False) -> Spoken:
    """How a name is read.

    Args:
        name: the name in characters; what is no Chinese character stays as it is.
        reading: the recorded pinyin of its first characters, syllables parted by spaces (单 → `Shàn`).
        person: a person's name begins with a surname, and some characters are read otherwise there.
    """
    syllables = [one for word in _words(name) for one in _syllables(word)]
    first: tuple[str, ...] = ()
    if reading:
        first = tuple(map(plain, reading.split()))
    elif person and name[:2] in COMPOUND_SURNAMES:
        first = COMPOUND_SURNAMES[name[:2]]
    elif person and name[:1] in SURNAMES:
        first = (SURNAMES[name[:1]],)
    told = (*first, *syllables[len(first) :])
    return Spoken("".join(told), "".join([one[:1] for one in told]))


def dated(names: Iterable[tuple[date, str]], since: date) -> Iterator[dict[str, Any]]:
    """Each name of what changed its name, as it is read, with its first and last day; the last one has no last day.

    `names` are in the order of their first days; the first one holds from `since` on, where that is earlier.
    """
    known = dict(names)
    begun = list(known)
    for day, after in zip_longest(begun, begun[1:]):
        said = spoken(known[day])
        yield {
            "from_day": min(day, since) if day == begun[0] else day,
            "to_day": None if after is None else after - timedelta(days=1),
            "name": known[day],
            "pinyin": said.pinyin,
            "initials": said.initials,
        }
