"""Identifiers: good ones are read from dirty text, bad ones cannot exist, and say why in French.

SIREN and SIRET below are the public numbers of large firms or were worked by hand with Luhn.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.errors import Kind
from echeance.core.identifiers import (
    Bic,
    CreditorId,
    ElectronicAddress,
    Iban,
    InvalidBicError,
    InvalidCreditorIdError,
    InvalidElectronicAddressError,
    InvalidIbanError,
    InvalidSirenError,
    InvalidSiretError,
    InvalidVatIdError,
    Siren,
    Siret,
    VatId,
    VatIdMismatchError,
)


@pytest.mark.parametrize(
    "text",
    ["404833048", "404 833 048", "404.833.048", "404\u202f833\u00a0048", " 404-833-048\n"],
)
def test_a_siren_is_read_whatever_its_separators(text):
    siren = Siren.parse(text)

    assert siren.value == "404833048"
    assert siren.formatted() == "404\u00a0833\u00a0048"


@pytest.mark.parametrize(
    "text", ["", "404833049", "40483304", "4048330480", "000000000", "40483304O", "٤٠٤٨٣٣٠٤٨"]
)
def test_a_wrong_siren_is_refused_with_what_to_do(text):
    with pytest.raises(InvalidSirenError) as caught:
        Siren.parse(text)

    assert caught.value.kind is Kind.INVALID
    assert str(caught.value) == (
        f"Le SIREN « {text} » n'est pas valable : il compte neuf chiffres dont le dernier est une "
        "clé de contrôle. Recopiez-le depuis l'annuaire des entreprises."
    )


def test_a_wrong_value_cannot_be_built_at_all():
    with pytest.raises(InvalidSirenError):
        Siren("404 833 048")  # parse reads separators, the constructor takes the bare value


def test_every_single_digit_change_breaks_a_siren():
    number = "404833048"

    survivors = [
        changed
        for position in range(9)
        for digit in "0123456789"
        if (changed := number[:position] + digit + number[position + 1 :]) != number
        and Siren.is_valid(changed)
    ]

    assert survivors == []


@pytest.mark.parametrize(
    ("text", "siren"),
    [
        ("404 833 048 00022", "404833048"),
        ("35600000000048", "356000000"),  # La Poste, head office: Luhn
        ("35600000049837", "356000000"),  # La Poste, a post office: 3+5+6+4+9+8+3+7 = 45
    ],
)
def test_a_siret_gives_its_siren(text, siren):
    assert Siret.parse(text).siren == Siren(siren)


@pytest.mark.parametrize("text", ["40483304800023", "35600000049838", "4048330480002", "404833049"])
def test_a_wrong_siret_is_refused(text):
    with pytest.raises(InvalidSiretError, match=f"« {text} »"):
        Siret.parse(text)


@pytest.mark.parametrize(
    ("siren", "vat_id"),
    [
        ("404833048", "FR83404833048"),  # 404833048 mod 97 = 56; 12 + 168 = 180; mod 97 = 83
        ("356000000", "FR39356000000"),  # 356000000 mod 97 = 9; 12 + 27 = 39
    ],
)
def test_the_french_vat_number_follows_from_the_siren(siren, vat_id):
    assert Siren(siren).vat_id == VatId(vat_id)
    assert VatId(vat_id).siren == Siren(siren)


def test_a_french_vat_number_is_written_in_groups():
    assert VatId("FR83404833048").formatted() == "FR\u00a083\u00a0404\u00a0833\u00a0048"


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("be 0428.759.497", "BE"),
        ("EL 094259216", "GR"),
        ("ATU13585627", "AT"),
        ("CHE-107.787.577", "CH"),  # outside the Union the shape alone is checked
    ],
)
def test_foreign_vat_numbers_know_their_country(text, country):
    vat_id = VatId.parse(text)

    assert vat_id.country == country
    assert vat_id.siren is None


@pytest.mark.parametrize(
    "text",
    ["FR84404833048", "FRFR83404833048", "83404833048", "BE0428759498", "FR", "12345678901"],
)
def test_a_wrong_vat_number_is_refused(text):
    with pytest.raises(InvalidVatIdError, match=f"« {text} »"):
        VatId.parse(text)


def test_a_vat_number_of_another_firm_is_told_with_the_expected_one():
    vat_id = VatId("FR39356000000")

    with pytest.raises(VatIdMismatchError) as caught:
        vat_id.check_siren(Siren("404833048"))

    assert str(caught.value) == (
        "Le numéro de TVA FR39356000000 ne correspond pas au SIREN 404833048 "
        "(attendu : FR83404833048). Corrigez l'un des deux."
    )


def test_a_foreign_vat_number_goes_with_any_siren():
    VatId("BE0428759497").check_siren(Siren("404833048"))


def test_an_iban_is_read_grouped_and_masked():
    iban = Iban.parse("fr76 3000 6000 0112 3456 7890 189")

    assert iban.value == "FR7630006000011234567890189"
    assert iban.formatted().replace("\u00a0", " ") == "FR76 3000 6000 0112 3456 7890 189"
    assert iban.masked() == "FR76…0189"
    assert iban.country == "FR"


@pytest.mark.parametrize(
    "text", ["FR7630006000011234567890188", "FR76300060000112345678901890", "ZZ00", ""]
)
def test_a_wrong_iban_is_refused(text):
    with pytest.raises(InvalidIbanError, match=f"« {text} »"):
        Iban.parse(text)


def test_a_bic_has_eight_or_eleven_characters():
    assert Bic.parse("agri frpp 882").value == "AGRIFRPP882"
    assert Bic.is_valid("BNPAFRPP")
    with pytest.raises(InvalidBicError, match="« BNPAFRP »"):
        Bic.parse("BNPAFRP")


@pytest.mark.parametrize(
    "value",
    [
        "404833048",
        "404833048_40483304800022",
        "404833048_40483304800022_ACHATS",
        "404833048_COMPTA",
    ],
)
def test_a_french_electronic_address_starts_with_its_siren(value):
    address = ElectronicAddress.parse(value)

    assert str(address) == f"0225:{value}"
    assert address.siren == Siren("404833048")


@pytest.mark.parametrize(
    "value",
    [
        "404833049",
        "COMPTA",
        "404833048_",
        "404833048__A",
        "404833048_40483304800023",
        "404833048_É",
        "404833048_" + "A" * 116,
        "0225:",
        "225:404833048",
    ],
)
def test_an_electronic_address_outside_the_rules_is_refused(value):
    with pytest.raises(InvalidElectronicAddressError):
        ElectronicAddress.parse(value)


def test_an_electronic_address_is_made_from_identifiers():
    siret = Siret("40483304800022")

    address = ElectronicAddress.of_siren(siret.siren, siret, "ACHATS")

    assert address.value == "404833048_40483304800022_ACHATS"


def test_other_schemes_are_kept_as_they_are():
    address = ElectronicAddress.parse("0088:3664463000018")

    assert (address.scheme, address.value, address.siren) == ("0088", "3664463000018", None)


@given(st.text(max_size=200), st.sampled_from([Siren, Siret, VatId, Iban, Bic]))
def test_any_text_is_valid_or_refused_by_the_error_of_its_kind(text, kind):
    if kind.is_valid(text):
        assert kind.is_valid(kind.parse(text).value)
    else:
        with pytest.raises(kind.error) as caught:
            kind.parse(text)
        assert len(caught.value.value) <= 60


@given(st.integers(min_value=1, max_value=99_999_999))
def test_a_siren_with_its_luhn_key_is_valid_and_its_vat_number_leads_back(root):
    body = f"{root:08d}"
    # The key is reckoned here from the definition: every second digit doubled, digits summed.
    doubled = sum(sum(divmod(int(d) * (2 if i % 2 else 1), 10)) for i, d in enumerate(body))
    siren = Siren(f"{body}{-doubled % 10}")

    assert siren.vat_id.siren == siren


# -- SEPA creditor identifier ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["FR72ZZZ123456", "fr72 zzz 123456", "DE98ZZZ09999999999", "FR72ABC123456"]
)
def test_a_creditor_identifier_keeps_its_key_whatever_its_business_code(text):
    assert CreditorId.parse(text).country in {"FR", "DE"}


@pytest.mark.parametrize(
    "text", ["", "FR72ZZZ", "FR72ZZZ1234567", "FR72ZZ123456", "7272ZZZ123456", "FR55ZZZ123456"]
)
def test_what_is_no_creditor_identifier_is_refused(text):
    with pytest.raises(InvalidCreditorIdError):
        CreditorId.parse(text)


@given(st.integers(7, 12), st.integers(1, 9))
def test_one_wrong_digit_breaks_the_key_of_a_creditor_identifier(place, shift):
    good = "FR72ZZZ123456"
    digit = (int(good[place]) + shift) % 10

    assert not CreditorId.is_valid(f"{good[:place]}{digit}{good[place + 1 :]}")
