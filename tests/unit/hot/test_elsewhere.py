"""What was not found here is looked for elsewhere for a while."""

from listingapi.hot.elsewhere import KEPT_SECONDS, MOST_KEPT, Elsewhere


def test_it_is_remembered_for_a_while() -> None:
    now = 0.0
    elsewhere = Elsewhere(lambda: now)
    elsewhere.note(("history", 1))

    assert (elsewhere.has(("history", 1)), elsewhere.has(("listing", 1))) == (True, False)
    now = KEPT_SECONDS
    assert not elsewhere.has(("history", 1))


def test_so_much_is_remembered_and_no_more() -> None:
    elsewhere = Elsewhere(lambda: 0.0)
    for listing_id in range(MOST_KEPT + 1):
        elsewhere.note(("history", listing_id))

    assert elsewhere.has(("history", MOST_KEPT))
    assert not elsewhere.has(("history", 0))
