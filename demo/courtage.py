"""Claims, loans and debts of the demonstration, at several stages, made by real commands through the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from demo.acteurs import Acteur, attendre
from demo.dossier import Dossier, le

Donnees = Mapping[str, Any]
Histoire = Callable[[Acteur, Acteur, str], Dossier]

# --- crédit

COUPLE: dict[str, Any] = {
    "nom": "Julien Lefèvre",
    "co_emprunteur": "Anaïs Lefèvre",
    "situation_familiale": "marie",
    "personnes_a_charge": 2,
    "situation_professionnelle": "cdi",
    "revenus": 520_000,
    "charges": 35_000,
    "statut_habitation": "locataire",
    "charges_logement_actuelles": 110_000,
}
IMMOBILIER: dict[str, Any] = {
    "emprunteur": COUPLE,
    "projet": {
        "intitule": "Maison familiale à La Brède",
        "nature": "achat_travaux",
        "type_logement": "residence_principale",
        "montant_projet": 32_800_000,
        "bien": "9 chemin des Vignes, 33650 La Brède",
    },
    "simulation": {"taux": "3.25", "duree": 300, "assurance": 7_800, "garantie": 360_000, "frais": 120_000},
    "mandat": {"honoraires": 240_000, "duree_mandat": 6, "statut": "genere"},
}
CELIBATAIRE: dict[str, Any] = IMMOBILIER | {
    "emprunteur": {
        "nom": "Camille Besson",
        "situation_familiale": "celibataire",
        "situation_professionnelle": "fonctionnaire",
        "revenus": 465_000,
        "statut_habitation": "locataire",
        "charges_logement_actuelles": 82_000,
    },
    "projet": {
        "intitule": "Maison de village à Créon",
        "nature": "achat_travaux",
        "type_logement": "residence_principale",
        "montant_projet": 32_800_000,
        "bien": "3 rue Amaury-de-Craon, 33670 Créon",
    },
}
BESOINS = (
    {"nature": "acquisition", "libelle": "Maison de 112 m²", "montant": 28_500_000},
    {"nature": "notaire", "montant": 2_200_000},
    {"nature": "travaux", "libelle": "Cuisine et isolation", "montant": 2_100_000},
)
APPORTS = (
    {"nature": "epargne", "montant": 3_200_000},
    {"nature": "donation", "libelle": "Donation familiale", "montant": 1_500_000},
)
BANQUES = (
    {
        "banque": "Banque Azur",
        "contact_principal": "Luc Petit",
        "contact_email": "l.petit@banque-azur.example",
    },
    {"banque": "Crédit des Landes", "contact_principal": "Anne Roy", "contact_telephone": "05 56 00 11 22"},
    {"banque": "Caisse de l'Estuaire", "contact_principal": "Marc Simon"},
)


def _finance(dossier: Dossier) -> None:
    """The plan: what is needed, what is brought, the loans that run."""
    for besoin in BESOINS:
        dossier.ajoute("besoins", **besoin)
    for apport in APPORTS:
        dossier.ajoute("apports", **apport)
    dossier.ajoute(
        "credits", nom="Crédit auto", preteur="Banque Azur", nature="consommation", capital_restant=540_000,
        mensualite=18_000, mois_restants=30, devenir="conserve",
    )  # fmt: skip


def en_banque(dossier: Dossier, formulaires: Donnees, banques: tuple[dict[str, Any], ...]) -> None:
    """The mandate comes back signed, the documents are checked, the file leaves to each bank."""
    dossier.avance("mandat", formulaires)
    dossier.fait(next(t for t in dossier.vue()["taches"] if t["titre"].startswith("Envoyer le mandat")))
    dossier.depose(next(p for p in dossier.vue()["pieces"] if p["id"] == "mandat_signe"))
    dossier.avance("document", formulaires)
    for banque in banques:
        dossier.ajoute("banques", **banque)
    dossier.avance("financement", formulaires)


def repond(banque: Dossier, offre: Donnees) -> None:
    """A bank studies the file, then makes an offer."""
    banque.avance("etude", {})
    banque.ajoute(
        "echanges",
        date=offre["recue_le"],
        canal="courriel",
        evolution="etude",
        note="Dossier complet, accord.",
    )
    banque.survient("reponse", resultat="offre", recue_le=offre["recue_le"])
    banque.avance("offre", {})
    banque.remplit("offre", "conseiller", offre)


def projet_immobilier(
    client: Acteur, conseiller: Acteur, tiers_id: str, depuis: int, formulaires: Donnees
) -> Dossier:
    """A purchase asked for `depuis` days ago, with its plan."""
    demande = {
        "type": "immobilier",
        "montant": 28_000_000,
        "projet": "Achat de notre maison, avec la cuisine et l'isolation à refaire.",
    }
    dossier = Dossier.ouvre(client, conseiller, "credit", tiers_id, {"demande": demande}, depuis=depuis)
    dossier.avance("projet", formulaires)
    _finance(dossier)
    return dossier


def offre_de_pret(
    banque: str, taux: str, duree: int, assurance: int, frais: int, recue: int
) -> dict[str, Any]:
    """An offer received `recue` days from today."""
    return {
        "banque": banque, "type_pret": "amortissable", "montant": 28_100_000, "taux": taux, "duree": duree,
        "assurance": assurance, "garantie": 360_000, "frais": frais, "recue_le": le(recue),
    }  # fmt: skip


def credit_a_comparer(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """Two offers received more than ten days ago, a third bank asks for more: the couple has to choose."""
    dossier = projet_immobilier(client, conseiller, tiers_id, 34, IMMOBILIER)
    dossier.au_jour(-28)
    en_banque(dossier, IMMOBILIER, BANQUES)
    dossier.ajoute("envois", banque="Banque Azur", piece="Avis d'imposition", envoye_le=le(-28))
    dossier.ajoute("envois", banque="Crédit des Landes", piece="Avis d'imposition", envoye_le=le(-28))
    dossier.au_jour(-14)
    enfants = dossier.enfants()
    for banque in enfants.values():
        banque.suit(-14)
    repond(enfants["Banque Azur"], offre_de_pret("Banque Azur", "3.32", 300, 7_200, 90_000, -14))
    repond(enfants["Crédit des Landes"], offre_de_pret("Crédit des Landes", "3.18", 300, 9_400, 150_000, -14))
    estuaire = enfants["Caisse de l'Estuaire"]
    estuaire.avance("etude", {})
    estuaire.ajoute(
        "echanges",
        date=le(-14),
        canal="telephone",
        evolution="complements",
        note="Demande le devis d'isolation.",
    )
    attendre("les deux offres", lambda: len(dossier.lignes("offres")) == 2)
    dossier.au_present()
    return dossier


def credit_a_debloquer(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """An offer accepted: the conditions precedent are being met."""
    dossier = projet_immobilier(client, conseiller, tiers_id, 70, CELIBATAIRE)
    dossier.au_jour(-60)
    en_banque(dossier, CELIBATAIRE, BANQUES[:2])
    dossier.au_jour(-45)
    enfants = dossier.enfants()
    for banque in enfants.values():
        banque.suit(-45)
    repond(enfants["Banque Azur"], offre_de_pret("Banque Azur", "3.45", 300, 7_200, 90_000, -45))
    repond(enfants["Crédit des Landes"], offre_de_pret("Crédit des Landes", "3.21", 300, 8_100, 120_000, -45))
    attendre("les deux offres", lambda: len(dossier.lignes("offres")) == 2)
    dossier.au_jour(-30)
    retenue = next(offre for offre in dossier.lignes("offres") if offre["nom"] == "Crédit des Landes")
    dossier.marque("offres", retenue["id"], "acceptee", client)
    pret = {
        "banque": "Crédit des Landes", "type_pret": "amortissable", "montant": 28_100_000, "duree": 300,
        "taux": "3.21", "assurance": 8_100, "garantie": 360_000, "frais": 120_000,
        "garanties": "Caution mutuelle", "acceptee_le": le(-30),
    }  # fmt: skip
    dossier.remplit("pret", "conseiller", pret)
    dossier.ajoute(
        "assurances", type="emprunteur", assureur="Prévoyance du Midi", numero="AE-55120", quotite=100,
        capital=28_100_000, garanties=["deces", "ptia", "itt"], effet_le=le(-20),
    )  # fmt: skip
    premiere, deuxieme, *_ = dossier.lignes("conditions")
    dossier.marque("conditions", premiere["id"], "valide")
    dossier.marque("conditions", deuxieme["id"], "en_attente")
    dossier.au_present()
    return dossier


def credit_regroupement(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """Three loans that one would replace: the supporting documents are awaited."""
    demande = {"type": "regroupement", "projet": "Regrouper mes crédits auto, travaux et renouvelable."}
    dossier = Dossier.ouvre(client, conseiller, "credit", tiers_id, {"demande": demande}, depuis=9)
    formulaires = {
        "emprunteur": {
            "nom": "Nicole Garnier", "situation_familiale": "divorce", "situation_professionnelle": "fonctionnaire",
            "revenus": 265_000, "charges": 22_000, "statut_habitation": "proprietaire",
            "charges_logement_actuelles": 41_000,
        },
        "regroupement": {"objectif": "alleger", "taux": "5.40", "duree": 96, "assurance": 1_900, "frais": 60_000},
        "mandat": {"honoraires": 90_000, "duree_mandat": 3, "statut": "genere"},
    }  # fmt: skip
    dossier.avance("regroupement", formulaires)
    for nom, restant, mensualite, mois in (
        ("Crédit auto", 900_000, 32_000, 30), ("Travaux", 1_420_000, 29_500, 58), ("Réserve", 310_000, 15_500, 24),
    ):  # fmt: skip
        dossier.ajoute(
            "credits",
            nom=nom,
            capital_restant=restant,
            mensualite=mensualite,
            mois_restants=mois,
            devenir="repris",
        )
    dossier.avance("mandat", formulaires)
    dossier.fait(next(t for t in dossier.vue()["taches"] if t["titre"].startswith("Envoyer le mandat")))
    dossier.depose(next(p for p in dossier.vue()["pieces"] if p["id"] == "mandat_signe"))
    dossier.au_present()
    return dossier


def credit_professionnel(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """Equipment to finance: the mandate is ready to be sent."""
    demande = {
        "type": "professionnel",
        "montant": 6_400_000,
        "projet": "Remplacer le four et la chambre de pousse.",
    }
    dossier = Dossier.ouvre(client, conseiller, "credit", tiers_id, {"demande": demande}, depuis=5)
    dossier.avance(
        "mandat",
        {
            "entreprise": {
                "profil": "entreprise", "raison_sociale": "Boulangerie Aubert & Fils", "siren": "732829320",
                "dirigeant": "Sophie Aubert", "activite": "Boulangerie artisanale",
                "chiffre_affaires": 48_500_000, "resultat": 3_900_000,
            },
            "projet_pro": {
                "intitule": "Four et chambre de pousse", "type": "materiel_pro", "montant_projet": 6_400_000,
                "duree": 60, "designation": "Four à soles et chambre de pousse", "apport": 900_000, "taux": "4.10",
                "duree_amortissement": 84,
            },
            "mandat": {"honoraires": 95_000, "duree_mandat": 4, "statut": "genere"},
        },
    )  # fmt: skip
    dossier.au_present()
    return dossier


# --- sinistres


def _dommages(declaration: Donnees, depuis: int) -> Histoire:
    """Opening of a claim for damage, `depuis` days ago."""

    def ouvre(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
        return Dossier.ouvre(
            client, conseiller, "sinistre_dommages", tiers_id, {"declaration": declaration}, depuis=depuis
        )

    return ouvre


def sinistre_declare(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """A theft on a site: the two working days of the law are running."""
    declaration = {
        "contrat": "Multirisque professionnelle 8810", "compagnie": "Mutuelle de l'Atlantique",
        "assure": "Menuiserie Rousselot", "risque": "professionnel", "nature": "Vol d'outillage", "evenement": "vol",
        "date_survenance": le(-1), "date_connaissance": le(-1), "lieu": "Chantier des Cèdres, 33170 Gradignan",
        "circonstances": "Le conteneur du chantier a été forcé dans la nuit ; scies et visseuses ont disparu.",
    }  # fmt: skip
    return _dommages(declaration, 0)(client, conseiller, tiers_id)


def sinistre_expertise(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """A workshop damaged: the expert comes in three days."""
    declaration = {
        "contrat": "Garage 2207", "compagnie": "Assurances du Sud", "assure": "Garage Benali",
        "risque": "professionnel", "nature": "Incendie d'atelier", "evenement": "general",
        "date_survenance": le(-12), "date_connaissance": le(-12), "lieu": "41 avenue Thiers, 33100 Bordeaux",
        "circonstances": "Court-circuit sur un pont élévateur ; deux véhicules de clients ont été touchés.",
        "temoins": ["Théo Masson, 06 12 34 56 78"],
    }  # fmt: skip
    dossier = _dommages(declaration, 12)(client, conseiller, tiers_id)
    dossier.avance(
        "rapport_expertise",
        {
            "compagnie": {"numero_sinistre": "S-77120", "declare_le": le(-12), "gestionnaire": "M. Cazaux"},
            "position": {"garantie": "acquise", "recue_le": le(-12), "expertise": True},
            "mission": {"expert": "Cabinet Vial", "mandate_le": le(-12), "date_expertise": le(3)},
        },
    )
    for intervenant in (
        {"role": "expert", "tiers": "Cabinet Vial", "societe": "Vial & Associés", "telephone": "05 56 44 10 10",
         "date_mission": le(3), "partage_client": True},
        {"role": "temoin", "tiers": "Théo Masson", "telephone": "06 12 34 56 78"},
    ):  # fmt: skip
        dossier.ajoute("intervenants", **intervenant)
    dossier.ajoute(
        "prejudices", poste="Pont élévateur", montant=1_450_000, justification="Devis du fabricant"
    )
    dossier.ajoute("prejudices", poste="Véhicules confiés", montant=2_180_000)
    dossier.ajoute("mouvements", sens="provision", date=le(-10), montant=500_000)
    dossier.au_present()
    return dossier


def sinistre_offre(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """A broken window, an offer without an expert: the client has to answer it."""
    declaration = {
        "contrat": "MRH 2093", "compagnie": "Mutuelle du Rhône", "assure": "Camille Besson", "risque": "habitation",
        "nature": "Bris de glace", "evenement": "general", "date_survenance": le(-9), "date_connaissance": le(-9),
        "lieu": "6 rue du Lavoir, 33750 Saint-Germain-du-Puch",
        "circonstances": "Une branche a cassé la baie vitrée pendant l'orage.",
    }  # fmt: skip
    dossier = _dommages(declaration, 8)(client, conseiller, tiers_id)
    dossier.avance(
        "reponse_offre",
        {
            "compagnie": {"numero_sinistre": "S-2026-902", "declare_le": le(-8)},
            "position": {"garantie": "acquise", "recue_le": le(-8), "expertise": False},
            "offre": {"montant": 240_000, "franchise": 15_000, "recue_le": le(-8)},
        },
    )
    dossier.au_present()
    return dossier


def sinistre_indemnise(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """A water leak, the offer accepted: a first payment is in, the rest is awaited."""
    declaration = {
        "contrat": "MRH 4512", "compagnie": "Mutuelle du Rhône", "assure": "Nicole Garnier", "risque": "habitation",
        "nature": "Dégât des eaux", "evenement": "general", "date_survenance": le(-40),
        "date_connaissance": le(-40), "lieu": "14 impasse des Lilas, 33700 Mérignac",
        "circonstances": "Rupture d'une canalisation chez le voisin du dessus ; plafond et parquet à refaire.",
        "tiers_responsables": ["M. Ferrand, voisin du dessus"],
    }  # fmt: skip
    dossier = _dommages(declaration, 39)(client, conseiller, tiers_id)
    dossier.avance(
        "reponse_offre",
        {
            "compagnie": {"numero_sinistre": "S-2026-881", "declare_le": le(-39), "gestionnaire": "Mme Roy"},
            "position": {"garantie": "acquise", "recue_le": le(-39), "expertise": False},
            "offre": {"montant": 450_000, "franchise": 20_000, "recue_le": le(-39)},
        },
    )
    dossier.au_jour(-20)
    dossier.remplit("reponse", "assure", {"decision": "acceptee", "repondue_le": le(-20)})
    dossier.ajoute("intervenants", role="tiers_responsable", tiers="M. Ferrand", partage_client=True)
    dossier.ajoute("prejudices", poste="Plafond et peinture", montant=320_000)
    dossier.ajoute("prejudices", poste="Parquet", montant=180_000)
    dossier.ajoute("mouvements", sens="provision", date=le(-36), montant=150_000)
    dossier.au_jour(-6)
    dossier.ajoute(
        "mouvements", sens="indemnisation", date=le(-6), montant=300_000, emetteur="Mutuelle du Rhône",
        beneficiaire="Nicole Garnier", reference="VIR-4512",
    )  # fmt: skip
    dossier.au_present()
    return dossier


def prevoyance_versee(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """An individual contract: daily allowances are being paid."""
    declaration = {
        "contrat": "Prévoyance TNS 31", "compagnie": "Prévoyance du Midi", "assure": "Louise Verdier",
        "nature": "arret_travail", "date_survenance": le(-75), "circonstances": "Fracture du poignet à l'atelier.",
    }  # fmt: skip
    dossier = Dossier.ouvre(
        client, conseiller, "sinistre_prevoyance", tiers_id, {"declaration": declaration}, depuis=74
    )
    dossier.avance(
        "prestations",
        {
            "beneficiaire_infos": {
                "date_naissance": "1990-04-02", "nir": "290043306300246", "iban": "FR7630006000011234567890189",
            },
            "compagnie": {"numero_sinistre": "P-9031", "declare_le": le(-74)},
            "garanties": {"montant_ij": 5_200, "franchise": 15},
            "reconnaissance": {
                "decision": "acceptee", "decidee_le": le(-74), "date_reconnaissance": le(-74),
                "nature_prestation": "indemnites_journalieres",
            },
        },
    )  # fmt: skip
    dossier.ajoute(
        "prestations", nom="Indemnités journalières", beneficiaire="Louise Verdier", type="indemnites_journalieres",
        montant=5_200, debut=le(-60), periodicite="mois",
    )  # fmt: skip
    for debut, fin in ((-60, -31), (-30, -1)):
        dossier.au_jour(fin)
        dossier.ajoute(
            "versements", prestation="Indemnités journalières", date_reglement=le(fin), periode_debut=le(debut),
            periode_fin=le(fin), montant=156_000,
        )  # fmt: skip
    dossier.au_present()
    return dossier


def prevoyance_collective(client: Acteur, conseiller: Acteur, tiers_id: str, depuis: int = 2) -> Dossier:
    """A collective contract: the employee has a space that the employer does not see; documents are awaited."""
    declaration = {
        "contrat": "Prévoyance collective 77", "compagnie": "Prévoyance du Midi", "assure": "Adrien Roux",
        "nature": "arret_travail", "date_survenance": le(-4), "circonstances": "Arrêt de travail de trois semaines.",
        "collectif": True, "beneficiaire": "Adrien Roux", "beneficiaire_email": "adrien.roux@courriel.example",
    }  # fmt: skip
    dossier = Dossier.ouvre(
        client, conseiller, "sinistre_prevoyance", tiers_id, {"declaration": declaration}, depuis=depuis
    )
    dossier.au_present()
    return dossier


# --- dettes

DETTES = (
    {"nom": "Loyers", "creancier": "SCI des Tilleuls", "nature": "retard_loyer", "montant_initial": 180_000,
     "capital_restant_du": 180_000},
    {"nom": "Crédit renouvelable", "creancier": "Crédit Express", "nature": "credit_consommation",
     "montant_initial": 450_000, "capital_restant_du": 382_000, "montant_echeance": 16_500, "taux_interet": "17.9"},
    {"nom": "Électricité", "creancier": "Énergie des Monts", "nature": "facture_impayee", "montant_initial": 64_000,
     "capital_restant_du": 64_000},
)  # fmt: skip
BUDGET = {"revenus": 212_000, "charges": 48_000, "charges_logement": 62_000, "reste_a_vivre_minimal": 70_000}


def _dettes(client: Acteur, conseiller: Acteur, tiers_id: str, depuis: int, objectif: str) -> Dossier:
    demande = {"debiteur": "particulier", "objectif": objectif}
    dossier = Dossier.ouvre(client, conseiller, "dettes", tiers_id, {"demande": demande}, depuis=depuis)
    for dette in DETTES:
        dossier.ajoute("dettes", **dette, arrete_le=le(-depuis))
    return dossier


def dettes_en_analyse(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """Three plans modelled, the adviser compares them with the client."""
    dossier = _dettes(client, conseiller, tiers_id, 10, "echeancier")
    dossier.avance("analyse", {})
    dossier.remplit("situation", "titulaire", BUDGET)
    dossier.ajoute("scenarios", nom="24 mois", mode="duree", duree=24)
    dossier.ajoute("scenarios", nom="200 € par mois", mode="mensualite", mensualite=20_000)
    dossier.ajoute("scenarios", nom="12 mois", mode="duree", duree=12)
    dossier.au_present()
    return dossier


def dettes_remboursees(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """A plan accepted by the creditors: two payments out of many."""
    dossier = _dettes(client, conseiller, tiers_id, 80, "echeancier")
    dossier.avance("analyse", {})
    dossier.ajoute("scenarios", nom="24 mois", mode="duree", duree=24)
    dossier.avance("contact", {"situation": BUDGET, "suite": {"suite": "plan"}})
    dossier.ajoute(
        "mediations", dette="Loyers", date=le(-80), nature="echeancier", canal="telephone", reponse="acceptee",
        interlocuteur="Mme Tillet",
    )  # fmt: skip
    reponses = {
        "plan": {"scenario": "24 mois", "premiere_echeance": le(-60)},
        "envoi": {"envoye_le": le(-80), "canal": "recommande"},
        "reponse": {"reponse": "acceptee", "recue_le": le(-80)},
    }
    dossier.avance("remboursement", reponses)
    dossier.ajoute(
        "frais",
        dette="Loyers",
        nature="huissier",
        libelle="Commandement de payer",
        montant=9_600,
        date=le(-80),
    )
    for relatif in (-60, -30):
        dossier.au_jour(relatif)
        for dette, montant in (("Loyers", 7_500), ("Crédit renouvelable", 18_900)):
            dossier.client.post(
                f"{dossier.path}/collections/paiements/lignes",
                {"donnees": {"dette": dette, "date": le(relatif), "montant": montant, "moyen": "virement"}},
                201,
            )
    dossier.au_present()
    return dossier


def dettes_surendettement(client: Acteur, conseiller: Acteur, tiers_id: str) -> Dossier:
    """A file for the Banque de France: its documents are awaited."""
    dossier = _dettes(client, conseiller, tiers_id, 21, "surendettement")
    dossier.avance("analyse", {})
    dossier.avance(
        "surendettement",
        {
            "situation": {"revenus": 130_000, "charges": 60_000, "charges_logement": 55_000},
            "suite": {"suite": "surendettement"},
        },
    )
    dossier.remplit("surendettement", "conseiller", {"dettes": [dette["nom"] for dette in DETTES]})
    dossier.au_present()
    return dossier


HISTOIRES: tuple[tuple[str, Histoire], ...] = (
    ("lefevre", credit_a_comparer),
    ("besson", credit_a_debloquer),
    ("garnier", credit_regroupement),
    ("aubert", credit_professionnel),
    ("rousselot", sinistre_declare),
    ("benali", sinistre_expertise),
    ("besson", sinistre_offre),
    ("garnier", sinistre_indemnise),
    ("verdier", prevoyance_versee),
    ("aubert", prevoyance_collective),
    ("moulin", dettes_en_analyse),
    ("garnier", dettes_remboursees),
    ("moulin", dettes_surendettement),
)
"""Who lives what, by key of the client."""
