"""The words printed around the facts of an invoice, in the seven languages of customers.

One row a word, its languages in the order of :data:`LANGUAGES`; a row of another length cannot be
loaded. Countries are named by the CLDR, through Babel.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from echeance.core.writing import LOCALES

LANGUAGES: Final = ("fr", "en", "de", "es", "it", "nl", "pt")
"""Languages a document can be printed in; French first, the others fall back on English."""

# fmt: off
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    # -- titles: BT-3 ------------------------------------------------------------------------------
    "380": ("Facture", "Invoice", "Rechnung", "Factura", "Fattura", "Factuur", "Fatura"),
    "381": (
        "Avoir", "Credit note", "Gutschrift", "Factura de abono", "Nota di credito",
        "Creditnota", "Nota de crédito",
    ),
    "384": (
        "Facture rectificative", "Corrected invoice", "Rechnungskorrektur",
        "Factura rectificativa", "Fattura rettificativa", "Correctiefactuur",
        "Fatura retificativa",
    ),
    "386": (
        "Facture d'acompte", "Prepayment invoice", "Anzahlungsrechnung", "Factura de anticipo",
        "Fattura di acconto", "Voorschotfactuur", "Fatura de adiantamento",
    ),
    "389": (
        "Autofacture", "Self-billed invoice", "Gutschrift im Abrechnungsverfahren",
        "Autofactura", "Autofattura", "Self-billingfactuur", "Autofatura",
    ),
    "393": (
        "Facture affacturée", "Factored invoice", "Abgetretene Rechnung", "Factura cedida",
        "Fattura ceduta", "Gefactorde factuur", "Fatura cedida",
    ),
    "261": (
        "Avoir en autofacturation", "Self-billed credit note",
        "Korrektur im Abrechnungsverfahren", "Abono de autofactura",
        "Nota di credito in autofattura", "Self-billingcreditnota",
        "Nota de crédito em autofaturação",
    ),
    "262": (
        "Avoir de remise globale", "Global discount credit note", "Gutschrift über Jahresbonus",
        "Abono por descuento global", "Nota di credito per sconto globale",
        "Creditnota voor totaalkorting", "Nota de crédito de desconto global",
    ),
    "503": (
        "Avoir sur acompte", "Prepayment credit note", "Gutschrift zur Anzahlung",
        "Abono de anticipo", "Nota di credito su acconto", "Creditnota op voorschot",
        "Nota de crédito de adiantamento",
    ),
    "duplicate": (
        "Duplicata", "Duplicate", "Zweitschrift", "Duplicado", "Duplicato", "Duplicaat",
        "Segunda via",
    ),
    "number": ("N°", "No.", "Nr.", "N.º", "N.", "Nr.", "N.º"),
    "page": ("Page", "Page", "Seite", "Página", "Pagina", "Pagina", "Página"),
    "continued": (
        "suite", "continued", "Fortsetzung", "continuación", "segue", "vervolg", "continuação",
    ),
    # -- parties -----------------------------------------------------------------------------------
    "bill_to": (
        "Facturé à", "Bill to", "Rechnung an", "Facturar a", "Fatturato a", "Factuur aan",
        "Faturado a",
    ),
    "deliver_to": (
        "Livré à", "Deliver to", "Lieferung an", "Entregar a", "Consegnato a", "Geleverd aan",
        "Entregue a",
    ),
    "payee": (
        "À payer à", "Payable to", "Zahlbar an", "Pagar a", "Pagabile a", "Te betalen aan",
        "Pagar a",
    ),
    "representative": (
        "Représentant fiscal", "Tax representative", "Steuervertreter", "Representante fiscal",
        "Rappresentante fiscale", "Fiscaal vertegenwoordiger", "Representante fiscal",
    ),
    "vat_id": ("TVA", "VAT", "USt-IdNr.", "NIF-IVA", "P. IVA", "Btw-nr.", "NIF/IVA"),
    # -- references --------------------------------------------------------------------------------
    "issue_date": (
        "Date d'émission", "Issue date", "Rechnungsdatum", "Fecha de emisión",
        "Data di emissione", "Factuurdatum", "Data de emissão",
    ),
    "due_date": (
        "Échéance", "Due date", "Fällig am", "Vencimiento", "Scadenza", "Vervaldatum",
        "Vencimento",
    ),
    "delivery_date": (
        "Date de livraison", "Delivery date", "Lieferdatum", "Fecha de entrega",
        "Data di consegna", "Leverdatum", "Data de entrega",
    ),
    "supply_date": (
        "Date de réalisation", "Date of supply", "Leistungsdatum", "Fecha de la prestación",
        "Data della prestazione", "Datum van de dienst", "Data da prestação",
    ),
    "period": ("Période", "Period", "Zeitraum", "Período", "Periodo", "Periode", "Período"),
    "order_reference": (
        "Votre commande", "Your order", "Ihre Bestellung", "Su pedido", "Vostro ordine",
        "Uw bestelling", "A vossa encomenda",
    ),
    "buyer_reference": (
        "Votre référence", "Your reference", "Ihr Zeichen", "Su referencia",
        "Vostro riferimento", "Uw referentie", "A vossa referência",
    ),
    "contract_reference": (
        "Contrat", "Contract", "Vertrag", "Contrato", "Contratto", "Contract", "Contrato",
    ),
    "project_reference": (
        "Projet", "Project", "Projekt", "Proyecto", "Progetto", "Project", "Projeto",
    ),
    "sales_order_reference": (
        "Notre commande", "Our order", "Unser Auftrag", "Nuestro pedido", "Nostro ordine",
        "Onze order", "A nossa encomenda",
    ),
    "despatch_advice_reference": (
        "Bon de livraison", "Delivery note", "Lieferschein", "Albarán", "Documento di trasporto",
        "Pakbon", "Guia de remessa",
    ),
    "preceding": (
        "Facture d'origine", "Original invoice", "Ursprüngliche Rechnung", "Factura original",
        "Fattura di origine", "Oorspronkelijke factuur", "Fatura de origem",
    ),
    "dated": ("du", "of", "vom", "de", "del", "van", "de"),
    "from": ("du", "from", "vom", "del", "dal", "van", "de"),
    "to": ("au", "to", "bis", "al", "al", "tot", "a"),
    # -- lines -------------------------------------------------------------------------------------
    "item": (
        "Désignation", "Description", "Bezeichnung", "Descripción", "Descrizione",
        "Omschrijving", "Designação",
    ),
    "quantity": ("Qté", "Qty", "Menge", "Cant.", "Q.tà", "Aantal", "Qtd."),
    "unit_price": (
        "P.U. HT", "Unit price", "Einzelpreis", "Precio ud.", "Prezzo un.", "Stukprijs",
        "Preço un.",
    ),
    "vat": ("TVA", "VAT", "MwSt.", "IVA", "IVA", "Btw", "IVA"),
    "amount": (
        "Montant HT", "Net amount", "Nettobetrag", "Importe neto", "Imponibile", "Nettobedrag",
        "Valor líquido",
    ),
    "allowance": ("Remise", "Discount", "Rabatt", "Descuento", "Sconto", "Korting", "Desconto"),
    "charge": ("Majoration", "Surcharge", "Zuschlag", "Recargo", "Maggiorazione", "Toeslag",
               "Encargo"),
    "gross_price": (
        "Prix public", "List price", "Listenpreis", "Precio de tarifa", "Prezzo di listino",
        "Catalogusprijs", "Preço de tabela",
    ),
    # -- totals ------------------------------------------------------------------------------------
    "vat_rate": ("Taux", "Rate", "Satz", "Tipo", "Aliquota", "Tarief", "Taxa"),
    "base": ("Base HT", "Taxable", "Netto", "Base", "Imponibile", "Grondslag", "Base"),
    "tax": (
        "Montant TVA", "VAT amount", "Steuerbetrag", "Cuota de IVA", "Importo IVA",
        "Btw-bedrag", "Valor do IVA",
    ),
    "line_total": (
        "Total des lignes HT", "Sum of lines", "Summe der Positionen", "Total de líneas",
        "Totale righe", "Totaal regels", "Total das linhas",
    ),
    "net_total": (
        "Total HT", "Total excl. VAT", "Nettosumme", "Total sin IVA", "Totale imponibile",
        "Totaal excl. btw", "Total sem IVA",
    ),
    "vat_total": (
        "Total TVA", "Total VAT", "Umsatzsteuer", "Total IVA", "Totale IVA", "Totaal btw",
        "Total IVA",
    ),
    "vat_total_in": (
        "soit TVA en", "VAT in", "USt. in", "IVA en", "IVA in", "Btw in", "IVA em",
    ),
    "exchange_rate": (
        "Cours", "Exchange rate", "Wechselkurs", "Tipo de cambio", "Tasso di cambio",
        "Wisselkoers", "Taxa de câmbio",
    ),
    "gross_total": (
        "Total TTC", "Total incl. VAT", "Bruttosumme", "Total con IVA", "Totale IVA inclusa",
        "Totaal incl. btw", "Total com IVA",
    ),
    "prepaid": (
        "Déjà réglé", "Already paid", "Bereits bezahlt", "Ya pagado", "Già pagato",
        "Reeds betaald", "Já pago",
    ),
    "rounding": (
        "Arrondi", "Rounding", "Rundung", "Redondeo", "Arrotondamento", "Afronding",
        "Arredondamento",
    ),
    "amount_due": (
        "Net à payer", "Amount due", "Zahlbetrag", "Importe a pagar", "Netto a pagare",
        "Te betalen", "Total a pagar",
    ),
    "credit_due": (
        "Net en votre faveur", "Amount in your favour", "Betrag zu Ihren Gunsten",
        "Importe a su favor", "Importo a vostro favore", "Bedrag te uwen gunste",
        "Valor a vosso favor",
    ),
    "retained": (
        "dont retenue de garantie, payable le", "of which retention money, payable on",
        "davon Sicherheitseinbehalt, zahlbar am", "de los cuales retención de garantía, a pagar el",
        "di cui ritenuta di garanzia, pagabile il", "waarvan garantie-inhouding, betaalbaar op",
        "dos quais retenção de garantia, a pagar em",
    ),
    "payer_share": (
        "Pris en charge par", "Share paid by", "Übernommen von", "A cargo de", "A carico di",
        "Ten laste van", "A cargo de",
    ),
    "buyer_share": (
        "Reste à votre charge", "Left for you to pay", "Ihr Anteil", "Resto a su cargo",
        "Resta a vostro carico", "Uw deel", "Resta a vosso cargo",
    ),
    # -- payment -----------------------------------------------------------------------------------
    "payment": ("Règlement", "Payment", "Zahlung", "Pago", "Pagamento", "Betaling", "Pagamento"),
    "terms": (
        "Conditions", "Terms", "Zahlungsziel", "Condiciones", "Condizioni", "Voorwaarden",
        "Condições",
    ),
    "credit_terms": (
        "À déduire de votre prochain règlement, ou à rembourser",
        "To be deducted from your next payment, or refunded",
        "Von Ihrer nächsten Zahlung abzuziehen oder zu erstatten",
        "A deducir de su próximo pago, o a reembolsar",
        "Da dedurre dal vostro prossimo pagamento, o da rimborsare",
        "In mindering te brengen op uw volgende betaling, of terug te betalen",
        "A deduzir do vosso próximo pagamento, ou a reembolsar",
    ),
    "paid_terms": (
        "Déjà réglée", "Already paid", "Bereits bezahlt", "Ya pagada", "Già pagata",
        "Reeds betaald", "Já paga",
    ),
    "instalments": (
        "Échéancier", "Instalments", "Zahlungsplan", "Plazos", "Rate", "Termijnen", "Prestações",
    ),
    "holder": (
        "Titulaire", "Account holder", "Kontoinhaber", "Titular", "Intestatario",
        "Rekeninghouder", "Titular",
    ),
    "reference": (
        "Référence à rappeler", "Reference to quote", "Verwendungszweck", "Referencia a indicar",
        "Causale da indicare", "Te vermelden referentie", "Referência a indicar",
    ),
    "mandate": ("Mandat", "Mandate", "Mandat", "Mandato", "Mandato", "Machtiging", "Mandato"),
    "creditor": (
        "Identifiant créancier", "Creditor identifier", "Gläubiger-ID", "Identificador acreedor",
        "Identificativo creditore", "Incassant-ID", "Identificador do credor",
    ),
    "scan_to_pay": (
        "Payer avec l'application de votre banque", "Pay with your banking app",
        "Mit Ihrer Banking-App bezahlen", "Pagar con la app de su banco",
        "Pagare con l'app della vostra banca", "Betalen met uw bankapp",
        "Pagar com a app do vosso banco",
    ),
    "pay_online": (
        "Payer en ligne", "Pay online", "Online bezahlen", "Pagar en línea", "Pagare online",
        "Online betalen", "Pagar online",
    ),
    "attached": (
        "Pièces jointes", "Attachments", "Anlagen", "Adjuntos", "Allegati", "Bijlagen", "Anexos",
    ),
    "10": ("Espèces", "Cash", "Bar", "Efectivo", "Contanti", "Contant", "Numerário"),
    "20": ("Chèque", "Cheque", "Scheck", "Cheque", "Assegno", "Cheque", "Cheque"),
    "30": (
        "Virement", "Credit transfer", "Überweisung", "Transferencia", "Bonifico",
        "Overschrijving", "Transferência",
    ),
    "48": (
        "Carte bancaire", "Bank card", "Bankkarte", "Tarjeta bancaria", "Carta di pagamento",
        "Bankkaart", "Cartão bancário",
    ),
    "58": (
        "Virement SEPA", "SEPA credit transfer", "SEPA-Überweisung", "Transferencia SEPA",
        "Bonifico SEPA", "SEPA-overschrijving", "Transferência SEPA",
    ),
    "59": (
        "Prélèvement SEPA", "SEPA direct debit", "SEPA-Lastschrift", "Adeudo SEPA",
        "Addebito diretto SEPA", "SEPA-incasso", "Débito direto SEPA",
    ),
    # -- VAT categories: BT-151 --------------------------------------------------------------------
    "E": ("Exonéré", "Exempt", "Steuerfrei", "Exento", "Esente", "Vrijgesteld", "Isento"),
    "AE": (
        "Autoliq.", "Rev. charge", "Reverse Ch.", "Inv. suj. p.", "Inv. cont.", "Verlegd",
        "Autoliq.",
    ),
    "K": ("Intra-UE", "Intra-EU", "Innergem.", "Intra-UE", "Intra-UE", "Intra-EU", "Intra-UE"),
    "G": ("Export", "Export", "Ausfuhr", "Export.", "Export", "Export", "Export."),
    "O": (
        "Hors champ", "Out of scope", "Nicht stb.", "No sujeto", "Fuori campo", "Buiten btw",
        "Não sujeito",
    ),
    "Z": ("0 %", "0%", "0 %", "0 %", "0%", "0%", "0%"),
}

# UN/ECE Recommendation 20, the units that an invoice of goods or services meets most.
_UNITS: Final[dict[str, tuple[str, ...]]] = {
    "C62": ("", "", "", "", "", "", ""),
    "H87": ("pce", "pc", "Stk.", "pza.", "pz", "st.", "pç."),
    "HUR": ("h", "h", "Std.", "h", "h", "u", "h"),
    "MIN": ("min", "min", "Min.", "min", "min", "min", "min"),
    "DAY": ("j", "d", "Tg.", "d", "gg", "d", "d"),
    "WEE": ("sem.", "wk", "Wo.", "sem.", "sett.", "wk", "sem."),
    "MON": ("mois", "mo", "Mon.", "mes", "mese", "mnd", "mês"),
    "ANN": ("an", "yr", "Jahr", "año", "anno", "jr", "ano"),
    "KGM": ("kg", "kg", "kg", "kg", "kg", "kg", "kg"),
    "GRM": ("g", "g", "g", "g", "g", "g", "g"),
    "TNE": ("t", "t", "t", "t", "t", "t", "t"),
    "MTR": ("m", "m", "m", "m", "m", "m", "m"),
    "KMT": ("km", "km", "km", "km", "km", "km", "km"),
    "MTK": ("m²", "m²", "m²", "m²", "m²", "m²", "m²"),
    "MTQ": ("m³", "m³", "m³", "m³", "m³", "m³", "m³"),
    "LTR": ("l", "l", "l", "l", "l", "l", "l"),
    "KWH": ("kWh", "kWh", "kWh", "kWh", "kWh", "kWh", "kWh"),
    "SET": ("lot", "set", "Satz", "lote", "set", "set", "conj."),
    "PR": ("paire", "pair", "Paar", "par", "paio", "paar", "par"),
    "XBX": ("boîte", "box", "Karton", "caja", "scatola", "doos", "caixa"),
    "XPK": ("paquet", "pack", "Paket", "paquete", "pacco", "pak", "pacote"),
    "XPX": ("palette", "pallet", "Palette", "palé", "pallet", "pallet", "palete"),
    "LS": ("forfait", "lump sum", "pauschal", "a tanto alzado", "a corpo", "vast bedrag",
           "valor global"),
}
# fmt: on


def _by_language(rows: dict[str, tuple[str, ...]]) -> dict[str, dict[str, str]]:
    return {
        language: {
            key: word
            for key, words in rows.items()
            for spoken, word in zip(LANGUAGES, words, strict=True)
            if spoken == language
        }
        for language in LANGUAGES
    }


LABELS: Final = _by_language(_WORDS)
"""Word of each key, by language."""

UNITS: Final = _by_language(_UNITS)
"""Printed unit of each code of UN/ECE Recommendation 20, by language; ``C62`` prints nothing."""


def printed_language(asked: str) -> str:
    """The language a document is printed in: English for a reader of none of the seven.

    >>> printed_language("de"), printed_language("pl"), printed_language("")
    ('de', 'en', 'fr')
    """
    if not asked:
        return "fr"
    return asked if asked in LABELS else "en"


@cache
def country_name(code: str, language: str) -> str:
    """Name of a country (ISO 3166-1 alpha-2); the code itself when the CLDR has none.

    >>> country_name("DE", "nl"), country_name("QQ", "fr")
    ('Duitsland', 'QQ')
    """
    from babel import Locale

    name: str = Locale.parse(LOCALES[language]).territories.get(code, code)
    return name
