"""Tokens of the identity provider whose claims are wrong: each is refused with one and the same answer."""

import pytest

from tests.forgeries import Forge, Scene, assert_refused
from tests.issuer import AUDIENCE, NAME

pytestmark = pytest.mark.asyncio(loop_scope="module")

LEEWAY = 30
FAR = "1" + "0" * 400

ISSUER = "issued by another"
OTHER_AUDIENCE = "meant for another audience"
EXPIRED = "expired"
EARLY = "not valid yet"
TIME = "not a time"
SUBJECT = "no subject"
ACCOUNT = "no account"
NO_SUCH_ACCOUNT = "no such account, or suspended"
SCOPES = "scopes of another type"
CLAIMS = "claims not readable"


def claiming(**changed: object) -> Forge:
    return lambda s: s.signed(**changed)


def at(**seconds: int) -> Forge:
    """Times that are so many seconds from now."""
    return lambda s: s.signed(**{name: s.seconds + distance for name, distance in seconds.items()})


def expiring(text: str) -> Forge:
    """What JSON libraries don't write for a time."""
    return lambda s: s.signed_text(f'"exp": {s.seconds + 300}', f'"exp": {text}')


def of_account(text: str) -> Forge:
    return lambda s: s.signed_text(f'"account_id": {s.account_id}', f'"account_id": {text}')


PARTIES = [
    pytest.param(claiming(aud="https://other.example"), OTHER_AUDIENCE, id="audience: another"),
    pytest.param(claiming(aud=None), OTHER_AUDIENCE, id="audience: missing"),
    pytest.param(claiming(aud=""), OTHER_AUDIENCE, id="audience: empty"),
    pytest.param(claiming(aud=AUDIENCE[:-1]), OTHER_AUDIENCE, id="audience: the beginning of ours"),
    pytest.param(claiming(aud=f"{AUDIENCE}.evil"), OTHER_AUDIENCE, id="audience: begins with ours"),
    pytest.param(claiming(aud=AUDIENCE.upper()), OTHER_AUDIENCE, id="audience: ours in capitals"),
    pytest.param(claiming(aud=f"{AUDIENCE} other"), OTHER_AUDIENCE, id="audience: ours among words"),
    pytest.param(claiming(aud=["a", "b"]), OTHER_AUDIENCE, id="audience: a list without ours"),
    pytest.param(claiming(aud=[]), OTHER_AUDIENCE, id="audience: an empty list"),
    pytest.param(claiming(aud=[AUDIENCE, 1]), OTHER_AUDIENCE, id="audience: a list with a number"),
    pytest.param(claiming(aud=[[AUDIENCE]]), OTHER_AUDIENCE, id="audience: a list in a list"),
    pytest.param(claiming(aud={AUDIENCE: 1}), OTHER_AUDIENCE, id="audience: an object"),
    pytest.param(claiming(iss=None), ISSUER, id="issuer: missing"),
    pytest.param(claiming(iss=""), ISSUER, id="issuer: empty"),
    pytest.param(claiming(iss=NAME[:-1]), ISSUER, id="issuer: the beginning of ours"),
    pytest.param(claiming(iss=f"{NAME}2"), ISSUER, id="issuer: begins with ours"),
    pytest.param(claiming(iss=f"{NAME}/"), ISSUER, id="issuer: ours with a slash"),
    pytest.param(claiming(iss=NAME.replace("id", "ID")), ISSUER, id="issuer: ours in other case"),
    pytest.param(claiming(iss=NAME.replace("https", "http")), ISSUER, id="issuer: ours without TLS"),
    pytest.param(claiming(iss=[NAME]), ISSUER, id="issuer: a list with ours"),
]

