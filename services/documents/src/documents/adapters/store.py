"""The bytes of documents: written once under their id, checked against their hash on reading."""

import hashlib

import obstore
from chassis.errors import InternalError
from chassis.logging import get_logger
from obstore.exceptions import AlreadyExistsError
from obstore.store import ObjectStore
from prometheus_client import Counter

log = get_logger()

CORRUPT = Counter(
    "sejour_documents_corrupt_total",
    "Stored documents whose bytes are missing or changed. Must stay 0: restore the file from a backup.",
)


class DocumentStore:
    """The part `documents` of the object store."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, key: str, content: bytes) -> bytes:
        """Writes a new object and returns its SHA-256; an object that is there is never overwritten.

        Raises:
            InternalError: the key is taken by other bytes.

        """
        digest = hashlib.sha256(content).digest()
        try:
            await obstore.put_async(self._store, key, content, mode="create")
        except AlreadyExistsError:
            await self.get(key, digest)
        return digest

    async def get(self, key: str, sha256: bytes) -> bytes:
        """The bytes of an object.

        Raises:
            InternalError: they are missing, or not those that were written.

        """
        try:
            found = await obstore.get_async(self._store, key)
            content = bytes(await found.bytes_async())
        except FileNotFoundError as error:
            CORRUPT.inc()
            log.error("document_missing", key=key)  # noqa: TRY400 (the exception says no more)
            raise InternalError(part="files") from error
        if hashlib.sha256(content).digest() != sha256:
            CORRUPT.inc()
            log.error("document_corrupt", key=key)
            raise InternalError(part="files")
        return content
