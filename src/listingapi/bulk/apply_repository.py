"""The SQL that applies staged lines: one statement a turn judges every line and writes what is due."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from listingapi.access.callers import COMMAND_LINE
from listingapi.bulk.event_repository import TELL
from listingapi.bulk.repository import Connection

# The names of what a line says otherwise than its listing, besides the price, as a ListingWrite has them.
CONTENT = (
    "name", "description", "building_type", "surface_area_m2", "rooms_count", "bedrooms_count", "contact_phone_number",
)  # fmt: skip
ADDRESS = "{0}.street_address, {0}.postal_code, {0}.city, {0}.country"
CHANGED = f"""
    array_remove(ARRAY[
        {", ".join(f"CASE WHEN s.{name} IS DISTINCT FROM l.{name} THEN '{name}' END" for name in CONTENT)},
        CASE WHEN ({ADDRESS.format("s")}) IS DISTINCT FROM ({ADDRESS.format("l")}) THEN 'postal_address' END
    ], NULL)
"""

# Every line of a turn is of another listing. What a line is compared with is the corrected history. `known_entries` is
# how many of the line's prices that has already, or -1 where the two disagree. `is_price_of_its_time`: the line is
# older than the listing, and had the price that the history has at its date. OFFSET 0 keeps the planner from repeating
# an expression wherever it is used.
MATCHED = f"""
    SELECT
        s.*,
        l.listing_id AS found_id,
        COALESCE(l.version, 0) AS old_version,
        l.latest_price_eur AS old_price_eur,
        l.price_changed_date AS old_price_date,
        l.created_date AS old_created_date,
        l.updated_date AS old_updated_date,
        l.withdrawn_date IS NOT NULL AS is_withdrawn,
        COALESCE(s.as_of, GREATEST($3, l.updated_date)) AS moment,
        COALESCE(cardinality(s.prices), 1) AS entries,
        CASE WHEN s.prices IS NULL THEN 0 ELSE (
            SELECT CASE WHEN COALESCE(bool_and((price_eur, created_date) = (s.prices[k], s.price_dates[k])), true)
                THEN count(*) ELSE -1 END
            FROM (
                SELECT price_eur, created_date, row_number() OVER (ORDER BY version) AS k
                FROM listing_price_history
                WHERE listing_id = l.listing_id
            ) AS entry
            WHERE k <= cardinality(s.prices)
        ) END AS known_entries,
        l.latest_price_eur IS DISTINCT FROM s.latest_price_eur AS is_other_price,
        CASE WHEN s.as_of < l.updated_date THEN (
            SELECT price_eur
            FROM listing_price_history
            WHERE listing_id = l.listing_id AND created_date <= s.as_of
            ORDER BY version DESC
            LIMIT 1
        ) = s.latest_price_eur END AS is_price_of_its_time,
        {CHANGED} AS changed,
        (s.name, s.description, s.street_address, s.postal_code, s.city) IS DISTINCT FROM (
            l.name, l.description, l.street_address, l.postal_code, l.city
        ) AS is_other_text,
        CASE
            WHEN is_by_external_id THEN NULL
            WHEN l.account_id <> $1 THEN 'other-account'
            WHEN l.created_date <> s.created_date OR s.external_id <> (
                SELECT external_id FROM listing_external_id WHERE listing_id = l.listing_id
            ) THEN 'other-listing'
        END AS mismatch
    FROM (
        SELECT
            s.*,
            COALESCE(x.listing_id, s.given_id) AS target_id,
            x.listing_id IS NOT NULL AS is_by_external_id,
            x.listing_id IS NULL AND s.external_id IS NOT NULL AS is_new_external_id
        FROM import_line AS s
        LEFT JOIN listing_external_id AS x ON x.account_id = $1 AND x.external_id = s.external_id
        WHERE s.turn = $2
    ) AS s
    LEFT JOIN listing AS l ON l.listing_id = s.target_id
    OFFSET 0
"""

# `adds`: the entries that are due. `as_of` is the latest date of a line. Dates never run backwards within a listing, so
# one in the future would put every later change there, too; but clocks may differ a little. A line without a date is of
# now, and so never older than what is known. The last entry may be later than that of the corrected history: nothing is
# appended before it.
JUDGED = f"""
    SELECT *, CASE
        WHEN as_of > $3 + INTERVAL '5 minutes' THEN 'future'
        WHEN found_id IS NULL THEN 'new'
        WHEN mismatch IS NOT NULL THEN mismatch
        WHEN known_entries < 0 THEN 'other-history'
        WHEN adds > 0 AND price_dates[known_entries + 1] < (
            SELECT created_date FROM listing_price WHERE listing_id = found_id ORDER BY version DESC LIMIT 1
        ) THEN 'other-history'
        WHEN adds = 0 AND NOT is_other_price AND NOT is_other_otherwise THEN 'unchanged'
        WHEN is_price_of_its_time AND (adds = 0 OR prices IS NULL) AND NOT is_new_external_id THEN 'unchanged'
        WHEN is_other_price AND (adds = 0 OR prices IS NULL AND as_of <= old_price_date) THEN 'older-price'
        WHEN as_of < old_updated_date THEN 'older'
        WHEN is_withdrawn THEN 'withdrawn'
        ELSE 'changed'
    END AS verdict
    FROM (
        SELECT
            *,
            CASE WHEN prices IS NULL THEN is_other_price::integer ELSE entries - known_entries END AS adds,
            changed <> '{{}}' OR is_new_external_id OR is_update AND as_of > old_updated_date AS is_other_otherwise
        FROM ({MATCHED}) AS matched
    ) AS counted
    ORDER BY line
