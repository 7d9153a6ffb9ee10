"""Where files are kept: a bucket (`SEJOUR_FILES_URL`), else a folder (`SEJOUR_FILES_DIR`).

Only services that keep files install obstore, so it is imported late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.settings import SharedSettings

if TYPE_CHECKING:
    from obstore.store import ObjectStore


def open_store(shared: SharedSettings, part: str = "") -> ObjectStore:
    """The object store, or the part of it below one folder name; credentials are the cloud's usual variables.

    Raises:
        ValueError: the address is of no kind that obstore knows.

    """
    from obstore.exceptions import BaseError  # noqa: PLC0415
    from obstore.store import LocalStore, from_url  # noqa: PLC0415

    if not shared.files_url:
        return LocalStore(prefix=shared.files_dir / part, mkdir=True)
    try:
        return from_url(f"{shared.files_url.rstrip('/')}/{part}".rstrip("/"))
    except (BaseError, ValueError) as error:
        raise ValueError(f"SEJOUR_FILES_URL is not understood: {type(error).__name__}") from error