TIMES = [
    pytest.param(at(exp=-LEEWAY - 1), EXPIRED, id="expired by a second beyond leeway"),
    pytest.param(at(exp=-LEEWAY), EXPIRED, id="expired by exactly the leeway"),
    pytest.param(claiming(exp=0), EXPIRED, id="exp: 1970"),
    pytest.param(at(nbf=LEEWAY + 1), EARLY, id="not valid for a second beyond leeway"),
    pytest.param(at(iat=LEEWAY + 1), EARLY, id="issued a second beyond leeway from now"),
    pytest.param(claiming(exp=None), TIME, id="exp: missing"),
    pytest.param(claiming(exp="4102444800"), TIME, id="exp: a string"),
    pytest.param(claiming(exp=True), TIME, id="exp: true"),
    pytest.param(claiming(exp=[4102444800]), TIME, id="exp: a list"),
    pytest.param(expiring("null"), TIME, id="exp: null"),
    pytest.param(expiring("-4102444800"), TIME, id="exp: negative"),
    pytest.param(expiring("1e300"), TIME, id="exp: 1e300"),
    pytest.param(expiring(FAR), TIME, id="exp: of 401 digits"),
    pytest.param(expiring("9" * 5000), CLAIMS, id="exp: of 5000 digits"),
    pytest.param(expiring("1e400"), CLAIMS, id="exp: 1e400"),
    pytest.param(expiring("NaN"), CLAIMS, id="exp: NaN"),
    pytest.param(expiring("Infinity"), CLAIMS, id="exp: Infinity"),
    pytest.param(expiring("-Infinity"), CLAIMS, id="exp: -Infinity"),
    pytest.param(claiming(nbf="0"), TIME, id="nbf: a string"),
    pytest.param(lambda s: s.signed_text(f'"nbf": {s.seconds}', '"nbf": null'), TIME, id="nbf: null"),
    pytest.param(claiming(iat=False), TIME, id="iat: false"),
]

WHO = [
    pytest.param(claiming(sub=None), SUBJECT, id="subject: missing"),
    pytest.param(claiming(sub=""), SUBJECT, id="subject: empty"),
    pytest.param(claiming(sub=7), SUBJECT, id="subject: a number"),
    pytest.param(claiming(sub=["anna"]), SUBJECT, id="subject: a list"),
    pytest.param(claiming(sub="a" * 256), SUBJECT, id="subject: of 256 characters"),
    pytest.param(claiming(sub="anna\0"), SUBJECT, id="subject: with a NUL"),
    pytest.param(claiming(sub="anna\nuser boss"), SUBJECT, id="subject: with a line break"),
    pytest.param(claiming(sub="anna\u202eboss"), SUBJECT, id="subject: with a turn of the writing"),
    pytest.param(claiming(sub="anna\ud800"), SUBJECT, id="subject: with half a character"),
    pytest.param(claiming(account_id=None), ACCOUNT, id="account: missing"),
    pytest.param(of_account("null"), ACCOUNT, id="account: null"),
    pytest.param(claiming(account_id=0), ACCOUNT, id="account: 0"),
    pytest.param(claiming(account_id="0"), ACCOUNT, id="account: 0 as a string"),
    pytest.param(claiming(account_id=-1), ACCOUNT, id="account: negative"),
    pytest.param(lambda s: s.signed(account_id=float(s.account_id)), ACCOUNT, id="account: with a fraction of 0"),
    pytest.param(lambda s: s.signed(account_id=f"{s.account_id}.0"), ACCOUNT, id="account: the same as a string"),
    pytest.param(lambda s: s.signed(account_id=f" {s.account_id}"), ACCOUNT, id="account: behind a space"),
    pytest.param(lambda s: s.signed(account_id=f"{s.account_id}\n"), ACCOUNT, id="account: before a line break"),
    pytest.param(lambda s: s.signed(account_id=f"0{s.account_id}"), ACCOUNT, id="account: behind a zero"),
    pytest.param(lambda s: s.signed(account_id=f"+{s.account_id}"), ACCOUNT, id="account: behind a plus"),
    pytest.param(claiming(account_id="\uff12"), ACCOUNT, id="account: in other digits"),
    pytest.param(claiming(account_id=2**63), ACCOUNT, id="account: beyond a bigint"),
    pytest.param(claiming(account_id="9" * 19), ACCOUNT, id="account: beyond a bigint as a string"),
    pytest.param(of_account(FAR), ACCOUNT, id="account: of 401 digits"),
    pytest.param(claiming(account_id=True), ACCOUNT, id="account: true"),
    pytest.param(lambda s: s.signed(account_id=[s.account_id]), ACCOUNT, id="account: a list"),
    pytest.param(lambda s: s.signed(account_id=f"{s.account_id} OR 1=1"), ACCOUNT, id="account: SQL"),
    pytest.param(claiming(account_id=2**63 - 1), NO_SUCH_ACCOUNT, id="account: one that there is not"),
    pytest.param(lambda s: s.signed(account_id=s.suspended_id), NO_SUCH_ACCOUNT, id="account: one that is suspended"),
    pytest.param(claiming(scope=7), SCOPES, id="scopes: a number"),
    pytest.param(claiming(scope={"listings:read": True}), SCOPES, id="scopes: an object"),
    pytest.param(claiming(scope=["listings:read", 7]), SCOPES, id="scopes: a list with a number"),
]

