"""A bare ASGI application on asyncpg's pool, under uvicorn: as little as can answer."""

from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import orjson
from bench.peers.database import PAGE, POOL_SIZE, url

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ADDRESS = ("street_address", "postal_code", "city", "country")
CONTENT = (
    "name", "description", "building_type", "latest_price_eur", "surface_area_m2", "rooms_count", "bedrooms_count",
    "contact_phone_number",
)  # fmt: skip
COLUMNS = f"listing_id AS id, {', '.join((*CONTENT, *ADDRESS))}, created_date, updated_date"
VALUES = "$2, $3, $4, $5::numeric, $6, $7, $8, $9, $10, $11, $12, $13"

ONE = f"SELECT {COLUMNS} FROM listing WHERE listing_id = $1"
PRICES = "SELECT price_eur, created_date FROM listing_price WHERE listing_id = $1 ORDER BY version"
NEWEST = f"""
    SELECT {COLUMNS} FROM listing WHERE withdrawn_date IS NULL ORDER BY created_date DESC, listing_id DESC LIMIT {PAGE}
"""
ENTRY = """
    INSERT INTO listing_price (listing_id, version, price_eur, created_date, recorded_date, source, account_id)
    SELECT {0}.listing_id, {0}.version, latest_price_eur, price_changed_date, price_changed_date, 'api', account_id
    FROM {0}
"""
INSERT = f"""
    WITH inserted AS (
        INSERT INTO listing (
            {", ".join((*CONTENT, *ADDRESS))}, account_id, version, price_version, original_price_eur,
            price_changed_date, created_date, updated_date
        )
        VALUES ({VALUES}, 1, 1, 1, $5, $1, $1, $1)
        RETURNING *
    ), entry AS ({ENTRY.format("inserted")})
    SELECT {COLUMNS} FROM inserted
"""
LOCK = "SELECT latest_price_eur, version FROM listing WHERE listing_id = $1 FOR NO KEY UPDATE"
REPLACE = f"""
    UPDATE listing
    SET ({", ".join((*CONTENT, *ADDRESS))}) = ROW ({VALUES}),
        version = version + 1, updated_date = greatest($14, updated_date)
    WHERE listing_id = $1
    RETURNING {COLUMNS}
"""
REPRICE = f"""
    WITH updated AS (
        UPDATE listing
        SET ({", ".join((*CONTENT, *ADDRESS))}) = ROW ({VALUES}),
            version = version + 1, price_version = version + 1, previous_price_eur = latest_price_eur,
            updated_date = greatest($14, updated_date), price_changed_date = greatest($14, updated_date)
        WHERE listing_id = $1
        RETURNING *
    ), entry AS ({ENTRY.format("updated")})
    SELECT {COLUMNS} FROM updated
"""


class Application:
    """The application, and its pool while it runs."""

    def __init__(self) -> None:
        self._pool: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or open and close the pool."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            status, body = await self._answer(scope["method"], scope["path"].split("/")[2:], receive)
            await send(_start(status, body))
            await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._pool = await asyncpg.create_pool(url(), min_size=POOL_SIZE, max_size=POOL_SIZE)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, method: str, path: list[str], receive: Receive) -> tuple[int, bytes]:
        match method, path:
            case "GET", []:
                return 200, _json([_listing(row) for row in await self._pool.fetch(NEWEST)])
            case "GET", [listing_id]:
                return _one(await self._pool.fetchrow(ONE, int(listing_id)))
            case "GET", [listing_id, "prices"]:
                rows = await self._pool.fetch(PRICES, int(listing_id))  # every listing has one
                return (200, _json([dict(row) for row in rows])) if rows else _one(None)
            case "PUT", [listing_id]:
                return _one(await self._put(int(listing_id), await _body(receive)))
            case "POST", []:
                row = await self._pool.fetchrow(INSERT, datetime.now(UTC), *_values(await _body(receive)))
                return 201, _json(_listing(row))
        return _one(None)

    async def _put(self, listing_id: int, data: dict[str, Any]) -> Any:
        async with self._pool.acquire() as connection, connection.transaction():
            before = await connection.fetchrow(LOCK, listing_id)
            values = _values(data)
            if before is None:
                return None
            statement = REPLACE if before["latest_price_eur"] == values[3] else REPRICE
            return await connection.fetchrow(statement, listing_id, *values, datetime.now(UTC))


async def _body(receive: Receive) -> dict[str, Any]:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            parsed: dict[str, Any] = orjson.loads(body)
            return parsed


def _values(data: dict[str, Any]) -> list[Any]:
    content = {**data, "latest_price_eur": Decimal(str(data["latest_price_eur"]))}
    return [content.get(name) for name in CONTENT] + [data["postal_address"][name] for name in ADDRESS]


def _listing(row: Any) -> dict[str, Any]:
    listing = dict(row)
    listing["postal_address"] = {name: listing.pop(name) for name in ADDRESS}
    return {name: value for name, value in listing.items() if value is not None}


def _one(row: Any) -> tuple[int, bytes]:
    return (404, _json({"message": "There is no such listing."})) if row is None else (200, _json(_listing(row)))


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=float, option=orjson.OPT_UTC_Z)


def _start(status: int, body: bytes) -> MutableMapping[str, Any]:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    return {"type": "http.response.start", "status": status, "headers": headers}


app = Application()
