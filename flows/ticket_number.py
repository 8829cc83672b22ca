"""The number a resident hears and says back: 6 digits, the last a check digit, the first not 0.

The check digit is Damm's (H. M. Damm, 2004): it catches every single wrong digit and every swap of
neighbours, the two mistakes people make when they hear or read out a number.
"""

_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def check_digit(digits: str) -> str:
    """The digit that completes `digits`.

    >>> check_digit("57200")
    '5'
    """
    interim = 0
    for digit in digits:
        interim = _TABLE[interim][int(digit)]
    return str(interim)


def ticket_number(serial: int) -> str:
    """The ticket number for a serial from 10000 to 99999; raises ValueError outside.

    >>> ticket_number(57200)
    '572005'
    """
    if not 10000 <= serial <= 99999:
        raise ValueError(f"serial {serial} is not in 10000..99999")
    return f"{serial}{check_digit(str(serial))}"


def is_ticket_number(text: str) -> bool:
    """Whether `text` is a well-formed ticket number.

    >>> is_ticket_number("572005"), is_ticket_number("572050"), is_ticket_number("072005")
    (True, False, False)
    """
    return (
        len(text) == 6
        and text.isascii()
        and text.isdigit()
        and text[0] != "0"
        and check_digit(text[:5]) == text[5]
    )