TEXTS = [
    pytest.param(
        lambda s: s.signed_text('"sub": "anna"', '"sub": "boss", "sub": "anna"'), CLAIMS, id="the subject twice"
    ),
    pytest.param(lambda s: s.signed_text('"exp":', '"exp": 1, "exp":'), CLAIMS, id="the expiry twice"),
    pytest.param(
        lambda s: s.signed_text('"account_id":', '"account\\u005fid": 1, "account_id":'), CLAIMS, id="escaped"
    ),
    pytest.param(
        lambda s: s.signed_text('"sub":', '"realm": {"roles": [], "roles": ["editor"]}, "sub":'),
        CLAIMS,
        id="a name further in twice",
    ),
    pytest.param(lambda s: s.ec.sign(b"[]"), CLAIMS, id="a list"),
    pytest.param(lambda s: s.ec.sign(b"null"), CLAIMS, id="null"),
    pytest.param(lambda s: s.ec.sign(b"iss=id.example"), CLAIMS, id="no JSON"),
    pytest.param(lambda s: s.ec.sign(b'{"iss":"\xff"}'), CLAIMS, id="no UTF-8"),
    pytest.param(lambda s: s.ec.sign("{}".encode("utf-16")), CLAIMS, id="UTF-16"),
    pytest.param(lambda s: s.ec.sign(b"[" * 4000), CLAIMS, id="brackets without an end"),
    pytest.param(lambda s: s.ec.sign(b'{"x":' + b"[" * 2900 + b"]" * 2900 + b"}"), CLAIMS, id="lists 2900 deep"),
]


@pytest.mark.parametrize(("forge", "reason"), PARTIES)
async def test_a_token_of_another_issuer_or_for_another_audience_is_refused(
    scene: Scene, forge: Forge, reason: str
) -> None:
    await assert_refused(scene, forge(scene), reason)


@pytest.mark.parametrize(("forge", "reason"), TIMES)
async def test_a_token_of_another_time_is_refused(scene: Scene, forge: Forge, reason: str) -> None:
    await assert_refused(scene, forge(scene), reason)


@pytest.mark.parametrize(("forge", "reason"), WHO)
async def test_a_token_of_nobody_is_refused(scene: Scene, forge: Forge, reason: str) -> None:
    await assert_refused(scene, forge(scene), reason)


@pytest.mark.parametrize(("forge", "reason"), TEXTS)
async def test_a_token_that_can_be_read_in_two_ways_or_none_is_refused(scene: Scene, forge: Forge, reason: str) -> None:
    await assert_refused(scene, forge(scene), reason)
