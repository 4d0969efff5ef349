"""Why a status was given, and what is asked for: codes, French sentences, and what to do.

Source: XP Z12-012 V1.4, lists of MDT-113 and MDT-121; the sentences are the project's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """A reason of the standard.

    Attributes:
        code: MDT-113.
        sentence: What is wrong, for the person who bills.
        advice: What to do now.
    """

    code: str
    sentence: str
    advice: str


_ISSUE_AGAIN: Final = "faites l'avoir interne, corrigez et émettez sous un nouveau numéro"

REASONS: Final = MappingProxyType(
    {
        code: ReasonCode(code, sentence, advice)
        for code, sentence, advice in (
            (
                "NON_TRANSMISE",
                "La facture est déposée, pas transmise : la plateforme du client est injoignable.",
                "Envoyez-la par courriel et vérifiez son adresse dans l'annuaire.",
            ),
            (
                "ROUTAGE_ERR",
                "La facture n'a pas trouvé la plateforme du client.",
                "Vérifiez l'adresse du client dans l'annuaire, puis déposez de nouveau.",
            ),
            (
                "AUTRE",
                "Le client donne un motif hors liste.",
                "Lisez son commentaire et appelez-le.",
            ),
            (
                "CMD_ERR",
                "Le numéro de commande est absent ou faux.",
                "Demandez le bon numéro de commande au client.",
            ),
            (
                "SIRET_ERR",
                "Le SIRET est absent ou faux.",
                "Vérifiez l'établissement facturé avec le client.",
            ),
            (
                "CODE_ROUTAGE_ERR",
                "Le code de routage est absent ou faux.",
                "Demandez au client le code de routage de son service.",
            ),
            (
                "REF_CT_ABSENT",
                "La référence du contrat manque.",
                "Demandez au client la référence du contrat.",
            ),
            (
                "REF_ERR",
                "Une référence est fausse.",
                "Comparez les références avec la commande et le bon de livraison.",
            ),
            (
                "PU_ERR",
                "Un prix unitaire est faux.",
                "Comparez les prix avec la commande ; s'il a raison, faites un avoir.",
            ),
            (
                "REM_ERR",
                "Une remise est fausse ou manque.",
                "Comparez la remise avec l'accord ; s'il a raison, faites un avoir.",
            ),
            (
                "QTE_ERR",
                "Une quantité est fausse.",
                "Comparez avec le bon de livraison ; s'il a raison, faites un avoir.",
            ),
            (
                "ART_ERR",
                "Un article n'est pas celui de la commande.",
                "Comparez avec la commande ; s'il a raison, faites un avoir.",
            ),
            (
                "MODPAI_ERR",
                "Les modalités de paiement sont fausses.",
                "Comparez l'échéance et le mode de règlement avec l'accord.",
            ),
            (
                "QUALITE_ERR",
                "Le client conteste la qualité de ce qu'il a reçu.",
                "Voyez avec l'exploitation, puis proposez un avoir ou une reprise.",
            ),
            (
                "LIVR_INCOMP",
                "La livraison est incomplète.",
                "Comparez avec le bon de livraison : livrez le reste ou faites un avoir.",
            ),
            (
                "COORD_BANC_ERR",
                "Les coordonnées bancaires sont fausses ou inconnues du client.",
                "Confirmez votre IBAN par un moyen que le client connaît déjà.",
            ),
            (
                "TX_TVA_ERR",
                "Le taux de TVA est contesté.",
                f"Vérifiez le taux ; s'il est faux, {_ISSUE_AGAIN}.",
            ),
            (
                "MONTANTTOTAL_ERR",
                "Le montant total est faux.",
                f"Recalculez le total ; s'il est faux, {_ISSUE_AGAIN}.",
            ),
            (
                "CALCUL_ERR",
                "Un calcul de la facture est faux.",
                f"Recalculez la facture ; si elle est fausse, {_ISSUE_AGAIN}.",
            ),
            (
                "NON_CONFORME",
                "Une mention obligatoire manque.",
                f"Complétez la mention : {_ISSUE_AGAIN}.",
            ),
            (
                "DOUBLON",
                "Une facture de même numéro est déjà connue.",
                "Vérifiez l'envoi précédent ; si c'est bien un doublon, rien n'est à réémettre.",
            ),
            (
                "DEST_INC",
                "Le destinataire est inconnu.",
                "Vérifiez le SIREN et l'adresse de facturation du client dans l'annuaire.",
            ),
            (
                "DEST_ERR",
                "La facture n'est pas adressée au bon destinataire.",
                f"Demandez qui facturer, puis {_ISSUE_AGAIN}.",
            ),
            (
                "TRANSAC_INC",
                "Le client ne connaît pas cette opération.",
                "Envoyez-lui la commande et la preuve de livraison.",
            ),
            (
                "EMMET_INC",
                "Le client ne vous connaît pas comme fournisseur.",
                "Demandez-lui comment être enregistré comme fournisseur.",
            ),
            (
                "CONTRAT_TERM",
                "Le contrat est terminé selon le client.",
                "Vérifiez la fin du contrat ; s'il a raison, faites un avoir.",
            ),
            (
                "DOUBLE_FACT",
                "L'opération est déjà facturée selon le client.",
                "Cherchez la première facture ; s'il a raison, faites un avoir.",
            ),
            (
                "ADR_ERR",
                "L'adresse de facturation est fausse.",
                f"Corrigez l'adresse du client, puis {_ISSUE_AGAIN}.",
            ),
            (
                "JUSTIF_ABS",
                "Un justificatif manque.",
                "Envoyez la pièce demandée avec le statut « Complétée ».",
            ),
            (
                "REJ_SEMAN",
                "Le fichier ne respecte pas une règle de la norme.",
                f"Lisez la règle citée, puis {_ISSUE_AGAIN}.",
            ),
            (
                "REJ_UNI",
                "Ce numéro de facture a déjà servi cette année.",
                f"Vérifiez la série de numéros, puis {_ISSUE_AGAIN}.",
            ),
            (
                "REJ_COH",
                "Des données de la facture se contredisent.",
                f"Lisez le contrôle cité, puis {_ISSUE_AGAIN}.",
            ),
            (
                "REJ_ADR",
                "L'adresse électronique du client n'est pas active dans l'annuaire.",
                f"Demandez au client sa bonne adresse, puis {_ISSUE_AGAIN}.",
            ),
            (
                "REJ_CONT_B2G",
                "Une donnée exigée par le secteur public manque.",
                f"Demandez le code service et le numéro d'engagement, puis {_ISSUE_AGAIN}.",
            ),
            (
                "REJ_REF_PJ",
                "Une pièce jointe est mal référencée.",
                f"Corrigez la référence de la pièce, puis {_ISSUE_AGAIN}.",
            ),
            (
                "REJ_ASS_PJ",
                "Une pièce jointe n'a pas pu être associée à la facture.",
                f"Joignez la pièce autrement, puis {_ISSUE_AGAIN}.",
            ),
            (
                "IRR_VIDE_F",
                "Le fichier reçu par la plateforme est vide.",
                "Déposez de nouveau le fichier archivé.",
            ),
            (
                "IRR_TYPE_F",
                "Le format du fichier n'est pas accepté par la plateforme.",
                "Déposez un Factur-X, un CII ou un UBL.",
            ),
            (
                "IRR_SYNTAX",
                "Le fichier n'est pas lisible par la plateforme.",
                f"Faites valider le fichier, puis {_ISSUE_AGAIN}.",
            ),
            (
                "IRR_TAILLE_PJ",
                "Une pièce jointe est trop lourde.",
                "Allégez la pièce, ou envoyez-la à part.",
            ),
            (
                "IRR_NOM_PJ",
                "Le nom d'une pièce jointe n'est pas accepté.",
                "Renommez la pièce sans accent ni espace.",
            ),
            (
                "IRR_VID_PJ",
                "Une pièce jointe est vide.",
                "Remplacez la pièce vide.",
            ),
            (
                "IRR_EXT_DOC",
                "L'extension d'une pièce jointe n'est pas acceptée.",
                "Joignez un PDF.",
            ),
            (
                "IRR_TAILLE_F",
                "Le fichier est trop lourd pour la plateforme.",
                "Allégez ses pièces jointes, puis déposez de nouveau.",
            ),
            (
                "IRR_ANTIVIRUS",
                "L'antivirus de la plateforme a arrêté le fichier.",
                "Faites contrôler le poste et les pièces jointes avant tout nouvel envoi.",
            ),
            (
                "IRR_NOM_F",
                "Le nom du fichier n'est pas accepté par la plateforme.",
                "Déposez-le sous un nom sans accent ni espace.",
            ),
            (
                "RETRAIT_MAN_SERV",
                "Le service de l'État demande le retrait de la facture.",
                "Demandez au service pourquoi, puis corrigez.",
            ),
            (
                "ST_CT_NON_DECLAR",
                "Le sous-traitant ou cotraitant n'est pas déclaré au marché.",
                "Faites-le déclarer par le titulaire du marché.",
            ),
            (
                "SUPPR_COMP_AVOIR",
                "La facture est supprimée car compensée par un avoir.",
                "Vérifiez l'avoir : rien n'est à réémettre.",
            ),
            (
                "TRANSF_PMNT_REGIE",
                "La facture est transférée à une régie pour paiement.",
                "Suivez le paiement par la régie.",
            ),
            (
                "CONTACT_ACHTR",
                "L'acheteur demande à être contacté.",
                "Appelez l'acheteur.",
            ),
        )
    }
)

_PARTIAL: Final = frozenset(
    {
        "AUTRE",
        "CMD_ERR",
        "SIRET_ERR",
        "CODE_ROUTAGE_ERR",
        "REF_CT_ABSENT",
        "REF_ERR",
        "PU_ERR",
        "REM_ERR",
        "QTE_ERR",
        "ART_ERR",
        "MODPAI_ERR",
        "QUALITE_ERR",
        "LIVR_INCOMP",
    }
)
_REFUSED: Final = frozenset(
    {
        "TX_TVA_ERR",
        "MONTANTTOTAL_ERR",
        "CALCUL_ERR",
        "NON_CONFORME",
        "DOUBLON",
        "DEST_ERR",
        "TRANSAC_INC",
        "EMMET_INC",
        "CONTRAT_TERM",
        "DOUBLE_FACT",
        "CMD_ERR",
        "ADR_ERR",
        "REF_CT_ABSENT",
    }
)

REASONS_BY_STATUS: Final = MappingProxyType(
    {
        200: frozenset({"NON_TRANSMISE"}),
        206: _PARTIAL,
        207: _PARTIAL
        | frozenset(
            {
                "COORD_BANC_ERR",
                "TX_TVA_ERR",
                "MONTANTTOTAL_ERR",
                "CALCUL_ERR",
                "NON_CONFORME",
                "DOUBLON",
                "DEST_INC",
                "DEST_ERR",
                "TRANSAC_INC",
                "EMMET_INC",
                "CONTRAT_TERM",
                "DOUBLE_FACT",
                "ADR_ERR",
            }
        ),
        208: frozenset(
            {
                "JUSTIF_ABS",
                "COORD_BANC_ERR",
                "CMD_ERR",
                "SIRET_ERR",
                "CODE_ROUTAGE_ERR",
                "REF_CT_ABSENT",
                "REF_ERR",
            }
        ),
        210: _REFUSED,
        213: frozenset(
            {
                "MONTANTTOTAL_ERR",
                "CALCUL_ERR",
                "DOUBLON",
                "DEST_INC",
                "ADR_ERR",
                "REJ_SEMAN",
                "REJ_UNI",
                "REJ_COH",
                "REJ_ADR",
                "REJ_CONT_B2G",
                "REJ_REF_PJ",
                "REJ_ASS_PJ",
            }
        ),
        221: frozenset({"ROUTAGE_ERR"}),
        501: frozenset(
            {
                "IRR_VIDE_F",
                "IRR_TYPE_F",
                "IRR_SYNTAX",
                "IRR_TAILLE_PJ",
                "IRR_NOM_PJ",
                "IRR_VID_PJ",
                "IRR_EXT_DOC",
                "IRR_TAILLE_F",
                "IRR_ANTIVIRUS",
                "IRR_NOM_F",
            }
        ),
    }
)
"""Closed list of each status that has one; the other statuses take any reason, or none."""

PUBLIC_REFUSALS: Final = _REFUSED | frozenset(
    {
        "RETRAIT_MAN_SERV",
        "ST_CT_NON_DECLAR",
        "SUPPR_COMP_AVOIR",
        "TRANSF_PMNT_REGIE",
        "AUTRE",
        "COORD_BANC_ERR",
        "LIVR_INCOMP",
    }
)
"""Reasons of 210 when a public buyer refuses through Chorus Pro."""

ACTIONS: Final = MappingProxyType(
    {
        "NOA": "Rien n'est demandé.",
        "PIN": "Le client demande un complément d'information.",
        "NIN": "Le client demande une facture rectificative.",
        "CNF": "Le client demande un avoir total.",
        "CNP": "Le client demande un avoir partiel.",
        "CNA": "Le client demande un remboursement.",
        "OTH": "Le client demande autre chose : lisez son commentaire.",
    }
)
"""MDT-121: what is asked for, in one sentence."""


def allowed_reasons(code: int, *, public: bool = False) -> frozenset[str]:
    """Reasons that may go with a status.

    Args:
        code: MDT-105.
        public: The status comes from Chorus Pro.

    >>> sorted(allowed_reasons(221))
    ['ROUTAGE_ERR']
    """
    if code == 210 and public:
        return PUBLIC_REFUSALS
    return REASONS_BY_STATUS.get(code, frozenset(REASONS))
