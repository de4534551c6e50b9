"""Forged tokens, by their form and header: each is refused with one and the same answer."""

import json

import pytest

from tests.forgeries import FORM, SIGNATURE, Forge, Scene, assert_refused, get_listings, with_header
from tests.signing import segment

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEADER = "header not readable"
TYPE = "not a token for access"
CRIT = "extensions are not taken"
LENGTH = "token too long"

FORMS = [
    pytest.param(lambda s: f"{s.good}.", FORM, id="a dot behind it"),
    pytest.param(lambda s: f".{s.good}", FORM, id="a dot before it"),
    pytest.param(lambda s: f"{s.good}.{s.parts[2]}", FORM, id="two signatures"),
    pytest.param(lambda s: s.good.replace(".", "..", 1), FORM, id="two dots"),
    pytest.param(
        lambda _: f"{segment({'alg': 'dir', 'enc': 'A256GCM', 'kid': 'ec'})}..AAAA.AAAA.AAAA", FORM, id="a JWE"
    ),
    pytest.param(
        lambda s: json.dumps(dict(zip(("protected", "payload", "signature"), s.parts, strict=True))),
        FORM,
        id="in the JSON form",
    ),
    pytest.param(lambda s: f"{s.parts[0]}..{s.parts[2]}", FORM, id="without its payload"),
    pytest.param(lambda s: s.headed(b64=False), SIGNATURE, id="b64 of false"),
    pytest.param(lambda s: s.headed(b64=False, crit=["b64"]), CRIT, id="b64 of false that is critical"),
    pytest.param(lambda s: s.good.replace(".", ". ", 1), FORM, id="a space in it"),
    pytest.param(lambda s: s.good.replace(".", "\t.", 1), FORM, id="a tab in it"),
    pytest.param(lambda s: s.good.replace(".", ".\n", 1), FORM, id="a line break in it"),
    pytest.param(lambda s: f"{s.good}==", FORM, id="padding behind the signature"),
    pytest.param(lambda s: s.good.replace(".", "=.", 1), FORM, id="padding behind the header"),
    pytest.param(lambda s: f"{s.good[:-2]}+/", FORM, id="the other alphabet of base64"),
    pytest.param(lambda s: f"Bearer {s.good}", FORM, id="“Bearer” twice"),
    pytest.param(lambda s: f"{s.good}, {s.good}", FORM, id="two tokens"),
    pytest.param(lambda _: "", "not one bearer token", id="nothing"),
    pytest.param(lambda _: "..", FORM, id="two dots alone"),
    pytest.param(lambda _: "a.a.a", HEADER, id="what base64url has no bytes for"),
    pytest.param(lambda s: s.signed(pad="x" * 10 * 1024), LENGTH, id="10 KiB, rightly signed"),
    pytest.param(lambda s: s.signed(pad="x" * 1024 * 1024), LENGTH, id="a megabyte, rightly signed"),
    pytest.param(lambda _: "e" * 1024 * 1024, LENGTH, id="a megabyte of one letter"),
]

HEADERS = [
    pytest.param(lambda s: s.headed(crit=["exp"], exp=1), CRIT, id="an extension that must be known"),
    pytest.param(lambda s: s.headed(crit=[]), CRIT, id="no extensions that must be known"),
    pytest.param(lambda s: s.headed(typ="logout+jwt"), TYPE, id="a token for logging out"),
    pytest.param(lambda s: s.headed(typ="dpop+jwt"), TYPE, id="a proof of possession"),
    pytest.param(lambda s: s.headed(typ=""), TYPE, id="an empty type"),
    pytest.param(lambda s: s.headed(typ=7), TYPE, id="a type that is a number"),
    pytest.param(with_header(b'{"alg":"none","kid":"ec","alg":"ES256"}'), HEADER, id="two algorithms"),
    pytest.param(with_header(b'{"alg":"ES256","kid":"rsa","kid":"ec"}'), HEADER, id="two names of keys"),
    pytest.param(with_header(b'{"alg":"ES256","kid":"ec","x":{"y":1,"y":2}}'), HEADER, id="two members further in"),
    pytest.param(with_header(b'{"alg":"ES256","kid":"ec","x":NaN}'), HEADER, id="NaN"),
    pytest.param(with_header(b'["ES256"]'), HEADER, id="a list"),
    pytest.param(with_header(b"ES256"), HEADER, id="no JSON"),
    pytest.param(with_header(b"\xff"), HEADER, id="no UTF-8"),
    pytest.param(with_header('{"alg":"ES256","kid":"ec"}'.encode("utf-16")), HEADER, id="UTF-16"),
    pytest.param(with_header(b'{"x":' + b"[" * 4000), HEADER, id="brackets without an end"),
    pytest.param(with_header(b'{"x":' + b"9" * 5000 + b"}"), HEADER, id="a number of 5000 digits"),
]


@pytest.mark.parametrize(("forge", "reason"), FORMS)
async def test_a_token_in_another_form_is_refused(scene: Scene, forge: Forge, reason: str) -> None:
    await assert_refused(scene, forge(scene), reason)


@pytest.mark.parametrize(("forge", "reason"), HEADERS)
async def test_a_token_with_an_odd_header_is_refused(scene: Scene, forge: Forge, reason: str) -> None:
    await assert_refused(scene, forge(scene), reason)


async def test_a_token_outside_ascii_is_refused_in_the_same_way(scene: Scene) -> None:
    answer = await scene.client.get("/listings", headers={b"Authorization": f"Bearer {scene.good}é".encode()})
    other = await get_listings(scene.client, "a.b.c")

    assert answer.status_code == 401
    assert (answer.content, answer.headers["WWW-Authenticate"]) == (other.content, other.headers["WWW-Authenticate"])


async def test_the_token_that_the_forgeries_are_made_from_is_good(scene: Scene) -> None:
    for key in (scene.ec, scene.rsa, scene.ed):
        assert (await get_listings(scene.client, key.sign(scene.claims()))).status_code == 200
