/** French names of the icons that a modèle, a badge or an étape may name: what a picker says aloud. */
export const iconNames: Record<string, string> = {
  adjustments: 'Réglages', 'alert-circle': 'Alerte', armchair: 'Fauteuil', 'arrows-diff': 'Comparaison', bolt: 'Éclair', briefcase: 'Mallette',
  'building-bank': 'Banque', calendar: 'Calendrier', check: 'Coche', 'circle-dashed': 'Cercle pointillé', 'clipboard-text': 'Bloc-notes',
  clock: 'Horloge', coin: 'Pièce de monnaie', discount: 'Remise', 'door-enter': 'Porte', file: 'Document', 'file-alert': 'Document à revoir',
  'file-plus': 'Document à ajouter', 'file-text': 'Document écrit', 'file-x': 'Document refusé', files: 'Documents', flag: 'Drapeau', folder: 'Dossier',
  'folder-open': 'Dossier ouvert', gavel: 'Marteau de justice', hand: 'Main', 'heart-handshake': 'Entraide', home: 'Maison', hourglass: 'Sablier',
  id: 'Carte d’identité', info: 'Information', 'list-check': 'Liste à cocher', mail: 'Courrier', 'mail-opened': 'Courrier ouvert', message: 'Message',
  pause: 'Pause', phone: 'Téléphone', 'pig-money': 'Tirelire', progress: 'En cours', receipt: 'Reçu', refresh: 'Renouvellement', route: 'Parcours',
  search: 'Recherche', scale: 'Balance', 'shield-check': 'Bouclier', signature: 'Signature', sparkles: 'Étincelles', stethoscope: 'Stéthoscope',
  'user-plus': 'Personne à ajouter', x: 'Croix',
}
