"""Text that is no text, and text that would like to be something else (B69 to B82)."""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyascii import anyascii

from tests.databases import Databases
from tests.faults.doors import APIS, Door, flaw_of, opened
from tests.faults.mutations import CHOICE, CODE, TEXT, flaws, places, sent

# As JSON, because half of a character can only be written there.
UNSTORABLE = (
    *(
        '"a\\u0000b"',
        '"\\ud800"',
        '"\\udfff\\ud800"',
        '"a\\u0007b"',
        '"a\\u202eb"',
        '"a\\u2028b"',
        '"a\\u200bb"',
    ),
    *(
        '"a\\ufeffb"',
        '"a\\u001bb"',
        '"a\\r\\nSet-Cookie: a=b"',
        '"a\\n[ERROR] paid"',
        '"\\ue000"',
        '"\\ufffe"',
        '"a\\tb"',
    ),
    *('""', '" "', '"\\u00a0\\u3000"', f'"{"a" * 2001}"', f'"{"a" * 500_000}"', f'"{chr(0x1F600) * 5000}"'),
    *(f'"{"e" + chr(0x301) * 10_000}"', "1", "1.5", "true", "[]", '["a"]', "{}", '{"$ne": null}', "NaN"),
)
# Only text: shown as it is to whoever may read it, and never anything else.
SPEAKING = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><svg onload=alert(1)>",
    "'-alert(1)-'",
    "javascript:alert(1)",
    "{{7*7}} ${7*7} {% raw %} #{7*7}",
    "<b>bold & <i>Ann <ann@x.org></i>",
    '<img src="/etc/passwd"/>',
    '<img src="http://169.254.169.254/"/>',
    '#let x = read("/etc/passwd") $x$ *bold* _it_ @ref <label>',
    "' OR 1=1--",
    "1); DROP TABLE invoices;--",
    "%' AND pg_sleep(5)--",
    "\\'; DELETE FROM patients;--",
    "100 % _under_ \\ back",
    "../../etc/passwd",
    "%252e%252e/",
    "CON",
    "%s%n %(name)s {0.__class__} {self}",
    '=HYPERLINK("http://x","y")',
    "=cmd|'/C calc'!A0",
    "@SUM(1)",
    "\u674e\u96f7 \u0141ukasz \u0645\u0631\u062d\u0628\u0627 \U0001f600",
    "\u0421\u041aU \uff33\uff2b\uff35 Stra\u00dfe",
)
NOT_A_CODE = (
    "two words",
    "caf\u00e9",
    "\u0421\u041aU",
    "a;b",
    "<b>",
    "'",
    "..",
    "-a",
    "_a",
    "a" * 65,
    "a\u0301",
    "\uff21",
    "a b",
    "*",
    "a,b",
)
NOT_A_CHOICE = (
    '"paid"',
    '"DONE"',
    '"done "',
    '"owner"',
    '""',
    "0",
    "1",
    "true",
    "[]",
    "{}",
    '["cash"]',
    '"\\u0000"',
    '"\\ud800"',
)


@pytest.fixture(scope="module", params=APIS)
def door(request: pytest.FixtureRequest, databases: Databases, keys_dir: Path) -> Iterator[Door]:
    with opened(request.param, databases, keys_dir) as found:
        yield found


def test_text_that_cannot_be_kept_is_refused_in_every_field(door: Door) -> None:
    before, found = door.stored(), places(door, TEXT, CODE)

    assert found != []
    assert flaws(door, found, UNSTORABLE) == {}
    assert door.stored() == before


def test_what_is_not_offered_cannot_be_chosen(door: Door) -> None:
    before, found = door.stored(), places(door, CHOICE)

    assert found != []
    assert flaws(door, found, NOT_A_CHOICE) == {}
    assert door.stored() == before


def test_a_code_is_letters_and_digits(door: Door) -> None:
    before = door.stored()
    found = [place for place in places(door, CODE) if not str(place.path[-1]).endswith("_on")]

    assert found != []
    assert flaws(door, found, [json.dumps(text) for text in NOT_A_CODE]) == {}
    assert door.stored() == before


def test_text_that_speaks_other_languages_is_text(databases: Databases, keys_dir: Path) -> None:
    """B69 to B75, B82: kept and answered, or refused; never a failure, and nothing of it is executed."""
    for service in APIS:
        with opened(service, databases, keys_dir) as door:
            kept = 0
            for place in places(door, TEXT):
                for text in SPEAKING:
                    answer = sent(door, place, json.dumps(text))
                    if answer.status_code >= 300:
                        assert flaw_of(answer, 400, 404, 409, 412, 422) == "", (place.name, text)
                    else:
                        kept += 1
                        assert answer.content_type == "application/json", place.name
            assert kept > len(SPEAKING), service


