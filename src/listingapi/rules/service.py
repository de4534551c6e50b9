"""The use cases of pricing rules. They hold for the listings of the account that they belong to, from then on."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import msgspec

from listingapi.answers import Answer, answer
from listingapi.audit import repository as audit
from listingapi.idempotency import repository as records
from listingapi.idempotency.attempts import Attempt
from listingapi.infra.database import Database
from listingapi.infra.write import Write
from listingapi.rules import repository
from listingapi.rules.errors import PricingRuleNotFound, TooManyPricingRules
from listingapi.rules.schemas import ANSWERED, PricingRule, PricingRuleWrite

# Every write of a price reads them all. Two that are created at once may both be the last one.
MOST_RULES = 100


class RuleService:
    """Keeps the pricing rules of accounts."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def all_of(self, account_id: int) -> list[PricingRule]:
        """The rules of an account, in the order in which they were created."""
        return await repository.all_of(self._database, account_id)

    async def get(self, account_id: int, rule_id: int) -> PricingRule:
        """Read a rule.

        Raises:
            PricingRuleNotFound: the account has no such rule.
        """
        found = await repository.get(self._database, account_id, rule_id)
        if found is None:
            raise PricingRuleNotFound(rule_id)
        return found

    async def create(self, data: PricingRuleWrite, attempt: Attempt) -> Answer:
        """Add a rule to the caller's account.

        Raises:
            TooManyPricingRules: the account has all that it may have.
        """
        while True:
            now = self._now()
            prepared = await repository.prepare(self._database, attempt)
            await records.check_row(self._database, attempt, prepared, now)
            if prepared["rules"] >= MOST_RULES:
                raise TooManyPricingRules(MOST_RULES)
            rule_id: int = prepared["new_id"]
            write = records.begin(attempt)
            repository.insert(write, attempt.account_id, rule_id, data, now)
            _record(write, attempt, now, rule_id=rule_id, after=data)
            created = _answered(data, rule_id, created_date=now, updated_date=now)
            location = {"Location": f"/pricing-rules/{rule_id}"}
            done = answer(created, status=HTTPStatus.CREATED, headers=location)
            if await records.commit(self._database, write, attempt, done, now):
                return done

    async def replace(self, rule_id: int, data: PricingRuleWrite, attempt: Attempt) -> Answer:
        """Replace a rule of the caller's account, also by one of another kind.

        Raises:
            PricingRuleNotFound: the account has no such rule.
        """

        def decide(write: Write, before: PricingRule, now: datetime) -> Answer:
            updated = max(now, before.updated_date)
            repository.replace(write, attempt.account_id, rule_id, data, updated)
            return answer(_answered(data, rule_id, created_date=before.created_date, updated_date=updated))

        return await self._change(rule_id, attempt, decide, after=data)

    async def delete(self, rule_id: int, attempt: Attempt) -> Answer:
        """Delete a rule of the caller's account; what it had against prices stays in their histories.

        Raises:
            PricingRuleNotFound: the account has no such rule.
        """

        def decide(write: Write, *_: object) -> Answer:
            repository.delete(write, attempt.account_id, rule_id)
            return answer(status=HTTPStatus.NO_CONTENT)

        return await self._change(rule_id, attempt, decide)

    async def _change(
        self,
        rule_id: int,
        attempt: Attempt,
        decide: Callable[[Write, PricingRule, datetime], Answer],
        *,
        after: PricingRuleWrite | None = None,
    ) -> Answer:
        while True:
            now = self._now()
            before, row = await repository.load(self._database, attempt, rule_id)
            await records.check_row(self._database, attempt, row, now)
            if before is None:
                raise PricingRuleNotFound(rule_id)
            write = records.begin(attempt)
            done = decide(write, before, now)
            _record(write, attempt, now, rule_id=rule_id, before=before, after=after)
            if await records.commit(self._database, write, attempt, done, now):
                return done

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)


def _record(write: Write, attempt: Attempt, now: datetime, **told: Any) -> None:
    """Tell the audit trail what a rule was and what it is: it has no history of its own."""
    details = {name: value for name, value in told.items() if value is not None}
    audit.record(write, attempt.by, attempt.operation, now=now, details=details)


def _answered(data: PricingRuleWrite, rule_id: int, *, created_date: datetime, updated_date: datetime) -> PricingRule:
    written = msgspec.structs.asdict(data)
    return ANSWERED[data.kind](**written, id=rule_id, created_date=created_date, updated_date=updated_date)
