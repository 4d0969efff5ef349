"""The default chart of accounts and journals of a French company.

Numbers are those of the general chart (PCG), written on six digits; 44574 and 44564 are customary.
A company may renumber: code names an account by its key, never by its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from echeance.core.tax import Exigibility, Nature


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """One account.

    Attributes:
        key: Name used by code.
        number: Default number.
        label: French label.
        is_party: Kept per customer or supplier (auxiliary account, letterable).
    """

    key: str
    number: str
    label: str
    is_party: bool = False


@dataclass(frozen=True, slots=True)
class ChartJournal:
    """One journal: FEC code and French label."""

    code: str
    label: str


CHART: tuple[ChartAccount, ...] = (
    ChartAccount("result", "120000", "Résultat de l'exercice"),
    ChartAccount("suppliers", "401000", "Fournisseurs", is_party=True),
    ChartAccount("suppliers_bills", "403000", "Fournisseurs, effets à payer", is_party=True),
    ChartAccount("asset_suppliers", "404000", "Fournisseurs d'immobilisations", is_party=True),
    ChartAccount("suppliers_accrued", "408000", "Fournisseurs, factures non parvenues"),
    ChartAccount(
        "supplier_advances", "409100", "Fournisseurs, avances et acomptes versés", is_party=True
    ),
    ChartAccount("supplier_credits_due", "409800", "Fournisseurs, avoirs à recevoir"),
    ChartAccount("customers", "411000", "Clients", is_party=True),
    ChartAccount("customers_retention", "411700", "Clients, retenues de garantie", is_party=True),
    ChartAccount("customers_bills", "413000", "Clients, effets à recevoir", is_party=True),
    ChartAccount("doubtful_customers", "416000", "Clients douteux ou litigieux", is_party=True),
    ChartAccount("customers_unbilled", "418100", "Clients, factures à établir"),
    ChartAccount(
        "customer_advances", "419100", "Clients, avances et acomptes reçus", is_party=True
    ),
    ChartAccount("customer_credits_due", "419800", "Clients, avoirs à établir"),
    ChartAccount("vat_intra_eu", "445200", "TVA due intracommunautaire"),
    ChartAccount("vat_payable", "445510", "TVA à décaisser"),
    ChartAccount("vat_deductible_assets", "445620", "TVA déductible sur immobilisations"),
    ChartAccount("vat_deductible_deferred", "445640", "TVA déductible sur décaissements"),
    ChartAccount("vat_deductible", "445660", "TVA déductible sur autres biens et services"),
    ChartAccount("vat_credit", "445670", "Crédit de TVA à reporter"),
    ChartAccount("vat_collected", "445710", "TVA collectée"),
    ChartAccount("vat_deferred", "445740", "TVA collectée en attente d'encaissement"),
    ChartAccount("vat_to_regularise_purchases", "445860", "TVA sur factures non parvenues"),
    ChartAccount("vat_to_regularise_sales", "445870", "TVA sur factures à établir"),
    ChartAccount("disbursements", "467000", "Débours pour le compte de clients"),
    ChartAccount("factor", "467100", "Affactureur ou banque cessionnaire"),
    ChartAccount("assigned_receivables", "467200", "Créances clients cédées, contrepartie"),
    ChartAccount("factor_guarantee", "467300", "Cessionnaire, retenue de garantie"),
    ChartAccount("suspense", "471000", "Compte d'attente"),
    ChartAccount("prepaid_expenses", "486000", "Charges constatées d'avance"),
    ChartAccount("deferred_income", "487000", "Produits constatés d'avance"),
    ChartAccount("doubtful_allowance", "491000", "Dépréciation des comptes de clients"),
    ChartAccount("cheques", "511200", "Chèques à encaisser"),
    ChartAccount("bills_to_collect", "511300", "Effets à l'encaissement"),
    ChartAccount("bank", "512000", "Banques"),
    ChartAccount("cash_box", "530000", "Caisse"),
    ChartAccount("transfers", "580000", "Virements internes"),
    ChartAccount("purchases_materials", "601000", "Achats de matières premières"),
    ChartAccount("purchases_services", "604000", "Achats d'études et prestations de services"),
    ChartAccount("purchases_supplies", "606000", "Achats non stockés de matières et fournitures"),
    ChartAccount("purchases_goods", "607000", "Achats de marchandises"),
    ChartAccount("purchase_reductions", "609000", "Rabais, remises et ristournes obtenus"),
    ChartAccount("fees", "622000", "Rémunérations d'intermédiaires et honoraires"),
    ChartAccount("factoring_fees", "622500", "Rémunérations d'affacturage"),
    ChartAccount("bank_fees", "627000", "Services bancaires et assimilés"),
    ChartAccount("bad_debts", "654000", "Pertes sur créances irrécouvrables"),
    ChartAccount("fx_losses_trade", "656000", "Pertes de change sur créances commerciales"),
    ChartAccount("misc_expenses", "658000", "Charges diverses de gestion courante"),
    ChartAccount("financing_interest", "661600", "Intérêts sur opérations de financement"),
    ChartAccount("penalties_paid", "661800", "Intérêts des autres dettes"),
    ChartAccount("discounts_given", "665000", "Escomptes accordés"),
    ChartAccount("allowance_expense", "681700", "Dotations aux dépréciations des créances"),
    ChartAccount("sales_products", "701000", "Ventes de produits finis"),
    ChartAccount("sales_services", "706000", "Prestations de services"),
    ChartAccount("sales_goods", "707000", "Ventes de marchandises"),
    ChartAccount("sales_shipping", "708500", "Ports et frais accessoires facturés"),
    ChartAccount("sales_reductions", "709000", "Rabais, remises et ristournes accordés"),
    ChartAccount("fx_gains_trade", "756000", "Gains de change sur créances commerciales"),
    ChartAccount("misc_income", "758000", "Produits divers de gestion courante"),
    ChartAccount("penalties_received", "763100", "Intérêts de retard sur créances commerciales"),
    ChartAccount("discounts_received", "765000", "Escomptes obtenus"),
    ChartAccount("allowance_reversal", "781700", "Reprises sur dépréciations des créances"),
    ChartAccount("opening_balance", "890000", "Bilan d'ouverture"),
)

JOURNALS: tuple[ChartJournal, ...] = (
    ChartJournal("VT", "Ventes"),
    ChartJournal("AC", "Achats"),
    ChartJournal("BQ", "Banque"),
    ChartJournal("CA", "Caisse"),
    ChartJournal("OD", "Opérations diverses"),
    ChartJournal("AN", "À nouveaux"),
    ChartJournal("EF", "Effets de commerce"),
    ChartJournal("PE", "Pénalités de retard"),
)

_NUMBERS = {account.key: account.number for account in CHART}


def account_number(key: str, overrides: Mapping[str, str] | None = None) -> str:
    """The number of an account; a company's own numbers win over the default chart.

    An unknown key is a bug of the caller (``KeyError``).

    >>> account_number("customers"), account_number("bank", {"bank": "512100"})
    ('411000', '512100')
    """
    return (overrides or {}).get(key) or _NUMBERS[key]


def sales_key(nature: Nature) -> str:
    """Key of the revenue account of a line, where its item names none.

    >>> sales_key(Nature.SERVICES)
    'sales_services'
    """
    assert nature is not Nature.MIXED, "a line is either goods or services"
    return "sales_services" if nature is Nature.SERVICES else "sales_goods"


def vat_key(due: Exigibility) -> str:
    """Key of the account that VAT on sales is posted to when the invoice is issued.

    >>> vat_key(Exigibility.RECEIPTS)
    'vat_deferred'
    """
    assert due is not Exigibility.NONE, "no VAT, no line"
    return "vat_deferred" if due is Exigibility.RECEIPTS else "vat_collected"
