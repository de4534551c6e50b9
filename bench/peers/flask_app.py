"""Flask and SQLAlchemy's ORM, under gunicorn."""

from typing import Any

from bench.peers import schemas, tables
from bench.peers.database import POOL_SIZE, url
from flask import Flask, Response, request
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import HTTPException, NotFound

engine = create_engine(url("psycopg"), pool_size=POOL_SIZE, max_overflow=0)
sessions = sessionmaker(engine, expire_on_commit=False)
app = Flask(__name__)

ONE = TypeAdapter(schemas.Listing)


@app.get("/listings")
def get_listings() -> Response:
    """The newest listings."""
    with sessions() as session:
        return _answer(schemas.Listings, session.scalars(tables.newest_listings()).all())


@app.post("/listings")
def post_listing() -> Response:
    """Store a listing and its first price."""
    listing = tables.new_listing(schemas.ListingWrite.model_validate_json(request.get_data()))
    with sessions() as session:
        session.add(listing)
        session.flush()
        session.add(tables.entry_of(listing))
        session.commit()
    return _answer(ONE, listing, status=201, headers={"Location": f"/listings/{listing.id}"})


@app.get("/listings/<int:listing_id>")
def get_listing(listing_id: int) -> Response:
    """One listing."""
    with sessions() as session:
        return _answer(ONE, _found(session, listing_id))


@app.put("/listings/<int:listing_id>")
def put_listing(listing_id: int) -> Response:
    """Replace a listing; another price is added to its history."""
    data = schemas.ListingWrite.model_validate_json(request.get_data())
    with sessions() as session:
        listing = _found(session, listing_id, lock=True)
        if entry := tables.replace(listing, data):
            session.add(entry)
        session.commit()
    return _answer(ONE, listing)


@app.get("/listings/<int:listing_id>/prices")
def get_prices(listing_id: int) -> Response:
    """The price history of a listing."""
    with sessions() as session:
        _found(session, listing_id)
        return _answer(schemas.Prices, session.scalars(tables.prices_of(listing_id)).all())


@app.errorhandler(HTTPException)
def say_what_is_wrong(error: HTTPException) -> tuple[dict[str, str], int]:
    """An error in the shape of the contract."""
    return {"message": error.description or ""}, error.code or 500


@app.errorhandler(ValidationError)
def say_what_is_invalid(error: ValidationError) -> tuple[dict[str, str], int]:
    """A body that is no listing."""
    return {"message": str(error)}, 422


def _found(session: Session, listing_id: int, *, lock: bool = False) -> tables.Listing:
    listing = session.get(tables.Listing, listing_id, with_for_update=lock)
    if listing is None:
        raise NotFound(f"There is no listing {listing_id}.")
    return listing


def _answer(kind: TypeAdapter[Any], found: Any, **options: Any) -> Response:
    body = kind.dump_json(kind.validate_python(found), exclude_none=True)
    return Response(body, mimetype="application/json", **options)
