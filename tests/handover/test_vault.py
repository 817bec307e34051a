"""Sealing and keys: known answers, and that nothing opens where it should not."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover import vault
from handover.vault import ConversationKeys, Cost, KeyPair, Place, damm, keyfile, receipt
from handover.vault.derive import derive, keyed_hash, lookup_of, opening_key_of
from handover.vault.seal import NotOpened, seal, seal_text, unseal, unseal_text

KEY = bytes(range(32))
PLACE = Place("gesprek", 7, "message")
QUICK = Cost(1024, 1)


def test_sealing_gives_the_known_answer():
    sealed = seal(KEY, b"hallo", PLACE, nonce=bytes(24))
    assert sealed.hex() == KNOWN_SEALED
    assert unseal(KEY, sealed, PLACE) == b"hallo"


KNOWN_SEALED = "01" + "00" * 24 + "fd67e0ab83d7ba3d1d1e83150a51793063cb286837"


def test_derivations_give_the_known_answers():
    assert derive(KEY, "lookup").hex() == KNOWN_LOOKUP
    assert keyed_hash(KEY, b"een", "twee").hex() == KNOWN_HASH
    assert Cost(1024, 1).stretch(b"wachtwoord", bytes(16)).hex() == KNOWN_STRETCHED


KNOWN_LOOKUP = "5865cb01aa988a522d1b96f0a7f9176783a594a498349a4e6957a2fe954fc4d1"
KNOWN_HASH = "493655b0858388272fdcb2d5b7aac39c63c7381c83f36cd9b87a4d01694f4010"
KNOWN_STRETCHED = "c285e0316cbdb77838a0e099ece69dc29a101a61583b8af62e782213bb7504c1"


def test_xchacha20_poly1305_is_that_of_the_internet_draft():
    """draft-irtf-cfrg-xchacha-03, A.3.1."""
    from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt

    plain = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
        b"sunscreen would be it."
    )
    sealed = encrypt(
        plain, bytes.fromhex("50515253c0c1c2c3c4c5c6c7"), bytes(range(0x40, 0x58)), bytes(range(0x80, 0xA0))
    )
    assert sealed[-16:].hex() == "c0875924c1c7987947deafd8780acf49"


@given(st.text(st.characters()), st.integers(0, 10**6))
def test_what_is_sealed_opens_as_it_was(text: str, seq: int):
    place = Place("gesprek", seq, "message")
    assert unseal_text(KEY, seal_text(KEY, text, place), place) == text


@pytest.mark.parametrize(
    "elsewhere", [Place("ander", 7, "message"), Place("gesprek", 8, "message"), Place("gesprek", 7, "note")]
)
def test_a_sealed_value_opens_only_in_its_place(elsewhere: Place):
    with pytest.raises(NotOpened):
        unseal(KEY, seal(KEY, b"hallo", PLACE), elsewhere)


@given(st.integers(0, 45), st.integers(1, 255))
def test_an_altered_value_does_not_open(position: int, change: int):
    sealed = bytearray(seal(KEY, b"hallo", PLACE))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(NotOpened):
        unseal(KEY, bytes(sealed), PLACE)


def test_a_token_finds_and_opens_by_values_that_tell_nothing_of_each_other():
    token = vault.new_token()
    assert len(token) == 43
    assert lookup_of(token) != opening_key_of(token)
    for wrong in ("", "a" * 42, token + "a", "é" * 43, token[:-1] + "\n"):
        with pytest.raises(ValueError):
            lookup_of(wrong)


def test_keys_of_one_part_open_nothing_of_another():
    keys = ConversationKeys.new("c").with_new_part()
    early, late = keys.seal(0, 1, "message", "vroeg"), keys.seal(1, 2, "message", "laat")
    staff = KeyPair.new()
    opened = vault.open_handed_over("c", keys.only([1]).sealed_for(staff.public), staff.private)
    assert opened.open(1, 2, "message", late) == "laat"
    with pytest.raises(NotOpened):
        opened.open(0, 1, "message", early)


def test_handed_over_keys_open_only_for_their_conversation_and_their_holder():
    keys, staff = ConversationKeys.new("c"), KeyPair.new()
    sealed = keys.sealed_for(staff.public)
    with pytest.raises(NotOpened):
        vault.open_handed_over("ander", sealed, staff.private)
    with pytest.raises(NotOpened):
        vault.open_handed_over("c", sealed, KeyPair.new().private)


def test_the_bot_knows_a_conversation_by_a_name_that_leads_nowhere():
    keys = ConversationKeys.new("c")
    assert len(vault.sender_id(keys)) == 43
    assert vault.sender_id(keys) == vault.sender_id(keys.with_new_part())
    assert vault.sender_id(keys) != vault.sender_id(ConversationKeys.new("c"))


def test_a_password_opens_its_key_and_no_other_does():
    pair = KeyPair.new()
    locked = vault.lock(pair.private, "wachtwoord é", "staff", QUICK)
    assert vault.unlock(locked, "wachtwoord e\u0301", "staff") == pair  # however the keyboard writes é
    for password, owner in (("wachtwoord e", "staff"), ("wachtwoord é", "ander")):
        with pytest.raises(vault.WrongPassword):
            vault.unlock(locked, password, owner)


def test_a_session_opens_with_its_cookie_alone():
    pair, cookie = KeyPair.new(), vault.new_token()
    wrapped = vault.wrap_for_session(pair.private, cookie, "staff")
    assert vault.unwrap_for_session(wrapped, cookie, "staff") == pair
    with pytest.raises(NotOpened):
        vault.unwrap_for_session(wrapped, vault.new_token(), "staff")


def test_a_recovery_key_survives_being_typed_over():
    text, pair = vault.new_recovery_key()
    typed = text.lower().replace("-", " ").replace("o", "0").replace("i", "1")
    assert vault.recovery_pair(typed) == pair
    with pytest.raises(ValueError):
        vault.recovery_pair(text[:-2])


@given(st.text("0123456789", min_size=1, max_size=20), st.integers(0, 30), st.integers(0, 9))
def test_the_check_digit_finds_every_wrong_digit(digits: str, position: int, digit: int):
    code = digits + damm.check_digit(digits)
    position %= len(code)
    wrong = code[:position] + str(digit) + code[position + 1 :]
    assert damm.is_valid(wrong) == (wrong == code)


@given(st.text("0123456789", min_size=2, max_size=20), st.integers(0, 30))
def test_the_check_digit_finds_every_swap(digits: str, position: int):
    code = digits + damm.check_digit(digits)
    position %= len(code) - 1
    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    assert damm.is_valid(swapped) == (swapped == code)


def test_damm_gives_the_digit_of_the_paper():
    assert damm.check_digit("572") == "4"


def test_a_code_is_read_however_it_is_typed():
    code = receipt.new_code()
    for typed in (
        code,
        receipt.shown(code),
        f" {receipt.shown(code)}\n",
        "-".join(code),
        receipt.shown(code).replace(" ", "."),
    ):
        assert receipt.read(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "1" * 15, "1" * 17, "a" * 16, "١" * 16, "²" * 16, "1234 5678 9012 3456"]
)
def test_what_is_no_code_is_refused_without_guessing(typed: str):
    with pytest.raises(receipt.ReceiptMistyped):
        receipt.read(typed)


@given(st.text(max_size=200))
def test_reading_a_code_never_breaks(typed: str):
    with contextlib.suppress(receipt.ReceiptMistyped):
        assert len(receipt.read(typed)) == 16
    receipt.holds_code(typed)


def test_a_code_in_a_sentence_is_noticed_and_a_telephone_number_is_not():
    code = receipt.new_code()
    assert receipt.holds_code(f"mijn code is {receipt.shown(code)}.")
    assert receipt.holds_code(code)
    assert not receipt.holds_code("bel 06 12345678 of 053 4818181")


def test_finding_and_opening_keys_are_apart_and_need_the_pepper():
    code = receipt.new_code()
    keys = receipt.Receipts(b"p" * 32, QUICK).keys(code)
    other = receipt.Receipts(b"q" * 32, QUICK).keys(code)
    assert len({keys.lookup, keys.opening, other.lookup, other.opening}) == 4
    assert keys == receipt.Receipts(b"p" * 32, QUICK).keys(code)


def test_receipt_keys_give_the_known_answer():
    keys = receipt.Receipts(b"p" * 32, QUICK).keys("1234567890123452")
    assert (keys.lookup.hex(), keys.opening.hex()) == KNOWN_RECEIPT


KNOWN_RECEIPT = (
    "87abf8f69f23a188fa89840f9ae9901f9a51b542f8af85f977800e50559ab6f3",
    "15f60f5a9a11a2e532f449543ae20ca77e39dc78952d6127db844046ab5fa29d",
)


def test_a_key_file_is_private_and_reads_back(tmp_path: Path):
    path = tmp_path / "keys" / "installation.json"
    made = keyfile.create(path)
    assert keyfile.load(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert made.pepper != made.audit
    with pytest.raises(FileExistsError):
        keyfile.create(path)


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"format":1}', '{"format":1,"root":"00","check":"00"}', "ÿ"]
)
def test_a_damaged_key_file_is_refused_with_what_to_do(tmp_path: Path, damage: str):
    path = tmp_path / "installation.json"
    path.write_text(damage)
    with pytest.raises(keyfile.KeyFileDamaged, match="Put back the copy"):
        keyfile.load(path)


def test_one_altered_digit_damages_the_key_file(tmp_path: Path):
    path = tmp_path / "installation.json"
    root = keyfile.create(path).root.hex()
    path.write_text(path.read_text().replace(root, ("0" if root[0] != "0" else "1") + root[1:]))
    with pytest.raises(keyfile.KeyFileDamaged):
        keyfile.load(path)


def test_a_missing_key_file_is_said(tmp_path: Path):
    with pytest.raises(keyfile.KeyFileMissing, match="missing"):
        keyfile.load(tmp_path / "none.json")
