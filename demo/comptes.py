"""The people and clients of the demonstration firm: fictional, and the same at every load."""

from __future__ import annotations

from dataclasses import dataclass

MOT_DE_PASSE = "Montagne bleue 2026"
"""One password for all: this firm exists on a demonstration only."""


@dataclass(frozen=True)
class Personne:
    """Someone of the firm. `seed`: base32 seed of the second factor."""

    email: str
    prenom: str
    nom: str
    role: str
    titre: str
    ligne: str
    seed: str


@dataclass(frozen=True)
class Client:
    """A client and the person who uses the portal for it."""

    cle: str
    type: str
    nom: str
    adresse: str
    conseiller: str
    prenom: str
    nom_contact: str
    fonction: str
    email: str
    siret: str | None = None


CABINET = {
    "nom": "Cabinet Alaska Conseil",
    "adresse": "12 rue des Remparts, 33000 Bordeaux",
    "telephone": "05 36 49 12 00",
    "email": "bonjour@alaska-conseil.example",
    "horaires": "Du lundi au vendredi, de 9 h à 18 h",
}

EQUIPE = (
    Personne(
        "claire.dumont@alaska-conseil.example",
        "Claire",
        "Dumont",
        "conseiller",
        "Conseillère RH",
        "05 36 49 12 41",
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    ),
    Personne(
        "karim.haddad@alaska-conseil.example",
        "Karim",
        "Haddad",
        "conseiller",
        "Juriste en droit social",
        "05 36 49 12 42",
        "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU",
    ),
    Personne(
        "ines.roche@alaska-conseil.example",
        "Inès",
        "Roche",
        "conseiller",
        "Conseillère associations",
        "05 36 49 12 43",
        "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK",
    ),
    Personne(
        "marc.vidal@alaska-conseil.example",
        "Marc",
        "Vidal",
        "responsable",
        "Responsable du pôle RH",
        "05 36 49 12 30",
        "NBSWY3DPEB3W64TMNBSWY3DPEB3W64TM",
    ),
    Personne(
        "helene.fabre@alaska-conseil.example",
        "Hélène",
        "Fabre",
        "admin",
        "Associée, administratrice",
        "05 36 49 12 20",
        "OBQXG43XN5ZGI4TFOBQXG43XN5ZGI4TF",
    ),
)

CLIENTS = (
    Client("aubert", "entreprise", "Boulangerie Aubert & Fils", "8 rue Mercière, 69002 Lyon", "claire.dumont",
           "Sophie", "Aubert", "Gérante", "sophie.aubert@boulangerie-aubert.example", "73282932000074"),
    Client("rousselot", "entreprise", "Menuiserie Rousselot", "Zone des Landes, 33610 Cestas", "karim.haddad",
           "Paul", "Rousselot", "Dirigeant", "paul@menuiserie-rousselot.example", "40483304800022"),
    Client("benali", "entreprise", "Garage Benali", "41 avenue Thiers, 33100 Bordeaux", "claire.dumont",
           "Nadia", "Benali", "Directrice", "nadia@garage-benali.example", "55210055400013"),
    Client("pharmacie", "entreprise", "Pharmacie du Parc", "2 allée du Parc, 33200 Bordeaux", "claire.dumont",
           "Thomas", "Nguyen", "Pharmacien titulaire", "thomas@pharmacie-du-parc.example"),
    Client("morel", "entreprise", "Optique Morel", "17 rue Sainte-Catherine, 33000 Bordeaux", "karim.haddad",
           "Élodie", "Morel", "Gérante", "elodie@optique-morel.example"),
    Client("sentiers", "association", "Association Les Sentiers", "Maison des associations, 64000 Pau", "ines.roche",
           "Jeanne", "Etcheverry", "Présidente", "jeanne@les-sentiers.example"),
    Client("nautique", "association", "Club nautique de l'Anse", "Port de l'Anse, 33120 Arcachon", "ines.roche",
           "Yann", "Le Goff", "Trésorier", "yann@club-anse.example"),
    Client("fabrique", "association", "La Fabrique solidaire", "5 quai des Chartrons, 33000 Bordeaux", "ines.roche",
           "Aminata", "Diallo", "Directrice", "aminata@fabrique-solidaire.example"),
    Client("verdier", "createur", "Atelier Verdier", "3 place du Marché, 47000 Agen", "karim.haddad",
           "Louise", "Verdier", "Créatrice", "louise@atelier-verdier.example"),
    Client("kermadec", "createur", "Studio Kermadec", "22 rue du Port, 29000 Quimper", "ines.roche",
           "Erwan", "Kermadec", "Créateur", "erwan@studio-kermadec.example"),
    Client("garnier", "particulier", "Nicole Garnier", "14 impasse des Lilas, 33700 Mérignac", "claire.dumont",
           "Nicole", "Garnier", "Particulière", "nicole.garnier@courriel.example"),
    Client("lefevre", "particulier", "M. et Mme Lefèvre", "9 chemin des Vignes, 33650 La Brède", "karim.haddad",
           "Julien", "Lefèvre", "Particulier", "julien.lefevre@courriel.example"),
    Client("besson", "particulier", "Camille Besson", "6 rue du Lavoir, 33750 Saint-Germain-du-Puch", "karim.haddad",
           "Camille", "Besson", "Particulière", "camille.besson@courriel.example"),
    Client("moulin", "particulier", "Patrick Moulin", "31 cours Victor-Hugo, 33130 Bègles", "ines.roche",
           "Patrick", "Moulin", "Particulier", "patrick.moulin@courriel.example"),
)  # fmt: skip
