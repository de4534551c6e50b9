"""What goes wrong again and again is said once."""

from structlog.testing import capture_logs

from listingapi.infra.complaints import SECONDS_BETWEEN_REMINDERS, Complaint


def test_it_is_said_once_for_each_reason_and_that_it_is_over() -> None:
    complaint = Complaint("it_fails", "it_works_again", work="name")
    with capture_logs() as said:
        complaint.end()
        for reason in ("a", "a", "b", "b"):
            complaint.say(reason)
        complaint.end()
        complaint.end()
        complaint.say("b")

    assert [(entry["event"], entry.get("reason"), entry["work"]) for entry in said] == [
        ("it_fails", "a", "name"),
        ("it_fails", "b", "name"),
        ("it_works_again", None, "name"),
        ("it_fails", "b", "name"),
    ]


def test_what_stays_wrong_is_said_again_after_a_while() -> None:
    now = 0.0
    complaint = Complaint("it_fails", "it_works_again", clock=lambda: now)
    with capture_logs() as said:
        for _ in range(30):
            complaint.say("a")
            now += SECONDS_BETWEEN_REMINDERS / 10

    assert [entry["reason"] for entry in said] == ["a", "a", "a"]
