"""Published prices become one text « à partir de »: a feed's price is never made sellable."""

from dataclasses import dataclass

from catalog.adapters.feeds.text import euros
from catalog.domain.record import Record


@dataclass(frozen=True, slots=True)
class PublishedPrice:
    """A price as published; `mode` (per week, ...) and the rest are words, empty where not said."""

    low: float | None
    high: float | None
    mode: str = ""
    what: str = ""
    detail: str = ""


def put_prices(record: Record, prices: list[PublishedPrice]) -> None:
    """Writes the text, with remarks on prices without mode, without amount, or reversed."""
    lines = []
    modeless = []
    for price in prices:
        low, high = price.low, price.high
        if low is None and high is None:
            record.remark("PRICE_WITHOUT_AMOUNT")
            continue
        if low is not None and high is not None and low > high:
            record.remark("PRICE_MIN_ABOVE_MAX", min=f"{low:g}", max=f"{high:g}")
            low, high = high, low
        if not price.mode:
            modeless.append(f"{low if low is not None else high:g}")
        lines.append(_line(price, low, high))
    if modeless:
        record.remark("PRICE_WITHOUT_MODE", count=len(modeless), prices=", ".join(modeless)[:200])
    if lines:
        record.put("published_prices", "\n".join(dict.fromkeys(lines))[:4000])


def _line(price: PublishedPrice, low: float | None, high: float | None) -> str:
    head = " ".join(part for part in (price.what, price.mode) if part)
    if low is not None and high is not None and low != high:
        amount = f"de {euros(low)} à {euros(high)}"
    elif low is not None:
        amount = f"à partir de {euros(low)}"
    else:
        amount = f"jusqu’à {euros(high or 0)}"
    found = f"{head}\u00a0: {amount}" if head else amount[0].upper() + amount[1:]
    return f"{found} ({price.detail})" if price.detail else found
