"""Each fact of a party is kept in one form, or refused with a sentence that names it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.parties import rules
from echeance.parties.errors import InvalidEmailError, MandateInvalidError
from echeance.parties.rules import checked, checked_email, country_code, search_words, with_changes
from echeance.parties.types import PartyFacts, PartyFinding

FIRM = PartyFacts(code="C1", name="Brume", payment_terms="net30")


@pytest.mark.parametrize(
    ("given_facts", "kept"),
    [
        ({"siren": "404 833 048"}, {"siren": "404833048"}),
        ({"siret": "40483304800022"}, {"siret": "40483304800022", "siren": "404833048"}),
        ({"vat_id": "fr 83 404833048"}, {"vat_id": "FR83404833048", "siren": "404833048"}),
        ({"vat_id": "BE0428759497", "country": "be"}, {"vat_id": "BE0428759497", "siren": ""}),
        ({"siren": "404833048"}, {"electronic_address": "0225:404833048"}),
        (
            {"siren": "404833048", "electronic_address": "404833048_ACHATS"},
            {"electronic_address": "0225:404833048_ACHATS"},
        ),
        ({"siren": "404833048", "category": "public"}, {"electronic_address": "0225:404833048"}),
        ({"category": "consumer"}, {"siren": "", "electronic_address": ""}),
        ({"country": "BE", "postcode": "1000"}, {"territory": "", "postcode": "1000"}),
        ({"postcode": "20 200"}, {"territory": "corsica", "postcode": "20200"}),
        ({"postcode": "97400"}, {"territory": "reunion"}),
        ({"payment_terms": "45 jours fin de mois"}, {"payment_terms": "fdm45"}),
        ({"name": "  Dupont\r\nBcc: x@y\u200b "}, {"name": "Dupont Bcc: x@y"}),
        ({"language": "EN"}, {"language": "en"}),
    ],
)
def test_a_fact_is_kept_in_one_form(given_facts, kept):
    facts, findings = checked(replace(FIRM, **given_facts))

    assert findings == ()
    assert {name: getattr(facts, name) for name in kept} == kept


@pytest.mark.parametrize(
    ("given_facts", "field", "said"),
    [
        ({"siren": "404833049"}, "siren", "Le SIREN « 404833049 » n'est pas valable"),
        ({"siren": "40483304"}, "siren", "Le SIREN « 40483304 » n'est pas valable"),
        ({"siret": "40483304800023"}, "siret", "Le SIRET « 40483304800023 » n'est pas valable"),
        ({"vat_id": "FR84404833048"}, "vat_id", "de TVA « FR84404833048 » n'est pas valable"),
        (
            {"siren": "732829320", "vat_id": "FR83404833048"},
            "vat_id",
            "ne correspond pas au SIREN 732829320 (attendu : FR44732829320)",
        ),
        (
            {"siren": "732829320", "siret": "40483304800022"},
            "siret",
            "n'est pas un établissement du SIREN 732829320",
        ),
        (
            {"siren": "732829320", "electronic_address": "404833048"},
            "electronic_address",
            "ne commence pas par le SIREN du tiers (732829320)",
        ),
        ({"electronic_address": "0225:12"}, "electronic_address", "« 0225:12 » n'est pas valable"),
        ({"electronic_address": "404833048"}, "electronic_address", "SIREN du tiers (absent)"),
        (
            {"category": "consumer", "siren": "404833048"},
            "siren",
            "Un particulier n'a pas de SIREN",
        ),
        ({"category": "consumer", "vat_id": "FR83404833048"}, "vat_id", "n'a pas de n° de TVA"),
        ({"category": "vip"}, "category", "La catégorie « vip » est inconnue"),
        ({"name": " \t"}, "name", "Le champ « nom » est vide"),
        ({"name": "x" * 201}, "name", "dépasse 200 caractères"),
        ({"postcode": "7500"}, "postcode", "Le code postal « 7500 » n'est pas français"),
        ({"country": "ZZ"}, "country", "Le pays « ZZ » est inconnu"),
        ({"payment_terms": "quand je peux"}, "payment_terms", "« quand je peux »"),
        ({"payment_terms": ""}, "payment_terms", "Les conditions de règlement sont vides"),
        ({"vat_exemption": "parce que"}, "vat_exemption", "« parce que » est inconnu"),
        ({"territory": "lune"}, "territory", "« lune » est inconnu"),
        ({"language": "français"}, "language", "La langue « français » est inconnue"),
        ({"is_customer": False}, "code", "ni client ni fournisseur"),
    ],
)
def test_a_wrong_fact_is_refused_by_name(given_facts, field, said):
    _, findings = checked(replace(FIRM, **given_facts))

    assert [(finding.party, finding.field) for finding in findings] == [("C1", field)]
    assert said in findings[0].message


def test_every_problem_is_said_at_once():
    _, findings = checked(
        replace(FIRM, code="", name="", siren="1", postcode="x"), party="tiers n° 3"
    )

    assert [(finding.party, finding.field) for finding in findings] == [
        ("tiers n° 3", "code"),
        ("tiers n° 3", "name"),
        ("tiers n° 3", "siren"),
        ("tiers n° 3", "postcode"),
    ]
    assert findings[2] == PartyFinding(
        "tiers n° 3",
        "siren",
        "1",
        "Le SIREN « 1 » n'est pas valable : il compte neuf chiffres dont le dernier est une clé "
        "de contrôle. Recopiez-le depuis l'annuaire des entreprises.",
    )


def test_what_was_deduced_follows_what_it_was_deduced_from():
    before, _ = checked(replace(FIRM, siren="404833048", postcode="75001"))

    after, findings = checked(with_changes(before, {"siren": "732829320", "postcode": "97400"}))

    assert findings == ()
    assert (after.electronic_address, after.territory) == ("0225:732829320", "reunion")


def test_what_a_person_chose_does_not_follow():
    before, _ = checked(replace(FIRM, siren="404833048", electronic_address="404833048_ACHATS"))

    _, findings = checked(with_changes(before, {"siren": "732829320"}))

    assert [finding.field for finding in findings] == ["electronic_address"]


@given(
    st.builds(
        PartyFacts,
        code=st.text(max_size=5),
        name=st.text(max_size=8),
        siren=st.sampled_from(["", "404 833 048", "1"]),
        postcode=st.sampled_from(["", "75 001", "97400", "x"]),
        payment_terms=st.sampled_from(["30 jours", "", "fdm45", "?"]),
    )
)
def test_checking_twice_changes_nothing_more(facts):
    once, findings = checked(facts)

    assert checked(once) == (once, checked(once)[1])
    assert bool(findings) == bool(checked(once)[1])


@pytest.mark.parametrize("email", ["a@b.fr", " Compta.Fr+x@sous-domaine.exemple.fr ", "é@b.fr"])
def test_an_address_is_accepted(email):
    local, _, domain = email.strip().partition("@")

    assert checked_email(email) == f"{local}@{domain.lower()}"


@pytest.mark.parametrize(
    "email",
    ["", "a", "a@b", "a@@b.fr", "a b@c.fr", "a@b.fr, c@d.fr", "a@b.fr\nBcc: x@y.fr", "<a@b.fr>",
     "a@-b.f1", "a" * 65 + "@b.fr", "a@b.fr;"],
)  # fmt: skip
def test_what_is_not_one_address_is_refused(email):
    with pytest.raises(InvalidEmailError):
        checked_email(email)


@pytest.mark.parametrize(
    ("text", "code"),
    [("france", "FR"), ("FR", "FR"), ("La Réunion", "RE"), ("United Kingdom", "GB"), ("x", "x")],
)
def test_a_country_is_known_by_its_name(text, code):
    assert country_code(text) == code


def test_a_party_is_found_by_its_names_and_numbers():
    facts = PartyFacts(code="C-12", name="L'Œuvre", siren="404833048", city="Évry")

    assert search_words(facts) == "c 12 l oeuvre 404833048 evry"


# -- groups, references ---------------------------------------------------------------------------

PARENTS = st.dictionaries(st.integers(1, 9), st.integers(1, 9), max_size=9)


@given(PARENTS, st.integers(1, 9))
def test_everybody_of_a_group_has_the_same_head(parents, party_id):
    """Chains that come back on themselves too, as two groups merged into one another make."""
    head = rules.head_of(party_id, parents)

    assert rules.head_of(head, parents) == head
    if party_id in parents:
        assert rules.head_of(parents[party_id], parents) == head


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), max_size=12))
def test_links_that_make_nobody_depend_on_himself_never_loop(links):
    parents: dict[int, int] = {}
    for below, above in links:
        if not rules.depends_on(above, below, {k: v for k, v in parents.items() if k != below}):
            parents[below] = above

    for party_id in range(1, 7):
        head = rules.head_of(party_id, parents)
        assert head not in parents
        assert rules.depends_on(party_id, head, parents)


@given(st.text(alphabet="ABCZ019/+?-:().,'", min_size=1, max_size=35))
def test_a_reference_kept_is_kept_as_it_is(text):
    try:
        kept = rules.checked_reference(text)
    except MandateInvalidError:
        assert text.startswith("/") or text.endswith("/") or "//" in text
    else:
        assert rules.checked_reference(kept.lower()) == kept


@pytest.mark.parametrize(
    ("present", "said", "fields"),
    [
        ({"address_line": "3 av. du Gal Leclerc"}, {"address_line": "3 AVENUE DU GAL LECLERC"}, []),
        ({"city": "St-Étienne"}, {"city": "SAINT ETIENNE"}, []),
        ({"name": "SARL Brume"}, {"name": "BRUME"}, []),
        ({"name": "SA"}, {"name": "SAS"}, ["name"]),
        ({"name": "Chez Léa"}, {"name": "DUPONT", "other_names": "CHEZ LEA | CL"}, []),
        ({"city": "Lyon"}, {}, []),
        (
            {"address_line": "3 rue A", "address_extra": "Bât. B"},
            {"address_line": "9 RUE Z"},
            ["address_line", "address_extra"],
        ),
        ({"address_line": "3 rue A", "address_extra": "Bât. B"}, {"address_line": "3 RUE A"}, []),
    ],
)
def test_what_a_register_writes_otherwise_is_a_difference_or_not(present, said, fields):
    assert [field for field, _, _ in rules.differences(present, said)] == fields