"""

# A listing is updated only if it still is as it was when its line was judged; the caller compares the counts. They are
# locked before that, by their ids: two that lock the same ones in different orders would wait for each other.
APPLY = f"""
    WITH judged AS MATERIALIZED (
        SELECT *, CASE
            WHEN verdict = 'new' THEN COALESCE(given_id, nextval($4::text::regclass)) ELSE found_id
        END AS listing_id
        FROM ({JUDGED}) AS ordered
    ), locked AS MATERIALIZED (
        SELECT listing_id FROM listing
        WHERE listing_id IN (SELECT found_id FROM judged WHERE verdict = 'changed')
        ORDER BY listing_id
        FOR NO KEY UPDATE
    ), inserted AS (
        INSERT INTO listing (
            listing_id, account_id, version, name, description, building_type, latest_price_eur, previous_price_eur,
            original_price_eur, price_version, price_changed_date, surface_area_m2, rooms_count, bedrooms_count,
            contact_phone_number, street_address, postal_code, city, country, created_date, updated_date
        )
        OVERRIDING SYSTEM VALUE
        SELECT
            listing_id, $1, entries, name, description, building_type, latest_price_eur, prices[entries - 1],
            COALESCE(prices[1], latest_price_eur), entries, COALESCE(price_dates[entries], moment), surface_area_m2,
            rooms_count, bedrooms_count, contact_phone_number, street_address, postal_code, city, country,
            COALESCE(created_date, price_dates[1], moment), moment
        FROM judged
        WHERE verdict = 'new'
    ), updated AS (
        UPDATE listing AS l SET
            version = old_version + GREATEST(adds, 1),
            name = j.name,
            description = j.description,
            building_type = j.building_type,
            latest_price_eur = j.latest_price_eur,
            previous_price_eur = CASE
                WHEN adds = 0 THEN l.previous_price_eur WHEN adds = 1 THEN l.latest_price_eur ELSE prices[entries - 1]
            END,
            price_version = CASE WHEN adds = 0 THEN price_version ELSE old_version + adds END,
            price_changed_date =
                CASE WHEN adds = 0 THEN price_changed_date ELSE COALESCE(price_dates[entries], moment) END,
            surface_area_m2 = j.surface_area_m2,
            rooms_count = j.rooms_count,
            bedrooms_count = j.bedrooms_count,
            contact_phone_number = j.contact_phone_number,
            street_address = j.street_address,
            postal_code = j.postal_code,
            city = j.city,
            country = j.country,
            updated_date = moment
        FROM judged AS j
        WHERE verdict = 'changed' AND l.listing_id = j.listing_id AND l.version = old_version
            AND (SELECT count(*) FROM locked) >= 0
        RETURNING 1
    ), named AS (
        INSERT INTO listing_external_id (account_id, external_id, listing_id)
        SELECT $1, external_id, listing_id FROM judged WHERE verdict IN ('new', 'changed') AND is_new_external_id
    ), worded AS (
        INSERT INTO listing_text (listing_id, words)
        SELECT listing_id, listing_words(name, description, street_address, postal_code, city)
        FROM judged
        WHERE verdict IN ('new', 'changed') AND is_other_text
        ON CONFLICT (listing_id) DO UPDATE SET words = excluded.words
    ), entry AS (
        INSERT INTO listing_price
            (listing_id, version, price_eur, created_date, recorded_date, source, account_id, actor)
        SELECT listing_id, old_version + 1, latest_price_eur, moment, $3, 'import', $1, '{COMMAND_LINE}'
        FROM judged
        WHERE verdict IN ('new', 'changed') AND prices IS NULL AND adds = 1
        UNION ALL
        SELECT listing_id, old_version + k - known_entries, prices[k], price_dates[k], $3, 'import', $1,
            '{COMMAND_LINE}'
        FROM judged CROSS JOIN generate_series(known_entries + 1, entries) AS k
        WHERE verdict IN ('new', 'changed') AND prices IS NOT NULL
        RETURNING 1
    ), told AS (
        {TELL}
    )
    SELECT
        count(*) FILTER (WHERE verdict = 'new') AS new,
        count(*) FILTER (WHERE verdict = 'changed') AS changed,
        count(*) FILTER (WHERE verdict = 'unchanged') AS unchanged,
        (SELECT count(*) FROM updated) AS updated,
        (SELECT count(*) FROM entry) AS entries,
        COALESCE(jsonb_agg(jsonb_build_array(line, verdict, found_id) ORDER BY line)
            FILTER (WHERE verdict NOT IN ('new', 'changed', 'unchanged')), '[]') AS refused
    FROM judged
"""


Refused = tuple[int, str, int | None]


class ChangedMeanwhile(Exception):
    """A listing was changed by someone else after its line was judged; the batch has to be applied again."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the lines of a turn; `refused` has line, verdict and the listing that the line is of, if any."""

    new: int
    changed: int
    unchanged: int
    entries: int
    refused: list[Refused]


async def apply_turn(connection: Connection, account_id: int, turn: int, *, now: datetime, ids_from: str) -> Applied:
    """Apply the staged lines of a turn, each of another listing; new listings take their ids from a sequence.

    Raises:
        ChangedMeanwhile: a listing is no more as it was; nothing of this transaction may be kept.
    """
    (row,) = await connection.fetch(APPLY, account_id, turn, now, ids_from)
    if row["updated"] != row["changed"]:
        raise ChangedMeanwhile
    refused = msgspec.json.decode(row["refused"], type=list[Refused])
    return Applied(row["new"], row["changed"], row["unchanged"], row["entries"], refused)