def test_a_name_comes_back_as_it_was_given_and_prints(databases: Databases, keys_dir: Path) -> None:
    """B69 to B71: in JSON, in a search, and on the patient's copy, which is always produced."""
    with opened("billing", databases, keys_dir) as billing:
        olga = billing.owner
        for text in SPEAKING:
            person = {"clinic_id": "main", "given_name": text, "family_name": text}
            made = olga.post("/v1/patients", person)
            assert made.status_code == 201, (text, made.text)
            found = olga.get(f"/v1/patients/{made.json['patient_id']}").json
            assert (found["given_name"], found["family_name"]) == (text, text)

            sale = olga.post("/v1/checkouts", _cash(made.json["patient_id"], text))
            assert sale.status_code == 201, (text, sale.text)
            paper = olga.get(f"/v1/invoices/{sale.json['invoice']['id']}.pdf")
            assert paper.status_code == 200, (text, paper.text)
            assert paper.data.startswith(b"%PDF-")
            assert b"root:" not in paper.data


def _cash(patient_id: str, reason: str) -> dict[str, object]:
    return {
        "clinic_id": "main",
        "patient_id": patient_id,
        "lines": [{"charge": "microneedling-neck"}],
        "discounts": [{"amount_cents": 500, "reason": reason}],
        "tenders": [{"kind": "cheque", "amount_cents": 7000, "reference": reason[:60]}],
    }


def _longest_when_folded() -> str:
    """Return the two hundred characters that plain letters need most room for."""
    every = (chr(number) for number in range(0xA1, 0x20000))
    good = [character for character in every if unicodedata.category(character) in {"So", "Lo", "Sm"}]
    return "".join(sorted(good, key=lambda character: -len(anyascii(character)))[:200])


EMOJI = "".join(chr(0x1F400 + offset) for offset in range(100))
LONGEST = _longest_when_folded()
NAMES = {
    "longest": LONGEST[:100],
    "emoji": EMOJI,
    "more emoji": "".join(chr(0x1F450 + offset) for offset in range(100)),
    "characters": "".join(chr(0x4E00 + 61 * offset) for offset in range(100)),
    "squares": "".join(chr(0x3300 + offset % 88) for offset in range(100)),
    "one word": "a" * 100,
    "no word": "!" * 100,
}


@pytest.mark.parametrize("script", NAMES)
def test_the_longest_names_of_any_script_are_kept_and_listed(
    databases: Databases, keys_dir: Path, script: str
) -> None:
    """Folded to plain letters for the search, one character may become forty."""
    with opened("billing", databases, keys_dir) as billing:
        name, mail = NAMES[script], f"{NAMES[script][:60]}@{LONGEST[100:190]}"
        person = {"clinic_id": "main", "given_name": name, "family_name": LONGEST[100:], "email": mail}

        made = [
            billing.owner.post("/v1/patients", person),
            billing.owner.post("/v1/patients", {**person, "given_name": name[::-1]}),
        ]

        assert [answer.status_code for answer in made] == [201, 201], made[0].text
        assert len(_pages(billing)) == 4


def _pages(billing: Door) -> list[str]:
    """Page through all patients, one by one, by a cursor that holds the whole name."""
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        answer = billing.owner.get(
            "/v1/patients", query_string={"limit": 1} | ({"cursor": cursor} if cursor else {})
        )
        assert answer.status_code == 200, answer.text
        found += [patient["patient_id"] for patient in answer.json["items"]]
        cursor = answer.json["next"]
        # It travels in an address, of which a server reads 4 kB.
        assert cursor is None or len(cursor) < 1000
    return found


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Jose\u0301", "Jos\u00e9"),
        ("  Ana  ", "Ana"),
        ("\u00a0Ana\u3000", "Ana"),
        ("A\u030angstro\u0308m", "\u00c5ngstr\u00f6m"),
    ],
)
def test_the_same_name_written_in_two_ways_is_kept_in_one(
    databases: Databases, keys_dir: Path, given: str, kept: str
) -> None:
    """B78."""
    with opened("billing", databases, keys_dir) as billing:
        person = {"clinic_id": "main", "given_name": given, "family_name": "Lima"}

        assert billing.owner.post("/v1/patients", person).json["given_name"] == kept


@pytest.mark.parametrize(
    "text",
    [*SPEAKING, "%", "_", "%%%%", "\\", "*", "'", '"', "a" * 100, "\u0130", "\u00df", "\U0001f600" * 100],
)
def test_a_search_for_anything_finds_only_what_is_called_so(door: Door, text: str) -> None:
    """B74: no wildcard, no escape, no statement."""
    document = door.owner.get("/openapi.json").json
    searched = 0
    for path, operations in document["paths"].items():
        names = {parameter["name"] for parameter in operations.get("get", {}).get("parameters", [])}
        if "query" in names:
            searched += 1
            answer = door.owner.get(path, query_string={"query": text})
            assert answer.status_code == 200, (path, answer.text)
            assert all(
                _is_empty(text) or text.strip().lower() in json.dumps(item).lower()
                for item in answer.json["items"]
            ), path

    assert searched >= 1


def _is_empty(text: str) -> bool:
    """Nothing is asked for by signs alone."""
    return not any(character.isalnum() for character in text)


@pytest.mark.parametrize(
    "text", ["a" * 50_000 + "!", "a@" * 25_000, "+" * 50_000, "0 " * 25_000, "\\" * 50_000, '"' * 50_000]
)
def test_no_pattern_takes_long_over_anything(door: Door, text: str) -> None:
    """B81."""
    before, found = door.stored(), places(door, TEXT, CODE, CHOICE)

    assert flaws(door, found, [json.dumps(text)]) == {}
    assert door.stored() == before
