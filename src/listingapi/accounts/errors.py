"""The errors of operations on accounts and their keys."""

from http import HTTPStatus

from listingapi.errors import RequestError


class AccountNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "account-not-found"

    def __init__(self, account_id: object) -> None:
        super().__init__(f"There is no account {str(account_id)[:40]}.")


class AccountNameTaken(RequestError):
    status = HTTPStatus.CONFLICT
    problem_type = "account-name-taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is an account “{name[:100]}” already.")


class APIKeyNotFound(RequestError):
    status = HTTPStatus.NOT_FOUND
    problem_type = "api-key-not-found"

    def __init__(self, key_id: object) -> None:
        super().__init__(f"The account has no API key {str(key_id)[:40]}.")


class TooManyAPIKeys(RequestError):
    status = HTTPStatus.CONFLICT
    problem_type = "too-many-api-keys"

    def __init__(self, most: int) -> None:
        super().__init__(f"An account has at most {most} API keys that open something: revoke one first.")


class OwnAccount(RequestError):
    """Callers would take their own credentials the right to undo what they do."""

    status = HTTPStatus.CONFLICT
    problem_type = "own-account"

    def __init__(self) -> None:
        super().__init__(
            "These credentials belong to this account, and would lose the scope accounts:admin by that: "
            "let another operator do it."
        )
