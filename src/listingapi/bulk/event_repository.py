"""The SQL of the events of an import: of a judged line, the data that Python makes of the same change over HTTP."""

from listingapi.listings.announcements import ListingCreated, ListingUpdated
from listingapi.prices.announcements import PriceChanged


def _amount(amount: str) -> str:
    """An amount of two decimals as it stands on the wire: a whole one without a fraction."""
    return f"CASE WHEN {amount} = round({amount}) THEN round({amount}) ELSE {amount} END"


def _moment(moment: str) -> str:
    """A time as it stands on the wire, in UTC; without a fraction where that is 0."""
    in_utc = f"""to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')"""
    return f"replace({in_utc}, '.000000', '') || 'Z'"


def _listing(price: str, created_date: str, updated_date: str) -> str:
    """The listing that a line says, as the API answers it."""
    return f"""json_build_object(
        'name', name, 'description', description, 'building_type', building_type,
        'latest_price_eur', {_amount(price)},
        'surface_area_m2', surface_area_m2, 'rooms_count', rooms_count, 'bedrooms_count', bedrooms_count,
        'contact_phone_number', contact_phone_number,
        'postal_address', json_build_object(
            'street_address', street_address, 'postal_code', postal_code, 'city', city, 'country', country
        ),
        'id', listing_id, 'created_date', {_moment(created_date)}, 'updated_date', {_moment(updated_date)}
    )"""


# In whole numbers, as the quotient of two amounts may need more digits than PostgreSQL computes.
PERCENT = "sign(new - old) * div(abs(new - old) * 20000 + old, old * 2) * 0.01"

CREATED = f"""
    SELECT 1, '{ListingCreated.type}', json_build_object(
        'listing', {
    _listing(
        "COALESCE(prices[1], latest_price_eur)",
        "COALESCE(created_date, price_dates[1], moment)",
        "CASE WHEN entries > 1 THEN price_dates[1] ELSE moment END",
    )
}
    )
    WHERE verdict = 'new'
"""
UPDATED = f"""
    SELECT old_version + GREATEST(adds, 1), '{ListingUpdated.type}', json_build_object(
        'listing', {_listing("latest_price_eur", "old_created_date", "moment")}, 'changed', changed
    )
    WHERE verdict = 'changed' AND changed <> '{{}}'
"""
# The first price of a listing is told with the listing.
REPRICED = f"""
    SELECT old_version + k - known_entries, '{PriceChanged.type}', json_build_object(
        'price_eur', {_amount("new")}, 'previous_price_eur', {_amount("old")}, 'change_eur', {_amount("(new - old)")},
        'change_percent', CASE WHEN old <> 0 THEN {_amount(f"({PERCENT})")} END,
        'created_date', {_moment("COALESCE(price_dates[k], moment)")}, 'source', 'import', 'account_id', $1
    )
    FROM generate_series(known_entries + 1, known_entries + adds) AS k
    CROSS JOIN LATERAL (
        SELECT COALESCE(prices[k], latest_price_eur) AS new, COALESCE(prices[k - 1], old_price_eur) AS old
    ) AS price
    WHERE verdict = 'changed' OR k > 1
"""

# $1 is the account that the listings belong to, $3 is now; a line may be of a moment that is a little later. That the
# updates are counted puts them first, in whatever order PostgreSQL would run the parts: events get their numbers while
# their listings are locked, or those of another writer could be told before them.
TELL = f"""
    INSERT INTO outbox (listing_id, version, type, account_id, created_date, data)
    SELECT listing_id, event.version, event.type, $1, GREATEST($3, moment), json_strip_nulls(event.data)
    FROM judged
    CROSS JOIN LATERAL ({CREATED} UNION ALL {UPDATED} UNION ALL {REPRICED}) AS event (version, type, data)
    WHERE verdict IN ('new', 'changed') AND (SELECT count(*) FROM updated) >= 0
    ORDER BY listing_id, event.version, event.type
"""
