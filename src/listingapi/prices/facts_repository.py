"""The SQL of what the histories of listings come to, as they were corrected."""


def facts_of(listing_id: str) -> str:
    """What reads the lowest and the highest price of a listing, and how often its price was cut or raised.

    `listing_id` is SQL that says which listing. It is an index scan of a few rows for each.
    """
    return f"""
        SELECT
            min(price_eur) AS lowest_price_eur,
            max(price_eur) AS highest_price_eur,
            count(*) FILTER (WHERE price_eur < price_before_eur) AS cuts_count,
            count(*) FILTER (WHERE price_eur > price_before_eur) AS rises_count
        FROM (
            SELECT price_eur, lag(price_eur) OVER (ORDER BY version) AS price_before_eur
            FROM listing_price_history
            WHERE listing_price_history.listing_id = {listing_id}
        ) AS entry
    """
