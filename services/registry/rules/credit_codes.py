"""统一社会信用代码 of organs: 18 characters of which the last checks the others (GB 32100-2015)."""

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError


def standard_code(text: str) -> str:
    """The code in its standard form; ValueError where length, characters or check character are wrong."""
    try:
        return str(uscc.validate(text))
    except ValidationError as error:
        raise ValueError("the credit code fails its check (GB 32100)") from error
