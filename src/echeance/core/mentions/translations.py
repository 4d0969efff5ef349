# ruff: noqa: E501
"""The mandatory mentions in the other languages of customers.

French stays on the document (loi n° 94-665 art. 2); the translation stands beside it. Each row is
found by the English text of :mod:`echeance.core.mentions.wordings` and holds German, Spanish,
Italian, Dutch and Portuguese. The words of reverse charge are those of article 226(11a) of
directive 2006/112/EC in each language.
"""

from __future__ import annotations

from typing import Final

ORDER: Final = ("de", "es", "it", "nl", "pt")

TRANSLATIONS: Final[dict[str, tuple[str, str, str, str, str]]] = {
    "VAT not applicable, article 293 B of the French tax code (CGI)": (
        "Keine Umsatzsteuer, Artikel 293 B des französischen Steuergesetzbuchs (CGI)",
        "IVA no aplicable, artículo 293 B del código fiscal francés (CGI)",
        "IVA non applicabile, articolo 293 B del codice fiscale francese (CGI)",
        "Btw niet van toepassing, artikel 293 B van het Franse belastingwetboek (CGI)",
        "IVA não aplicável, artigo 293.º B do código fiscal francês (CGI)",
    ),
    "VAT not applicable, article L. 223-3 of the French CIBS code": (
        "Keine Umsatzsteuer, Artikel L. 223-3 des französischen CIBS",
        "IVA no aplicable, artículo L. 223-3 del código francés CIBS",
        "IVA non applicabile, articolo L. 223-3 del codice francese CIBS",
        "Btw niet van toepassing, artikel L. 223-3 van het Franse wetboek CIBS",
        "IVA não aplicável, artigo L. 223-3 do código francês CIBS",
    ),
    "VAT exempt, article 262 ter, I of the French tax code (CGI)": (
        "Steuerfreie innergemeinschaftliche Lieferung, Artikel 262 ter, I des CGI",
        "Exento de IVA, artículo 262 ter, I del código fiscal francés (CGI)",
        "Esente da IVA, articolo 262 ter, I del codice fiscale francese (CGI)",
        "Vrijgesteld van btw, artikel 262 ter, I van het Franse belastingwetboek (CGI)",
        "Isento de IVA, artigo 262.º ter, I do código fiscal francês (CGI)",
    ),
    "VAT exempt, article 138 of Council Directive 2006/112/EC": (
        "Steuerfrei, Artikel 138 der Richtlinie 2006/112/EG",
        "Exento de IVA, artículo 138 de la Directiva 2006/112/CE",
        "Esente da IVA, articolo 138 della direttiva 2006/112/CE",
        "Vrijgesteld van btw, artikel 138 van Richtlijn 2006/112/EG",
        "Isento de IVA, artigo 138.º da Diretiva 2006/112/CE",
    ),
    "VAT exempt, article 262, I of the French tax code (CGI)": (
        "Steuerfreie Ausfuhr, Artikel 262, I des französischen Steuergesetzbuchs (CGI)",
        "Exento de IVA, artículo 262, I del código fiscal francés (CGI)",
        "Esente da IVA, articolo 262, I del codice fiscale francese (CGI)",
        "Vrijgesteld van btw, artikel 262, I van het Franse belastingwetboek (CGI)",
        "Isento de IVA, artigo 262.º, I do código fiscal francês (CGI)",
    ),
    "VAT exempt, article L. 213-16 of the French CIBS code": (
        "Steuerfrei, Artikel L. 213-16 des französischen CIBS",
        "Exento de IVA, artículo L. 213-16 del código francés CIBS",
        "Esente da IVA, articolo L. 213-16 del codice francese CIBS",
        "Vrijgesteld van btw, artikel L. 213-16 van het Franse wetboek CIBS",
        "Isento de IVA, artigo L. 213-16 do código francês CIBS",
    ),
    "Reverse charge, articles 44 and 196 of Council Directive 2006/112/EC": (
        (
            "Steuerschuldnerschaft des Leistungsempfängers, Artikel 44 und 196 der Richtlinie "
            "2006/112/EG"
        ),
        "Inversión del sujeto pasivo, artículos 44 y 196 de la Directiva 2006/112/CE",
        "Inversione contabile, articoli 44 e 196 della direttiva 2006/112/CE",
        "Btw verlegd, artikelen 44 en 196 van Richtlijn 2006/112/EG",
        "Autoliquidação, artigos 44.º e 196.º da Diretiva 2006/112/CE",
    ),
    "Reverse charge – article 283-2 nonies of the French tax code (CGI)": (
        "Steuerschuldnerschaft des Leistungsempfängers – Artikel 283-2 nonies des CGI",
        "Inversión del sujeto pasivo – artículo 283-2 nonies del CGI",
        "Inversione contabile – articolo 283-2 nonies del CGI",
        "Btw verlegd – artikel 283-2 nonies van de CGI",
        "Autoliquidação – artigo 283-2 nonies do CGI",
    ),
    "Reverse charge – article 283-1, para. 2 of the French tax code (CGI)": (
        "Steuerschuldnerschaft des Leistungsempfängers – Artikel 283-1 Absatz 2 des CGI",
        "Inversión del sujeto pasivo – artículo 283-1, párrafo 2 del CGI",
        "Inversione contabile – articolo 283-1, comma 2 del CGI",
        "Btw verlegd – artikel 283-1, lid 2 van de CGI",
        "Autoliquidação – artigo 283-1, n.º 2 do CGI",
    ),
    "Reverse charge – article 283-2 sexies of the French tax code (CGI)": (
        "Steuerschuldnerschaft des Leistungsempfängers – Artikel 283-2 sexies des CGI",
        "Inversión del sujeto pasivo – artículo 283-2 sexies del CGI",
        "Inversione contabile – articolo 283-2 sexies del CGI",
        "Btw verlegd – artikel 283-2 sexies van de CGI",
        "Autoliquidação – artigo 283-2 sexies do CGI",
    ),
    "Reverse charge": (
        "Steuerschuldnerschaft des Leistungsempfängers",
        "Inversión del sujeto pasivo",
        "Inversione contabile",
        "Btw verlegd",
        "Autoliquidação",
    ),
    "VAT not applicable, article 294, 1 of the French tax code (CGI)": (
        "Keine Umsatzsteuer, Artikel 294, 1 des französischen Steuergesetzbuchs (CGI)",
        "IVA no aplicable, artículo 294, 1 del código fiscal francés (CGI)",
        "IVA non applicabile, articolo 294, 1 del codice fiscale francese (CGI)",
        "Btw niet van toepassing, artikel 294, 1 van het Franse belastingwetboek (CGI)",
        "IVA não aplicável, artigo 294.º, 1 do código fiscal francês (CGI)",
    ),
    "VAT not applicable in French Guiana and Mayotte": (
        "Keine Umsatzsteuer in Französisch-Guayana und Mayotte",
        "IVA no aplicable en la Guayana Francesa y Mayotte",
        "IVA non applicabile in Guyana francese e a Mayotte",
        "Btw niet van toepassing in Frans-Guyana en Mayotte",
        "IVA não aplicável na Guiana Francesa e em Maiote",
    ),
    "VAT exempt, {article}": (
        "Steuerfrei, {article}",
        "Exento de IVA, {article}",
        "Esente da IVA, {article}",
        "Vrijgesteld van btw, {article}",
        "Isento de IVA, {article}",
    ),
    "Margin scheme – Travel agents": (
        "Sonderregelung für Reisebüros",
        "Régimen especial de las agencias de viajes",
        "Regime del margine – agenzie di viaggio",
        "Bijzondere regeling – reisbureaus",
        "Regime da margem de lucro – Agências de viagens",
    ),
    "Margin scheme – Second-hand goods": (
        "Gebrauchtgegenstände/Sonderregelung",
        "Régimen especial de los bienes usados",
        "Regime del margine – beni d'occasione",
        "Bijzondere regeling – gebruikte goederen",
        "Regime da margem de lucro – Bens em segunda mão",
    ),
    "Margin scheme – Works of art": (
        "Kunstgegenstände/Sonderregelung",
        "Régimen especial de los objetos de arte",
        "Regime del margine – oggetti d'arte",
        "Bijzondere regeling – kunstvoorwerpen",
        "Regime da margem de lucro – Objetos de arte",
    ),
    "Margin scheme – Collector's items and antiques": (
        "Sammlungsstücke und Antiquitäten/Sonderregelung",
        "Régimen especial de las antigüedades y objetos de colección",
        "Regime del margine – oggetti da collezione e di antiquariato",
        "Bijzondere regeling – voorwerpen voor verzamelingen of antiquiteiten",
        "Regime da margem de lucro – Objetos de coleção e antiguidades",
    ),
    "Disbursement, outside the scope of VAT (article 267, II-2° of the French tax code)": (
        "Durchlaufender Posten, nicht steuerbar (Artikel 267, II-2° des CGI)",
        "Suplido, fuera del ámbito del IVA (artículo 267, II-2° del CGI)",
        "Anticipazione, fuori campo IVA (articolo 267, II-2° del CGI)",
        "Voorschot voor rekening van de klant, buiten btw (artikel 267, II-2° van de CGI)",
        "Despesa por conta do cliente, não sujeita a IVA (artigo 267.º, II-2° do CGI)",
    ),
    "Credit note net of tax: the VAT of the original invoice is not corrected": (
        "Gutschrift ohne Steuer: Die Steuer der ursprünglichen Rechnung wird nicht berichtigt",
        "Abono sin impuesto: el IVA de la factura original no se rectifica",
        "Nota di credito al netto dell'imposta: l'IVA della fattura originaria non è rettificata",
        "Creditnota zonder btw: de btw van de oorspronkelijke factuur wordt niet herzien",
        "Nota de crédito sem imposto: o IVA da fatura de origem não é retificado",
    ),
    "Option for payment of VAT on the basis of debits": (
        "Option für die Besteuerung nach vereinbarten Entgelten",
        "Opción por el pago del impuesto según los débitos",
        "Opzione per il pagamento dell'imposta in base agli addebiti",
        "Keuze voor betaling van de btw op basis van de facturering",
        "Opção pelo pagamento do imposto com base nos débitos",
    ),
    "Self-billing": (
        "Gutschrift (Abrechnung durch den Leistungsempfänger)",
        "Facturación por el destinatario",
        "Autofatturazione",
        "Factuur uitgereikt door afnemer",
        "Autofaturação",
    ),
    "Member of a VAT group: {vat_group}": (
        "Mitglied einer Mehrwertsteuergruppe: {vat_group}",
        "Miembro de un grupo de IVA: {vat_group}",
        "Membro di un gruppo IVA: {vat_group}",
        "Lid van een btw-eenheid: {vat_group}",
        "Membro de um grupo IVA: {vat_group}",
    ),
    "Operation: supply of goods": (
        "Art des Umsatzes: Lieferung von Gegenständen",
        "Operación: entrega de bienes",
        "Operazione: cessione di beni",
        "Handeling: levering van goederen",
        "Operação: transmissão de bens",
    ),
    "Operation: supply of services": (
        "Art des Umsatzes: Dienstleistung",
        "Operación: prestación de servicios",
        "Operazione: prestazione di servizi",
        "Handeling: dienstverrichting",
        "Operação: prestação de serviços",
    ),
    "Operation: supply of goods and services": (
        "Art des Umsatzes: Lieferung von Gegenständen und Dienstleistung",
        "Operación: entrega de bienes y prestación de servicios",
        "Operazione: cessione di beni e prestazione di servizi",
        "Handeling: levering van goederen en dienstverrichting",
        "Operação: transmissão de bens e prestação de serviços",
    ),
    "Late payment entails penalties at the yearly rate of {rate} %, due without reminder": (
        "Bei Zahlungsverzug fallen ohne Mahnung Verzugszinsen von {rate} % pro Jahr an",
        (
            "Todo retraso en el pago devenga intereses al tipo anual del {rate} %, exigibles sin "
            "requerimiento"
        ),
        (
            "Ogni ritardo di pagamento comporta interessi al tasso annuo del {rate} %, dovuti "
            "senza sollecito"
        ),
        "Bij te late betaling is zonder aanmaning een rente van {rate} % per jaar verschuldigd",
        "Qualquer atraso de pagamento implica juros à taxa anual de {rate} %, exigíveis sem aviso",
    ),
    "Late payment entails penalties at the ECB refinancing rate plus 10 points, due without "
    "reminder": (
        (
            "Bei Zahlungsverzug fallen ohne Mahnung Verzugszinsen in Höhe des "
            "EZB-Refinanzierungssatzes zuzüglich 10 Prozentpunkten an"
        ),
        (
            "Todo retraso en el pago devenga intereses al tipo de refinanciación del BCE más 10 "
            "puntos, exigibles sin requerimiento"
        ),
        (
            "Ogni ritardo di pagamento comporta interessi al tasso di rifinanziamento della BCE "
            "più 10 punti, dovuti senza sollecito"
        ),
        (
            "Bij te late betaling is zonder aanmaning rente verschuldigd tegen de "
            "herfinancieringsrente van de ECB plus 10 punten"
        ),
        (
            "Qualquer atraso de pagamento implica juros à taxa de refinanciamento do BCE acrescida de "
            "10 pontos, exigíveis sem aviso"
        ),
    ),
    "Late payment entails interest at the ECB refinancing rate plus 8 points, due as of right": (
        (
            "Bei Zahlungsverzug fallen kraft Gesetzes Zinsen in Höhe des EZB-Refinanzierungssatzes "
            "zuzüglich 8 Prozentpunkten an"
        ),
        (
            "Todo retraso en el pago devenga de pleno derecho intereses al tipo de refinanciación del "
            "BCE más 8 puntos"
        ),
        (
            "Ogni ritardo di pagamento comporta di diritto interessi al tasso di rifinanziamento "
            "della BCE più 8 punti"
        ),
        (
            "Bij te late betaling is van rechtswege rente verschuldigd tegen de "
            "herfinancieringsrente van de ECB plus 8 punten"
        ),
        (
            "Qualquer atraso de pagamento implica, de pleno direito, juros à taxa de refinanciamento "
            "do BCE acrescida de 8 pontos"
        ),
    ),
    "Fixed compensation for recovery costs in case of late payment: €40": (
        "Pauschale für Beitreibungskosten bei Zahlungsverzug: 40 €",
        "Indemnización fija por gastos de cobro en caso de retraso: 40 €",
        "Importo forfettario per spese di recupero in caso di ritardo: 40 €",
        "Forfaitaire vergoeding voor invorderingskosten bij te late betaling: € 40",
        "Indemnização fixa por despesas de cobrança em caso de atraso: 40 €",
    ),
    "Discount for early payment: none": (
        "Skonto: keiner",
        "Descuento por pronto pago: ninguno",
        "Sconto per pagamento anticipato: nessuno",
        "Korting voor contante betaling: geen",
        "Desconto de pronto pagamento: nenhum",
    ),
    "Discount of {percent} % for payment within {days} days; only the VAT on the price "
    "actually paid is deductible": (
        (
            "{percent} % Skonto bei Zahlung innerhalb von {days} Tagen; nur die Steuer auf den "
            "tatsächlich gezahlten Preis ist abziehbar"
        ),
        (
            "Descuento del {percent} % por pago en {days} días; solo es deducible el IVA del precio "
            "efectivamente pagado"
        ),
        (
            "Sconto del {percent} % per pagamento entro {days} giorni; è detraibile solo l'IVA sul "
            "prezzo effettivamente pagato"
        ),
        (
            "{percent} % korting bij betaling binnen {days} dagen; alleen de btw op de werkelijk "
            "betaalde prijs is aftrekbaar"
        ),
        (
            "Desconto de {percent} % para pagamento em {days} dias; só é dedutível o IVA do preço "
            "efetivamente pago"
        ),
    ),
    "{legal_form} with a share capital of {capital}": (
        "{legal_form} mit einem Stammkapital von {capital}",
        "{legal_form} con un capital social de {capital}",
        "{legal_form} con capitale sociale di {capital}",
        "{legal_form} met een maatschappelijk kapitaal van {capital}",
        "{legal_form} com o capital social de {capital}",
    ),
    "{legal_form}": ("{legal_form}",) * 5,
    "Sole trader (EI)": (
        "Einzelunternehmer (EI)",
        "Empresario individual (EI)",
        "Imprenditore individuale (EI)",
        "Eenmanszaak (EI)",
        "Empresário em nome individual (EI)",
    ),
    "RCS {city} {siren}": ("RCS {city} {siren}",) * 5,
    "Professional insurance: {insurance}": (
        "Berufshaftpflichtversicherung: {insurance}",
        "Seguro profesional: {insurance}",
        "Assicurazione professionale: {insurance}",
        "Beroepsverzekering: {insurance}",
        "Seguro profissional: {insurance}",
    ),
}


def translated(english: str, language: str) -> str:
    """The text in a language of :data:`ORDER`; in English for any other."""
    if language not in ORDER:
        return english
    return TRANSLATIONS[english][ORDER.index(language)]
