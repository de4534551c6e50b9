"""FastAPI and SQLAlchemy's asynchronous ORM, under uvicorn."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from bench.peers import schemas, tables
from bench.peers.database import POOL_SIZE, url
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine(url("asyncpg"), pool_size=POOL_SIZE, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


async def open_session() -> AsyncIterator[AsyncSession]:
    """A session for one request."""
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(open_session)]


@app.get("/listings", response_model=list[schemas.Listing], response_model_exclude_none=True)
async def get_listings(session: Session) -> Sequence[tables.Listing]:
    """The newest listings."""
    return (await session.scalars(tables.newest_listings())).all()


@app.post("/listings", response_model=schemas.Listing, response_model_exclude_none=True, status_code=201)
async def post_listing(data: schemas.ListingWrite, session: Session, response: Response) -> tables.Listing:
    """Store a listing and its first price."""
    listing = tables.new_listing(data)
    session.add(listing)
    await session.flush()
    session.add(tables.entry_of(listing))
    await session.commit()
    response.headers["Location"] = f"/listings/{listing.id}"
    return listing


@app.get("/listings/{listing_id}", response_model=schemas.Listing, response_model_exclude_none=True)
async def get_listing(listing_id: int, session: Session) -> tables.Listing:
    """One listing."""
    return await _found(session, listing_id)


@app.put("/listings/{listing_id}", response_model=schemas.Listing, response_model_exclude_none=True)
async def put_listing(listing_id: int, data: schemas.ListingWrite, session: Session) -> tables.Listing:
    """Replace a listing; another price is added to its history."""
    listing = await _found(session, listing_id, lock=True)
    if entry := tables.replace(listing, data):
        session.add(entry)
    await session.commit()
    return listing


@app.get("/listings/{listing_id}/prices", response_model=list[schemas.Price])
async def get_prices(listing_id: int, session: Session) -> Sequence[tables.ListingPrice]:
    """The price history of a listing."""
    await _found(session, listing_id)
    return (await session.scalars(tables.prices_of(listing_id))).all()


@app.exception_handler(HTTPException)
async def say_what_is_wrong(_: Request, error: HTTPException) -> JSONResponse:
    """An error in the shape of the contract."""
    return JSONResponse({"message": error.detail}, error.status_code)


async def _found(session: AsyncSession, listing_id: int, *, lock: bool = False) -> tables.Listing:
    listing = await session.get(tables.Listing, listing_id, with_for_update=lock)
    if listing is None:
        raise HTTPException(404, f"There is no listing {listing_id}.")
    return listing
