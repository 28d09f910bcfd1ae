/** Types of tiers, as the firm says them (TIE-01). */
export const tiersTypes: Record<string, string> = {
  particulier: 'Particulier',
  entreprise: 'Entreprise',
  association: 'Association',
  createur: 'Créateur d’entreprise',
}
