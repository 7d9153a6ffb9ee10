"""The stay rules of a kind of night in one word, and a stay held against all of them by one subtraction.

From the lowest bit: least nights, least nights of whoever touches the kind, 255 - most nights (8 bits each),
days of notice, `_DAYS` - days of horizon (15 bits each). Above each stands a bit that is 0. The stay has a
word of the same form with those bits set: after « stay - rules » such a bit is still set where the stay's
part is not less than the rule's. So a rule is kept where its part is at most the stay's, which is why the
two upper limits stand there as what they lack.
"""

from __future__ import annotations

import numpy as np

from tariff.vector.layout import ANY_LENGTH, FAR, Array

_NIGHTS, _DAYS = 255, 2**15 - 1
_THROUGH, _MOST, _NOTICE, _HORIZON = 9, 18, 27, 43
KEPT = 1 << 8 | 1 << 17 | 1 << 26 | 1 << 42 | 1 << 58
"""What is left where all rules are kept."""
KEPT_THROUGH = 1 << 17
"""What is left where the kind may be touched."""


def rules_word(*, least: int, through: int, most: int, notice: int, horizon: int) -> int:
    """The word of a kind of night."""
    return (
        min(least, ANY_LENGTH)
        | min(through, ANY_LENGTH) << _THROUGH
        | (_NIGHTS - min(most, ANY_LENGTH)) << _MOST
        | min(notice, FAR) << _NOTICE
        | (_DAYS - min(horizon, FAR)) << _HORIZON
    )


NEVER = rules_word(least=ANY_LENGTH, through=ANY_LENGTH, most=0, notice=FAR, horizon=0)
"""Of a night that is not priced: no stay keeps it."""


def stay_word(nights: int, ahead: int | Array) -> int | Array:
    """The word of a stay that is booked so many days ahead.

    An arrival in the past, or a stay longer than any rule allows, stands as one beyond every horizon.
    """
    if nights > _NIGHTS:
        nights, ahead = _NIGHTS, -1
    own = KEPT | nights | nights << _THROUGH | (_NIGHTS - nights) << _MOST
    if isinstance(ahead, int):
        days = ahead if 0 <= ahead < _DAYS else _DAYS
        return own + (days << _NOTICE) + (_DAYS - days << _HORIZON)
    each = np.where((ahead < 0) | (ahead > _DAYS), _DAYS, ahead).astype(np.int64)
    words: Array = own + (each << _NOTICE) + (_DAYS - each << _HORIZON)
    return words


def keeps(stay: int | Array, rules: Array, what: int) -> Array:
    """Where a stay keeps the rules (`KEPT` or `KEPT_THROUGH`); booleans."""
    kept: Array = ((stay - rules) & what) == what
    return kept
